from typing import Any

import pytest

from otel_agents import semconv
from otel_agents.errors import ConfigError
from otel_agents.pipeline.agent_span import AgentSpan, Origin, Role
from otel_agents.pipeline.policies import NO_CONTEXT, TraceHead, load
from otel_agents.pipeline.policies.ours import MAX_CALLS, globs
from tests.pipeline.policies.traces import ROOT, kept, one, policy, says, span

TOOL = Role.TOOL


@pytest.mark.parametrize(
    ("kind", "block", "said", "keep"),
    [
        ("failure", None, [says(), says(failed=True)], True),
        ("failure", None, [says(Role.AGENT, outcome="gave_up")], True),
        ("failure", None, [says(Role.AGENT, outcome="cancelled")], False),
        ("step_latency", {"threshold_ms": 100}, [says(Role.AGENT, ms=101)], True),
        ("step_latency", {"threshold_ms": 100}, [says(Role.AGENT, ms=100)], False),
        ("step_latency", {"threshold_ms": 100}, [says(TOOL, ms=500)], False),
        ("step_latency", {"threshold_ms": 100, "roles": ["tool"]}, [says(TOOL, ms=500)], True),
        ("step_latency", {"threshold_ms": 100}, [says(ms=None)], False),
        ("tokens", {"min_tokens": 30}, [says(input_tokens=10), says(output_tokens=20)], True),
        ("tokens", {"min_tokens": 31}, [says(input_tokens=10), says(output_tokens=20)], False),
        ("tokens", {"min_tokens": 1}, [says(Role.AGENT, input_tokens=10)], False),
        ("tokens", {"min_tokens": 10}, [says(input_tokens=10), says(input_tokens=-5)], True),
        ("steps", {"min_steps": 2}, [says(), says(Role.AGENT), says(TOOL)], True),
        ("steps", {"min_steps": 3}, [says(), says(Role.AGENT), says(TOOL)], False),
        ("tool_error", {}, [says(TOOL, tool="a", failed=True)], True),
        ("tool_error", {}, [says(TOOL, tool="a"), says(failed=True)], False),
        ("tool_error", {"tools": ["db_*"]}, [says(TOOL, tool="a", failed=True)], False),
        ("tool_error", {"tools": ["db_*"]}, [says(TOOL, tool="db_x", failed=True)], True),
        ("tool_error", {"min_errors": 2}, [says(TOOL, failed=True)], False),
        ("external_tool", None, [says(TOOL, external=True)], True),
        ("external_tool", None, [says(TOOL, tool="mail")], False),
        ("external_tool", {"tools": ["ma?l"]}, [says(TOOL, tool="mail")], True),
        ("external_tool", {"tools": ["mail"]}, [says(tool="mail")], False),
        ("outcome", {"outcomes": ["suspended"]}, [says(Role.AGENT, outcome="suspended")], True),
        ("outcome", {"outcomes": ["suspended"]}, [says(Role.AGENT, outcome="failed")], False),
        ("model", {"models": ["gpt-4*"]}, [says(response_model="gpt-4o-2024-08-06")], True),
        ("model", {"models": ["gpt-4*"]}, [says(request_model="claude")], False),
        ("agent", {"agents": ["writer"]}, [says(agent="writer")], True),
        ("agent", {"agents": ["writer"]}, [says(agent="reader"), says()], False),
        ("agent", {"agents": ["main"]}, [says(origin=Origin(main_agent="main"))], True),
        ("agent", {"groups": ["ops"]}, [says(group="ops")], True),
        ("agent", {"groups": ["o*"]}, [says(origin=Origin(group="ops"))], True),
    ],
)
def test_a_policy_reads_what_agents_say(
    kind: str, block: dict[str, Any] | None, said: list[AgentSpan], keep: bool
) -> None:
    assert kept(kind, block, said=said) is keep


def test_a_span_that_says_nothing_of_agents_fails_by_its_status() -> None:
    assert kept("failure", None, [{"status": "ERROR"}])
    assert not kept("failure", None, [{"status": "OK"}])


