"""Decisions, retries and requests to MCP servers, as settling finds them."""

import random

import pytest

from otel_agents import semconv
from otel_agents.pipeline.counted import Counted, Decision, ModelCall, ToolCall
from otel_agents.record import SpanKind, SpanRecord, StatusCode, Value
from tests.measured import counted
from tests.trees import START_NS, record

S = 10**9
CHAT: dict[str, Value] = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
PLAN: dict[str, Value] = {"gen_ai.operation.name": "plan"}
RUN: dict[str, Value] = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "ada"}
TOOL: dict[str, Value] = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t"}


def spans(*rows: tuple[int, dict[str, Value]], failed: tuple[int, ...] = ()) -> list[SpanRecord]:
    """A span a row, its id the row's number from 1: the parent's id, and what it says."""
    return [
        record(
            said,
            span_id=number,
            parent_id=parent_id,
            start_ns=START_NS + number * 2 * S,
            status=StatusCode.ERROR if number in failed else StatusCode.UNSET,
        )
        for number, (parent_id, said) in enumerate(rows, 1)
    ]


def decided(items: list[Counted]) -> list[str]:
    lines = []
    for item in items:
        if isinstance(item, Decision):
            lines.append(f"{item.type} @{item.owner.agent} ×{item.layers}")
        elif isinstance(item, ModelCall) and item.decided:
            lines.append(f"inferred @{item.owner.agent}")
    return sorted(lines)


ROUTE: dict[str, Value] = {**PLAN, "otel_agents.decision.type": "route"}
STEP: dict[str, Value] = {"gen_ai.agent.name": "ada"}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param([(0, RUN), (1, CHAT)], ["inferred @ada"], id="a call under a run"),
        pytest.param([(0, CHAT)], [], id="a call under nothing"),
        pytest.param([(0, RUN), (1, TOOL), (2, CHAT)], [], id="a call in a tool"),
        pytest.param([(0, RUN), (1, PLAN)], ["plan @ada ×1"], id="a plan"),
        pytest.param([(0, RUN), (1, PLAN), (2, CHAT)], ["plan @ada ×1"], id="a call in a plan"),
        pytest.param(
            [(0, RUN), (1, PLAN), (2, STEP), (3, CHAT)], ["plan @ada ×1"], id="a step between"
        ),
        pytest.param(
            [(0, RUN), (1, PLAN), (1, CHAT)],
            ["inferred @ada", "plan @ada ×1"],
            id="a call beside a plan",
        ),
        pytest.param([(0, RUN), (1, PLAN), (2, PLAN)], ["plan @ada ×2"], id="two layers"),
        pytest.param(
            [(0, RUN), (1, ROUTE), (2, PLAN)], ["route @ada ×2"], id="one layer knows the type"
        ),
        pytest.param(
            [(0, RUN), (1, PLAN), (2, RUN), (3, PLAN)],
            ["plan @ada ×1", "plan @ada ×1"],
            id="a run between",
        ),
        pytest.param(
            [(0, RUN), (1, ROUTE), (2, {**PLAN, "otel_agents.decision.type": "tool"})],
            ["route @ada ×1", "tool @ada ×1"],
            id="two types",
        ),
    ],
)
def test_a_decision_counts_once(rows: list[tuple[int, dict[str, Value]]], told: list[str]) -> None:
    drawn = spans(*rows)
    random.Random(len(rows)).shuffle(drawn)

    assert decided(counted(drawn)) == told


def test_a_cycle_of_decisions_ends() -> None:
    assert len(counted(spans((2, PLAN), (1, PLAN)))) == 1


OTHER_MODEL: dict[str, Value] = {**CHAT, "gen_ai.request.model": "n"}


@pytest.mark.parametrize(
    ("rows", "failed", "retried"),
    [
        pytest.param([(0, RUN), (1, CHAT), (1, CHAT)], (2,), [3], id="again after a failure"),
        pytest.param([(0, RUN), (1, CHAT), (1, CHAT)], (), [], id="again after a success"),
        pytest.param([(0, RUN), (1, CHAT), (1, CHAT), (1, CHAT)], (2, 3), [3, 4], id="twice over"),
        pytest.param(
            [(0, RUN), (1, CHAT), (1, CHAT), (1, CHAT)], (2,), [3], id="done with the success"
        ),
        pytest.param([(0, RUN), (1, CHAT), (1, OTHER_MODEL)], (2,), [], id="another model"),
        pytest.param([(0, RUN), (1, CHAT), (0, CHAT)], (2,), [], id="another place"),
        pytest.param([(0, CHAT), (0, CHAT)], (1,), [], id="without a place"),
    ],
)
def test_a_call_after_a_failed_one_repeats_it(
    rows: list[tuple[int, dict[str, Value]]], failed: tuple[int, ...], retried: list[int]
) -> None:
    items = counted(spans(*rows, failed=failed))
    found = [item.span.span_id for item in items if isinstance(item, ModelCall) and item.retried]

    assert sorted(found) == retried


def test_calls_side_by_side_do_not_repeat_each_other() -> None:
    first, second, third = spans((0, RUN), (1, CHAT), (1, CHAT), failed=(2,))
    third.start_ns = second.start_ns + 1

    items = counted([first, second, third])
    assert not any(item.retried for item in items if isinstance(item, ModelCall))


def test_a_tool_call_tells_its_outermost_request_to_an_mcp_server() -> None:
    request: dict[str, Value] = {semconv.MCP_METHOD_NAME: "tools/call", **TOOL}
    rows = spans((0, RUN), (1, TOOL), (2, request), (3, request), (1, {**TOOL, "x": 1}))
    for number, row in enumerate(rows):
        row.end_ns = row.start_ns + (10 - number) * S
    for row in rows[2:4]:
        row.kind = SpanKind.CLIENT
        row.scope = row.scope._replace(name="fastmcp")
    found = [item.mcp_ns for item in counted(rows) if isinstance(item, ToolCall)]

    assert sorted(found, key=str) == [8 * S, None]
