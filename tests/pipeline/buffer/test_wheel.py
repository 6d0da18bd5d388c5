"""Deadlines by slot."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.buffer import wheel as wheel_module
from otel_agents.pipeline.buffer.wheel import COARSE_SLOTS, ENOUGH, FAR_SLOTS, SLOT_NS, Wheel


def taken(wheel: Wheel, now_ns: int) -> list[int]:
    wheel.turn(now_ns)
    return list(wheel.take(100))


@given(st.lists(st.integers(0, 10 * SLOT_NS), max_size=20), st.integers(0, 12 * SLOT_NS))
def test_a_deadline_is_told_after_it_passed_and_at_most_a_slot_late(
    deadlines: list[int], now_ns: int
) -> None:
    wheel = Wheel()
    for trace_id, due_ns in enumerate(deadlines):
        wheel.put(trace_id, due_ns, 0)
    told = set(taken(wheel, now_ns))

    assert {n for n, due_ns in enumerate(deadlines) if due_ns <= now_ns - SLOT_NS} <= told
    assert told <= {n for n, due_ns in enumerate(deadlines) if due_ns <= now_ns}
    assert len(wheel) == len(deadlines) - len(told)


def test_earlier_slots_come_first() -> None:
    wheel = Wheel()
    for trace_id in (3, 1, 2):
        wheel.put(trace_id, trace_id * SLOT_NS, 0)

    assert taken(wheel, 9 * SLOT_NS) == [1, 2, 3]


def test_what_is_removed_is_not_told_and_leaves_nothing() -> None:
    wheel = Wheel()
    wheel.remove(1, wheel.put(1, SLOT_NS, 0))

    assert len(wheel) == 0
    assert taken(wheel, 9 * SLOT_NS) == []


def test_a_slot_that_emptied_can_be_used_again() -> None:
    wheel = Wheel()
    wheel.remove(1, wheel.put(1, SLOT_NS, 0))
    wheel.put(2, SLOT_NS, 0)

    assert taken(wheel, 9 * SLOT_NS) == [2]


def test_a_deadline_that_has_passed_is_put_into_the_next_slot() -> None:
    wheel = Wheel()
    wheel.turn(5 * SLOT_NS)
    slot = wheel.put(1, 0, 5 * SLOT_NS)

    assert slot > wheel.turned
    assert taken(wheel, 5 * SLOT_NS) == []
    assert taken(wheel, 6 * SLOT_NS) == [1]
    assert slot <= wheel.turned
    assert not wheel.behind


def test_so_many_are_taken_as_are_asked_for() -> None:
    wheel = Wheel()
    for trace_id in range(3):
        wheel.put(trace_id, 0, 0)
    wheel.turn(SLOT_NS)

    assert list(wheel.take(2)) == [0, 1]
    assert wheel.behind
    assert list(wheel.take(2)) == [2]


def test_of_a_great_many_slots_only_some_pass_at_once() -> None:
    wheel = Wheel()
    traces = 3 * ENOUGH
    for trace_id in range(traces):
        wheel.put(trace_id, trace_id % 30 * SLOT_NS, 0)
    found: list[int] = []
    steps = 0
    while wheel.behind or not steps:
        wheel.turn(99 * SLOT_NS)
        found += wheel.take(traces)
        steps += 1

    assert steps > 2
    assert len(found) == len(set(found)) == traces
    assert [trace_id % 30 for trace_id in found] == sorted(trace_id % 30 for trace_id in found)


def test_what_is_far_shares_a_coarse_slot() -> None:
    wheel = Wheel()
    far = FAR_SLOTS * SLOT_NS
    slots = {wheel.put(number, far + number * SLOT_NS, 0) for number in range(COARSE_SLOTS)}

    assert len(slots) == 1
    assert taken(wheel, far + (COARSE_SLOTS - 2) * SLOT_NS) == []
    assert len(taken(wheel, far + COARSE_SLOTS * SLOT_NS)) == COARSE_SLOTS


def test_traces_that_come_and_go_leave_no_more_slots_than_there_is_time() -> None:
    wheel = Wheel()
    for trace_id in range(10_000):
        wheel.remove(trace_id, wheel.put(trace_id, 60 * 10**9, 0))
    tracemalloc.start()
    for trace_id in range(10_000, 20_000):
        wheel.remove(trace_id, wheel.put(trace_id, 60 * 10**9, 0))
    of_the_wheel = [tracemalloc.Filter(inclusive=True, filename_pattern=wheel_module.__file__)]
    held = tracemalloc.take_snapshot().filter_traces(of_the_wheel).statistics("filename")
    tracemalloc.stop()

    assert sum(each.size for each in held) < 1000
