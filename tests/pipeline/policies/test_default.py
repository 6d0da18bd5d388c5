from typing import Any

import pytest

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.policies import Reason, default, droppable_alone, th_hex
from tests.pipeline.policies.traces import decided, says, span

HIGH, LOW = (1 << 56) - 1, 0
SLOW_MS = 10_001


@pytest.mark.parametrize(
    ("said", "policy"),
    [
        ([says(failed=True)], "failed"),
        ([says(Role.AGENT, outcome="iteration_limit")], "failed"),
        ([says(Role.AGENT, ms=SLOW_MS)], "slow"),
        ([says(Role.INFERENCE, ms=SLOW_MS)], "slow"),
        ([says(Role.TOOL, external=True)], "external"),
    ],
)
def test_what_matters_is_kept_whole(said: list[AgentSpan], policy: str) -> None:
    decision = decided(default(), said=said, trace_id=LOW)
    assert (decision.keep, decision.policy, decision.threshold) == (True, policy, 0)


@pytest.mark.parametrize(("trace_id", "keep"), [(HIGH, True), (LOW, False)])
def test_a_tenth_of_the_routine_is_kept(trace_id: int, keep: bool) -> None:
    decision = decided(default(), said=[says(Role.TOOL, tool="calc"), says()], trace_id=trace_id)
    assert decision.keep is keep
    if keep:
        assert decision.threshold is not None
        assert th_hex(decision.threshold) == "e666"


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ([], True),
        ([says(Role.OTHER)], True),
        ([says(Role.OTHER, dialect="mcp")], False),
        ([says(Role.RETRIEVAL)], False),
    ],
)
def test_a_trace_without_an_agent_passes_unchanged(said: list[AgentSpan], passes: bool) -> None:
    decision = decided(default(), [{}], said=said, trace_id=LOW)
    assert decision.keep is passes
    assert (decision.reason is Reason.NOT_AGENT) is passes


def test_tools_named_external_are_external() -> None:
    said = [says(Role.TOOL, tool="mail")]
    assert decided(default(external_tools=["mail"]), said=said, trace_id=LOW).keep


def test_everything_but_chance_may_keep_a_trace_early() -> None:
    assert [(told.name, told.early) for told in default().analysis()] == [
        ("failed", True),
        ("slow", True),
        ("external", True),
        ("routine", False),
    ]


CHECK: dict[str, Any] = {"ms": 0.999}


@pytest.mark.parametrize(
    ("given", "said", "goes"),
    [
        (CHECK, None, True),
        (CHECK, says(Role.OTHER), True),
        ({"ms": 1}, None, False),
        ({"ms": -1}, None, False),
        (CHECK | {"kind": "CLIENT"}, None, False),
        (CHECK | {"status": "ERROR"}, None, False),
        (CHECK | {"parent_id": 0}, None, False),
        (CHECK | {"events": [{"name": "e"}]}, None, False),
        (CHECK, says(Role.TOOL), False),
        (CHECK, says(Role.INFERENCE), False),
        (CHECK, says(Role.DECISION), False),
        (CHECK, says(Role.OTHER, failed=True), False),
        (
            CHECK | {"attributes": {semconv.OTEL_AGENTS_ESCALATION_REASON: "x"}},
            says(Role.OTHER),
            False,
        ),
        ({"ms": 500, "kind": "CLIENT"}, says(Role.RETRIEVAL), True),
        ({"ms": 500, "events": [{"name": "documents"}]}, says(Role.RETRIEVAL), True),
        ({"ms": 500}, says(Role.RETRIEVAL, failed=True), False),
        ({"ms": 500, "parent_id": 0}, says(Role.RETRIEVAL), False),
    ],
)
def test_only_checks_and_retrievals_that_went_well_are_droppable_alone(
    given: dict[str, Any], said: AgentSpan | None, goes: bool
) -> None:
    assert droppable_alone(span(**given)[0], said) is goes