@pytest.mark.parametrize(
    ("costs", "keep"),
    [
        ([0.1, 0.2], True),
        ([0.2, 0.1], True),
        ([0.1, 0.19], False),
        ([0.3, float("nan")], True),
        ([float("inf")], False),
        ([0.3, -1.0], True),
        ([0.2999999996], True),
    ],
)
def test_costs_add_up_exactly_whatever_their_order(costs: list[float], keep: bool) -> None:
    said = [says() for _ in costs]
    assert kept("cost", {"min_usd": 0.3}, said=said, costs=costs) is keep


@pytest.mark.parametrize(
    ("calls", "keep"),
    [
        ([("a", "x")] * 3, True),
        ([("a", "x")] * 2 + [("a", "y")] * 2, False),
        ([("a", "x"), ("b", "x"), ("a", "x"), ("b", "x")], False),
        ([("a", None)] * 9, False),
        ([("a", {"q": [1]})] * 3, True),
    ],
)
def test_a_loop_is_the_same_tool_with_the_same_arguments(
    calls: list[tuple[str, object]], keep: bool
) -> None:
    policies = one("loop", {"min_repeats": 3})
    score = policies.score()
    for tool, arguments in calls:
        attributes = {semconv.GEN_AI_TOOL_CALL_ARGUMENTS: arguments}
        record = span(attributes=attributes)[0]
        policies.observe(score, record, says(TOOL, tool=tool), None)
    assert policies.decide(score, TraceHead(1), 0, ROOT).keep is keep


def test_a_loop_is_looked_for_among_a_bounded_number_of_calls() -> None:
    policies = one("loop", {"arguments_key": "args"})
    score = policies.score()
    for number in range(3 * MAX_CALLS):
        record = span(attributes={"args": number})[0]
        policies.observe(score, record, says(TOOL, tool="a"), None)
    assert max(len(noted) for noted in score if isinstance(noted, dict)) == MAX_CALLS


def test_a_tool_that_reached_another_host_is_known_from_lineage_or_by_name() -> None:
    policies = load({"policies": [policy("external_tool")]}, external_tools=["mail*"])
    score = policies.score()
    assert not policies.decide(score, TraceHead(1), 0, ROOT).keep
    assert policies.decide(score, TraceHead(1, external=True), 0, ROOT).keep
    policies.observe(score, span()[0], says(TOOL, tool="mailer"), None, NO_CONTEXT)
    assert policies.decide(score, TraceHead(1), 0, ROOT).keep


def test_a_glob_stands_for_whole_names() -> None:
    named = globs(["a", "b*", "c?"])
    assert [name for name in ("a", "aa", "b", "bb", "c", "cc", "xbb") if named(name)] == [
        "a",
        "b",
        "bb",
        "cc",
    ]


@pytest.mark.parametrize(
    ("kind", "block", "message"),
    [
        ("failure", {"x": 1}, r"failure\.x: got 'x', expected one of no keys"),
        ("step_latency", {}, "threshold_ms: got None"),
        (
            "step_latency",
            {"threshold_ms": 1, "roles": ["tols"]},
            r"roles\[0\]: .*did you mean tool",
        ),
        ("cost", {}, "min_usd: got None"),
        ("cost", {"min_usd": -1}, "min_usd: got -1"),
        ("cost", {"min_usd": "$5"}, r"min_usd: got '\$5'"),
        ("tokens", {"min_tokens": 1.5}, "min_tokens: got 1.5"),
        ("steps", {"min_steps": 0}, "min_steps: got 0"),
        ("loop", {"min_repeats": 1}, "min_repeats: got 1"),
        ("tool_error", {"min_errors": 0}, "min_errors: got 0"),
        ("outcome", {"outcomes": ["faild"]}, r"outcomes\[0\]: .*did you mean failed"),
        ("outcome", {}, "outcomes: got None"),
        ("model", {"models": []}, "models: got"),
        ("model", {"models": [""]}, "names or globs that are not empty"),
        ("agent", {}, "agents or groups"),
    ],
)
def test_a_mistake_is_named(kind: str, block: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        one(kind, block)
