"""How spans are shown to policies, and when a trace is sure to be kept."""

from typing import Any

import pytest

from otel_agents.pipeline.agent_span import Role
from otel_agents.pipeline.buffer.asking import Ask, asking
from otel_agents.pipeline.buffer.held import HeldTrace
from otel_agents.pipeline.buffer.options import Options, limits
from otel_agents.pipeline.policies import NO_CONTEXT, PolicySet, default
from otel_agents.record import StatusCode
from tests.pipeline.buffer.spans import ALL, ERRORS, chance, policies, record, says

FAILED = {"status": StatusCode.ERROR}
BY_SPAN: dict[str, Any] = {"compat": True, "sampling_strategy": "span-ingest"}
LATENCY = {"name": "slow", "type": "latency", "latency": {"threshold_ms": 3}}
AND = {"name": "both", "type": "and", "and": {"and_sub_policy": [ERRORS, LATENCY]}}


def asked(deciding: PolicySet, *spans: dict[str, Any], role: Role | None = None) -> list[bool]:
    """Show spans of one trace; return after which of them it is sure."""
    ask: Ask[int] | None = asking(deciding, limits(Options(), deciding))
    assert ask is not None
    trace: HeldTrace[int] = HeldTrace(1, deciding.score(), 0)
    said = None if role is None else says(role)
    sure = []
    for fields in spans:
        trace.note(9, said, NO_CONTEXT, leaves=False)
        sure.append(ask(trace, record(**fields), said, None, NO_CONTEXT, 0) is not None)
    return sure


@pytest.mark.parametrize(
    ("deciding", "sure"),
    [
        (policies(ERRORS, chance(50)), [False, True]),
        (policies(ALL, chance(50)), [True, True]),
        (policies(ERRORS, **BY_SPAN), [False, True]),
        (default(), [False, False]),
    ],
    ids=["errors", "all", "by span", "default without an agent"],
)
def test_a_trace_is_sure_once_a_policy_is(deciding: PolicySet, sure: list[bool]) -> None:
    assert asked(deciding, {}, FAILED) == sure


def test_the_default_is_sure_of_a_failure_of_an_agent() -> None:
    assert asked(default(), {}, role=Role.AGENT) == [False]


def test_policies_that_are_never_sure_are_not_asked() -> None:
    deciding = policies(chance(50))

    assert asking(deciding, limits(Options(), deciding)) is None


def test_asked_by_span_what_two_spans_match_together_matches_neither() -> None:
    spans = ({**FAILED, "ms": 1}, {"ms": 5})

    assert asked(policies(AND, **BY_SPAN), *spans) == [False, False]
    assert asked(policies(AND), *spans) == [False, True]
