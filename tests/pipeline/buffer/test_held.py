"""Which spans of a kept trace tell nothing."""

from typing import Any

import pytest

from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.buffer.held import REMOTE, HeldTrace
from otel_agents.pipeline.policies import NO_CONTEXT, SpanContext, TraceHead
from otel_agents.record import SpanKind, StatusCode
from tests.pipeline.buffer.spans import WHOLE, Held, policies, says

CHECK: dict[str, Any] = {"ms": 0.5}


def left(held: Held) -> tuple[list[object], int]:
    """Let the trace go; return what is kept of it and the number that its bearer tells."""
    held.drain()
    (one,) = [one for one in held.left if one.trace_id == 1]
    told = one.marks().get("otel_agents.sampling.dropped_spans", 0)
    assert one.dropped_alone == one.spans_dropped == told
    return list(one.items), one.bearer


def keeping() -> Held:
    return Held(policies(WHOLE))


def test_checks_and_retrievals_go_from_a_kept_trace_and_the_root_says_how_many() -> None:
    held = keeping()
    held.span(1, 2, 1, item="check", **CHECK)
    held.span(1, 3, 1, item="retrieval", said=says(Role.RETRIEVAL))
    held.span(1, 4, 1, item="chat", said=says(Role.INFERENCE))
    held.root(item="root")

    assert left(held) == (["chat", "root"], 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"ms": 1},
        {"ms": 0.5, "status": StatusCode.ERROR},
        {"ms": 0.5, "kind": SpanKind.CLIENT},
        {"ms": 0.5, "links": [(7, 7)]},
        {"ms": 0.5, "said": says(Role.TOOL)},
        {"ms": 0.5, "parent_id": 77},
        {"said": says(Role.RETRIEVAL, failed=True)},
    ],
    ids=["1 ms", "failed", "client", "links", "tool", "parent unknown", "failed retrieval"],
)
def test_other_spans_stay(fields: dict[str, Any]) -> None:
    held = keeping()
    held.span(1, 2, **{"parent_id": 1} | fields)
    held.root()

    assert left(held) == ([1, 2], 1)


@pytest.mark.parametrize("from_trace", [1, 2])
def test_a_span_that_another_links_to_stays(from_trace: int) -> None:
    held = keeping()
    held.span(1, 2, 1, **CHECK)
    held.span(from_trace, 3, 1, item="linking", links=[(1, 2)])
    held.root(item="root")

    assert 1 in left(held)[0]


def test_whole_subtrees_go_in_whatever_order_they_came() -> None:
    held = keeping()
    held.span(1, 2, 1, **CHECK)
    held.span(1, 3, 2, said=says(Role.RETRIEVAL))
    held.span(1, 5, 3, **CHECK)
    held.span(1, 4, 3, **CHECK)
    held.root(item="root")

    assert left(held) == (["root"], 0)


def test_what_has_a_span_below_that_stays_stays_too() -> None:
    held = keeping()
    held.span(1, 2, 1, item="retrieval", said=says(Role.RETRIEVAL))
    held.span(1, 3, 2, item="check", **CHECK)
    held.span(1, 4, 3, item="chat", said=says(Role.INFERENCE))
    held.span(1, 5, 2, item="gone", **CHECK)
    held.root(item="root")

    assert left(held) == (["retrieval", "check", "chat", "root"], 3)


def test_without_a_root_the_first_span_that_stays_says_how_many_went() -> None:
    held = keeping()
    held.span(1, 2, 3, **CHECK)
    held.span(1, 3, 1, **CHECK)

    assert left(held) == ([2], 0)


def test_nothing_goes_from_a_circle_of_parents() -> None:
    held = keeping()
    held.span(1, 2, 3, **CHECK)
    held.span(1, 3, 2, **CHECK)
    held.span(1, 4, 4, **CHECK)

    assert left(held)[0] == [1, 2, 3]


def test_a_span_that_came_twice_goes_twice() -> None:
    held = keeping()
    held.span(1, 3, 2, **CHECK)
    held.span(1, 3, 2, **CHECK)
    held.span(1, 2, 1, **CHECK)
    held.root(item="root")

    assert left(held)[0] == ["root"]


@pytest.mark.parametrize(
    "held",
    [
        Held(policies(WHOLE), drop_trivial=False),
        Held(policies(WHOLE, compat=True)),
        Held(policies(WHOLE), max_trace_spans=2),
    ],
    ids=["switched off", "compat", "streaming"],
)
def test_nothing_goes_alone_where_that_is_off_or_more_is_to_come(held: Held) -> None:
    held.span(1, 2, 1, **CHECK)
    held.root()

    assert left(held)[0] == [1, 2]


@pytest.mark.parametrize(
    ("said", "about_an_agent"),
    [
        (says(Role.OTHER), False),
        (says(Role.OTHER, dialect="mcp"), True),
        (says(Role.TOOL), True),
        (None, False),
    ],
    ids=["other", "mcp", "tool", "nothing"],
)
def test_a_trace_is_about_an_agent_if_one_of_its_spans_is(
    said: AgentSpan | None, about_an_agent: bool
) -> None:
    trace: HeldTrace[str] = HeldTrace(7, [], 0)
    trace.note(3, said, NO_CONTEXT, leaves=False)

    assert trace.holds_agent is about_an_agent


def test_the_head_tells_what_came_beside_the_spans() -> None:
    trace: HeldTrace[str] = HeldTrace(7, [], 0)
    trace.items.append("span")
    trace.byte_size = 5
    trace.note(3, says(Role.AGENT, conversation="c"), SpanContext("", REMOTE), leaves=False)
    trace.note(4, None, SpanContext("a=b"), leaves=False)
    trace.note(5, None, SpanContext("c=d"), leaves=False)

    assert trace.head() == TraceHead(7, "a=b", "c", 1, 5, external=False, remote_parent=True)
