"""Settling one trace once, and again when more of it has come."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.counted import AgentRun, Counted, ModelCall
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.settle import Settlement
from otel_agents.pipeline.trace_tally import TraceTally
from otel_agents.record import SpanRecord
from tests.trees import told, trace

NORMALIZE = Normalizer().normalize


def add(tally: TraceTally, records: Sequence[SpanRecord]) -> None:
    for span in records:
        tally.parents[span.span_id] = span.parent_id
        said = NORMALIZE(span)
        if said is not None:
            tally.spans[span.span_id] = said
            tally.pending = True


def settle(tally: TraceTally, records: Sequence[SpanRecord] = ()) -> tuple[list[Counted], int]:
    add(tally, records)
    settlement = Settlement(tally, lambda _: None)
    return settlement.settle(), settlement.suppressed


FAMILY = """
agent boss
  chat wrapped
    chat gpt-4o in=42 out=7
  agent worker
    tool search
      http host=example.org
    chat gpt-4o in=1
"""


def test_a_trace_is_settled_into_things_not_spans() -> None:
    counted, suppressed = settle(TraceTally(), trace(FAMILY))

    assert told(counted) == [
        "call gpt-4o 42+7 ×2 @boss",
        "call gpt-4o 1+0 @worker",
        "tool search @worker",
        "run 2 calls 1 tools 50 tokens (1/0 own) @boss",
        "run 1 calls 1 tools 1 tokens (1/1 own) nested @worker",
    ]
    assert suppressed == 0


def test_settling_again_yields_nothing_again() -> None:
    tally = TraceTally()
    settle(tally, trace(FAMILY))

    assert settle(tally) == ([], 0)
    assert tally.pending is False


@pytest.mark.parametrize("first", range(1, 7))
def test_what_came_first_is_settled_once_and_what_reports_it_later_is_suppressed(
    first: int,
) -> None:
    """However a trace is cut in two, each thing is counted once."""
    records = trace(FAMILY)
    tally = TraceTally()
    counted, _ = settle(tally, records[:first])
    more, suppressed = settle(tally, records[first:])
    both = [*counted, *more]

    assert sum(isinstance(item, ModelCall) for item in both) == 2
    assert sum(isinstance(item, AgentRun) for item in both) == 2
    assert suppressed == (1 if first == 2 else 0)


@given(st.integers(0, 2**32))
def test_children_that_settle_first_are_credited_to_their_run_later(seed: int) -> None:
    run, *children = trace("agent a\n  chat m in=1\n  tool t\n  chat m in=2\n  tool u")
    random.Random(seed).shuffle(children)
    tally = TraceTally()
    for child in children:
        settle(tally, [child])
    counted, _ = settle(tally, [run])

    assert told(counted) == ["run 2 calls 2 tools 3 tokens (2/2 own) @a"]


def test_a_tool_whose_client_leaves_the_machine_is_external() -> None:
    tally = TraceTally()
    add(tally, trace("tool search\n  step\n    http"))
    tally.clients = [3]

    assert told(settle(tally)[0]) == ["tool search external @-"]


def test_a_client_of_a_model_call_inside_a_tool_makes_the_tool_not_external() -> None:
    tally = TraceTally()
    add(tally, trace("tool ask\n  chat m\n    http"))
    tally.clients = [3]

    assert told(settle(tally)[0]) == ["call m 0+0 @-", "tool ask @-"]


def test_nothing_is_settled_of_a_trace_without_agents() -> None:
    assert settle(TraceTally(), trace("http\n  step")) == ([], 0)
