"""What a tool call, a decision, a hand-off and a run add to."""

from typing import Any

import pytest

from otel_agents.pipeline.agent_span import Role
from otel_agents.pipeline.counted import AgentRun, Counted, Decision, Handoff, Owner
from otel_agents.pipeline.metric_options import Options, VersionLabel
from otel_agents.pipeline.metrics import Metrics
from otel_agents.pipeline.series import Series
from tests.measured import NOW_NS, shown, span, tool_call

ADA = Owner("ada", "support")


def added(item: Counted, options: Options | None = None) -> list[str]:
    series = Series(options)
    Metrics(series).add(item, NOW_NS)
    for _ in range(2):
        series.collected(NOW_NS)
    return shown(series, skip=("agent.last_seen",))


@pytest.mark.parametrize(
    ("said", "status", "error"),
    [
        ({}, "ok", "-"),
        ({"failed": True}, "error", "other"),
        ({"failed": True, "error_type": "TimeoutError"}, "timeout", "timeout"),
        ({"failed": True, "error_type": "PermissionError"}, "denied", "permission"),
        ({"failed": True, "error_type": "CancelledError"}, "cancelled", "cancelled"),
        ({"failed": True, "error_type": "ValueError"}, "error", "invalid_request"),
    ],
)
def test_a_tool_call_adds_its_status_and_a_failure_is_an_event(
    said: dict[str, Any], status: str, error: str
) -> None:
    failed = ["events [support ada tool_call_failed] 1"] if said else []

    assert added(tool_call(tool="search", tool_effect="read", **said)) == [
        *failed,
        f"tool.calls [support ada search {status} read false] 1",
        f"execute_tool.duration [support search {error}] 1 in 1",
    ]


def test_a_tool_says_nothing_of_its_effect_unless_it_is_told() -> None:
    assert added(tool_call(tool="t", tool_effect="explosive", external=True))[0] == (
        "tool.calls [support ada t ok unknown true] 1"
    )


def test_a_request_to_an_mcp_server_is_timed_by_itself() -> None:
    call = tool_call(tool="t")
    call.mcp_ns = 250_000_000

    assert "mcp.client.operation.duration [support tools/call] 1 in 0.25" in added(call)


def test_a_decision_and_a_handoff_add_to_their_own() -> None:
    decision = Decision(span(Role.DECISION, decision_type="route"), ADA, 1)
    handoff = Handoff(span(Role.HANDOFF, handoff_to="bob"), ADA, 1)

    assert added(decision) + added(handoff) == [
        "decision.duration [support ada route] 1 in 1",
        "events [support ada decision_made] 1",
        "handoffs [support ada bob] 1",
    ]


def run(*, nested: bool = False, owner: Owner = ADA, **said: object) -> AgentRun:
    made = AgentRun(span(Role.AGENT, **said), owner, 1, nested)
    made.own_calls, made.own_tools, made.calls, made.tools = 1, 2, 3, 4
    made.tokens, made.cost_usd, made.tokens_of = 500, 0.25, {"gpt-4o": 500}
    made.steps = [(1, span(Role.INFERENCE, duration_ns=400_000_000))]
    return made


def test_a_run_adds_its_outcome_and_its_totals() -> None:
    owner = ADA._replace(version="2.7.31", channel="canary", task_type="refund")

    assert added(run(owner=owner, outcome="completed")) == [
        "invoke_agent.duration [support ada - canary] 1 in 1",
        "agent.runs [support ada completed false canary 2.7.31] 1",
        "invoke_agent.inference_calls [support] 1 in 1",
        "invoke_agent.tool_calls [support] 1 in 2",
        "agent.run.steps [support] 1 in 7",
        "task.runs [support refund gpt-4o -] 1",
        "agent.run.cost [support] 1 in 0.25",
        "agent.run.tokens [support] 1 in 500",
        "run.time [support model] 0.4",
        "run.time [support other] 0.6",
    ]


def test_a_run_inside_another_adds_no_totals_a_second_time() -> None:
    assert added(run(nested=True, owner=ADA._replace(task_type="refund"))) == [
        "invoke_agent.duration [support ada - -] 1 in 1",
        "agent.runs [support ada unknown true - -] 1",
        "invoke_agent.inference_calls [support] 1 in 1",
        "invoke_agent.tool_calls [support] 1 in 2",
    ]


def test_a_run_without_a_priced_call_costs_an_unknown_amount() -> None:
    free = run()
    free.cost_usd = 0.0

    assert not any("run.cost" in line for line in added(free))


def test_a_run_that_ended_at_its_iteration_limit_passed_a_limit() -> None:
    assert "run.limit_exceeded [support ada iterations] 1" in added(run(outcome="iteration_limit"))


@pytest.mark.parametrize(
    ("version", "rule", "label"),
    [
        ("2.7.31", VersionLabel.FULL, "2.7.31"),
        ("2.7.31", VersionLabel.MINOR, "2.7"),
        ("abc1234", VersionLabel.MINOR, "abc1234"),
        ("2.7.31", VersionLabel.OFF, "-"),
        ("", VersionLabel.MINOR, "-"),
    ],
)
def test_the_version_is_shown_as_the_user_likes(
    version: str, rule: VersionLabel, label: str
) -> None:
    lines = added(run(owner=ADA._replace(version=version)), Options(version_label=rule))

    assert f"agent.runs [support ada unknown false - {label}] 1" in lines
