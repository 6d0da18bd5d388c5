"""Traces by age and by deadline."""

import tracemalloc
from typing import Any

import pytest

from otel_agents.pipeline.buffer.options import Options, limits
from otel_agents.pipeline.buffer.room import SPAN_BYTES, TRACE_BYTES, Room
from otel_agents.pipeline.policies import default
from tests.pipeline.buffer.spans import Held, S, record


def room(**options: Any) -> Room[int]:  # noqa: ANN401 any field of the options
    return Room(limits(Options(**options), default()))


def due(held: Room[int], now_ns: int) -> list[tuple[int, str]]:
    found = []
    for trace, trigger in held.take_due(now_ns, 100):
        found.append((trace.trace_id, str(trigger)))
        held.forget(trace)
    return found


def test_the_first_of_root_idle_and_age_makes_a_trace_due() -> None:
    held = room(root_delay_ns=S, idle_ns=10 * S, max_age_ns=30 * S)
    rooted, idle, busy = (held.begin(trace_id, [], 0) for trace_id in (1, 2, 3))
    held.root_came(rooted, 5 * S)
    busy.last_ns = 25 * S

    assert due(held, 7 * S) == [(1, "root")]
    assert due(held, 11 * S) == [(2, "idle")]
    assert due(held, 29 * S) == []
    assert due(held, 31 * S) == [(3, "max_age")]
    assert idle.slot


def test_a_root_never_puts_a_decision_off() -> None:
    held = room(root_delay_ns=20 * S, idle_ns=10 * S)
    held.root_came(held.begin(1, [], 0), 5 * S)

    assert due(held, 11 * S) == [(1, "idle")]


def test_a_trace_that_is_due_and_then_forgotten_is_not_found() -> None:
    held = room(idle_ns=S)
    first, second = held.begin(1, [], 0), held.begin(2, [], 0)
    (due_first,) = held.take_due(5 * S, 1)
    assert (due_first[0], held.behind) == (first, True)
    held.forget(second)
    held.begin(2, [], 5 * S)

    assert due(held, 5 * S) == []
    assert due(held, 7 * S) == [(2, "idle")]


def test_the_oldest_is_known_by_its_first_span() -> None:
    held = room(max_traces=2)
    for trace_id in (5, 3, 4):
        held.begin(trace_id, [], 0)
    assert held.crowded
    held.forget(held.oldest())

    assert held.oldest().trace_id == 3
    assert held.full
    assert not held.crowded


@pytest.mark.parametrize("spans", [1, 10])
def test_what_a_trace_takes_is_not_told_too_low(spans: int) -> None:
    """Beside its items, which tell their own size."""
    made = [record(trace_id, trace_id * 1000 + n) for trace_id in range(400) for n in range(spans)]
    held = Held(default())
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for one in made:
        held.buffer.offer(None, one, None, None, 0, S)
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert taken / 400 <= TRACE_BYTES + spans * SPAN_BYTES
