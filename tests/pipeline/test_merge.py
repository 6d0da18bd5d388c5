"""When two nested reports are of one thing, and what they say together."""

import pytest

from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.merge import merged, same_run, same_tool
from otel_agents.record import Usage


def report(**says: object) -> AgentSpan:
    span = AgentSpan()
    for slot, value in says.items():
        setattr(span, slot, value)
    return span


TOOLS: list[tuple[dict[str, str], dict[str, str], bool]] = [
    ({"tool": "search"}, {"tool": "search"}, True),
    ({"tool": "search"}, {"tool": "fetch"}, False),
    ({"tool": "search"}, {}, True),
    ({}, {"tool": "search"}, True),
    ({}, {}, True),
    ({"tool": "mcp__web__search"}, {"tool": "search"}, True),
    ({"tool": "web.search"}, {"tool": "search"}, True),
    ({"tool": "research"}, {"tool": "search"}, False),
    ({"tool": "search"}, {"tool": "web.search"}, False),
    ({"tool": "a", "call_id": "c1"}, {"tool": "b", "call_id": "c1"}, True),
    ({"tool": "a", "call_id": "c1"}, {"tool": "b", "call_id": "c2"}, False),
    ({"tool": "a", "call_id": "c1"}, {"tool": "b"}, False),
]


@pytest.mark.parametrize(("outer", "inner", "same"), TOOLS)
def test_one_tool_call(outer: dict[str, str], inner: dict[str, str], *, same: bool) -> None:
    assert same_tool(report(**outer), report(**inner)) is same


RUNS: list[tuple[dict[str, str], dict[str, str], bool]] = [
    ({"agent": "a"}, {"agent": "a"}, True),
    ({"agent": "a"}, {"agent": "b"}, False),
    ({"agent": "a"}, {}, False),
    ({}, {}, True),
    ({"agent": "a", "agent_id": "1"}, {"agent": "a", "agent_id": "1"}, True),
    ({"agent": "a", "agent_id": "1"}, {"agent": "a", "agent_id": "2"}, False),
    ({"agent": "a", "agent_id": "1"}, {"agent": "a"}, True),
]


@pytest.mark.parametrize(("outer", "inner", "same"), RUNS)
def test_one_run(outer: dict[str, str], inner: dict[str, str], *, same: bool) -> None:
    assert same_run(report(**outer), report(**inner)) is same


def test_one_report_is_taken_as_it_is() -> None:
    alone = report(agent="a")

    assert merged([alone]) is alone


def test_the_layer_next_to_the_provider_knows_the_call_and_the_outer_one_its_end() -> None:
    outer = report(
        span_id=1, start_ns=5, duration_ns=9, agent="a", provider="langchain", request_model="big"
    )
    inner = report(
        span_id=2, start_ns=6, duration_ns=7, agent="b", provider="openai", request_model="gpt-4o"
    )

    both = merged([outer, inner])

    assert (both.provider, both.request_model) == ("openai", "gpt-4o")
    assert (both.span_id, both.start_ns, both.duration_ns, both.agent) == (1, 5, 9, "a")


def test_what_one_layer_leaves_out_another_one_says() -> None:
    both = merged([report(agent="a", response_id="r1"), report(tool="t", provider="openai")])

    assert (both.agent, both.response_id, both.tool, both.provider) == ("a", "r1", "t", "openai")


@pytest.mark.parametrize("inner_fails", [True, False])
def test_the_outermost_layer_tells_success(*, inner_fails: bool) -> None:
    inner = report(failed=inner_fails, error_type="429" if inner_fails else None)
    worked = merged([report(failed=False), inner])
    broke = merged([report(failed=True, error_type="500"), inner])

    assert (worked.failed, worked.error_type) == (False, None)
    assert (broke.failed, broke.error_type) == (True, "500")


def test_a_layer_that_writes_zero_for_unknown_hides_no_usage() -> None:
    outer = report(input_tokens=42, output_tokens=7)

    assert merged([outer, report(input_tokens=0, output_tokens=0)]).usage == Usage(42, 7)


def test_usage_of_parts_comes_together() -> None:
    outer = report(input_tokens=42, cache_read_input_tokens=10)

    assert merged([outer, report(input_tokens=42, output_tokens=7)]).usage == Usage(42, 7, 10)


def test_merging_changes_no_report() -> None:
    outer, inner = report(agent="a"), report(provider="openai")
    merged([outer, inner])

    assert (outer.says(), inner.says()) == ({"agent": "a"}, {"provider": "openai"})
