"""When a trace is decided, what leaves, and what follows."""

from typing import Any

import pytest

from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.buffer import REMOTE
from otel_agents.pipeline.policies import SpanContext, default, th_hex
from otel_agents.record import StatusCode
from tests.pipeline.buffer.spans import ALL, ERRORS, LUCKY, WHOLE, Held, chance, policies, says

ERROR = StatusCode.ERROR
FAR = SpanContext(flags=REMOTE)


# --- when -----------------------------------------------------------------------------------


def test_a_trace_is_decided_when_its_root_has_ended_and_a_delay_has_passed() -> None:
    held = Held(policies(WHOLE, chance(10)), root_delay_ns=2 * 10**9)
    held.span(at_s=0)
    held.root(at_s=1)

    assert held.tick(2.9) == []
    assert held.span(at_s=2.95) == []
    assert held.tick(3.1) == ["1 keep root/whole [1, 2, 3]"]


@pytest.mark.parametrize(
    ("options", "ticks", "shown"),
    [
        ({}, [(59, []), (61, ["1 keep idle/b [1]"])], "idle"),
        ({"max_age_ns": 10**9}, [(0.9, []), (1.1, ["1 keep max_age/b [1]"])], "max_age"),
        ({"max_trace_spans": 1}, [], "span_limit"),
        ({"max_trace_bytes": 100}, [], "byte_limit"),
        ({"max_bytes": 100}, [], "evicted"),
    ],
)
def test_a_trace_without_a_root_is_decided_at_the_first_bound(
    options: dict[str, Any], ticks: list[tuple[float, list[str]]], shown: str
) -> None:
    held = Held(policies(chance(0), WHOLE | {"name": "b"}), **options)
    at_once = held.span()

    assert at_once == ([] if ticks else [f"1 keep {shown}/b [1]"])
    for at_s, left in ticks:
        assert held.tick(at_s) == left


def test_idle_counts_from_the_last_span_and_max_age_from_the_first() -> None:
    held = Held(policies(WHOLE), idle_ns=10 * 10**9, max_age_ns=25 * 10**9)
    for at_s in (0, 8, 16, 24):
        held.span(at_s=at_s)
        assert held.tick(at_s + 0.5) == []

    assert held.tick(25.1) == ["1 keep max_age/whole [1, 2, 3, 4]"]


def test_without_a_delay_the_root_decides_as_it_comes() -> None:
    held = Held(policies(WHOLE), root_delay_ns=0)
    held.span()

    assert held.root() == ["1 keep root/whole [1, 2]"]


def test_the_traces_that_are_due_come_oldest_first_and_in_slices() -> None:
    held = Held(policies(WHOLE), root_delay_ns=10**9)
    for trace_id in (3, 1, 2):
        held.root(trace_id, at_s=trace_id == 2)

    assert held.tick(5, 2) == ["3 keep root/whole [1]", "1 keep root/whole [2]"]
    assert held.buffer.behind
    assert held.tick(5, 2) == ["2 keep root/whole [3]"]
    assert not held.buffer.behind


def test_a_slice_ends_after_so_many_spans_too() -> None:
    held = Held(policies(WHOLE), root_delay_ns=10**9)
    for trace_id in (1, 2):
        for span_id in range(5000):
            held.span(trace_id, span_id)
        held.root(trace_id)

    assert len(held.tick(9)) == 1
    assert len(held.tick(9)) == 1


def test_the_oldest_trace_is_decided_for_want_of_room() -> None:
    held = Held(policies(ERRORS, chance(0)), max_traces=2)
    held.span(1, at_s=0)
    held.span(2, at_s=1)

    assert held.span(3, at_s=2) == ["1 drop evicted/none -1"]
    assert held.span(1, at_s=3) == ["1 drop late/none -1 follows"]
    assert held.buffer.statistics().evicted == 1


def test_a_clock_that_goes_back_makes_no_time_pass_and_stops_nothing() -> None:
    held = Held(policies(WHOLE), idle_ns=10 * 10**9)
    held.span(at_s=100)

    assert held.tick(50) == []
    assert held.span(at_s=51) == []
    assert held.tick(60.9) == []
    assert held.tick(61.1) == ["1 keep idle/whole [1, 2]"]


def test_a_span_may_come_while_the_clock_is_back() -> None:
    held = Held(policies(WHOLE), max_age_ns=20 * 10**9)
    held.span(at_s=100)
    held.span(at_s=50)

    assert held.tick(68.9) == []
    assert held.tick(71.1) == ["1 keep max_age/whole [1, 2]"]


# --- early ----------------------------------------------------------------------------------


def test_a_trace_that_is_sure_to_be_kept_is_flushed_and_streams() -> None:
    held = Held()
    held.span()

    assert held.span(status=ERROR) == ["1 keep early/failed [1, 2]"]
    assert held.span() == ["1 keep early/failed [3] follows"]
    assert held.root() == ["1 keep early/failed [4] follows"]
    assert held.tick(10**6) == []


def test_chance_is_never_early() -> None:
    held = Held(policies(chance(50), ERRORS))

    assert held.span(LUCKY) == []
    assert held.drain() == [f"{LUCKY} keep shutdown/chance [1]"]


def test_a_policy_that_needs_to_see_nothing_is_early_with_the_first_span() -> None:
    held = Held(policies(ALL))

    assert held.span() == ["1 keep early/all [1]"]


def test_nothing_is_early_where_a_drop_policy_could_overrule() -> None:
    drop = {"name": "no", "type": "drop", "drop": {"drop_sub_policy": [ERRORS]}}
    held = Held(policies(ERRORS, drop))

    assert held.span(status=ERROR) == []
    assert held.drain() == ["1 drop shutdown/no -1"]


def test_a_trace_with_too_many_spans_is_decided_and_the_rest_follows() -> None:
    held = Held(policies(WHOLE), max_trace_spans=3)
    left = [text for _ in range(5) for text in held.span()]

    assert left == [
        "1 keep span_limit/whole [1, 2, 3]",
        "1 keep span_limit/whole [4] follows",
        "1 keep span_limit/whole [5] follows",
    ]


# --- what follows ---------------------------------------------------------------------------


@pytest.mark.parametrize(("percent", "outcome"), [(50, "keep"), (0, "drop")])
def test_a_late_span_follows_the_decision_and_its_threshold(percent: int, outcome: str) -> None:
    held = Held(policies(chance(percent)))
    held.root(LUCKY)
    held.tick(100)

    assert held.span(LUCKY, at_s=200)[0].startswith(f"{LUCKY} {outcome} late/")
    first, late = held.left
    assert late.decision.threshold == first.decision.threshold
    assert (first.follows, late.follows) == (False, True)


def test_spans_after_a_drain_follow_or_are_held_again() -> None:
    held = Held(policies(WHOLE))
    held.span(1)
    held.drain()

    assert held.span(1) == ["1 keep late/whole [2] follows"]
    assert held.span(2) == []


def test_after_close_every_span_is_decided_as_it_comes() -> None:
    held = Held(policies(WHOLE))
    held.span(1)
    held.buffer.close()

    assert held.drain() == ["1 keep shutdown/whole [1]"]
    assert held.span(2) == ["2 keep shutdown/whole [2]"]
    assert held.span(2) == ["2 keep late/whole [3] follows"]
    assert held.buffer.statistics().undecided == 0


# --- agents and others ----------------------------------------------------------------------


def test_a_trace_without_an_agent_passes_unchanged_when_its_root_ends() -> None:
    held = Held(default())
    held.span(status=ERROR)

    assert held.root() == ["1 keep root/non_agent [1, 2]"]
    assert held.span() == ["1 keep late/non_agent [3] follows"]
    assert [one.marks() for one in held.left] == [{}, {}]
    assert [one.trace_state("a=b") for one in held.left] == [None, None]


def test_a_trace_with_an_agent_waits_for_its_delay() -> None:
    held = Held(default())
    held.span(said=says())

    assert held.root() == []


def test_between_processes_even_a_trace_without_an_agent_waits_for_its_delay() -> None:
    held = Held(default(), local=False)

    assert held.root() == []
    assert held.tick(6) == ["1 keep root/non_agent [1]"]


def test_what_failed_before_the_agent_was_seen_still_keeps_early() -> None:
    held = Held(default())

    assert held.span(status=ERROR) == []
    assert held.span(said=says()) == ["1 keep early/failed [1, 2]"]


@pytest.mark.parametrize(("local", "left"), [(True, 1), (False, 0)])
def test_a_span_below_a_remote_parent_is_a_root_within_one_process(local: bool, left: int) -> None:
    held = Held(policies(WHOLE), local=local)
    held.span(context=FAR)

    assert len(held.tick(6)) == left


@pytest.mark.parametrize(
    ("around", "kept"), [(Role.TOOL, True), (Role.INFERENCE, False), (None, False)]
)
def test_a_call_that_leaves_below_a_tool_makes_the_trace_external(
    around: Role | None, kept: bool
) -> None:
    external = {"name": "external", "type": "external_tool"}
    held = Held(policies(external))
    held.span(1, 4, 3, leaves=True)
    held.span(1, 3, 2)
    held.span(1, 2, 1, said=says(around) if around else None)
    held.root(said=says(Role.AGENT))
    held.drain()

    assert held.left[0].decision.keep is kept


def test_circles_of_parents_end() -> None:
    held = Held(policies({"name": "external", "type": "external_tool"}))
    held.span(1, 3, 4, leaves=True)
    held.span(1, 4, 3)
    held.span(1, 5, 1, said=says(Role.TOOL))

    assert held.drain() == ["1 drop shutdown/none -3"]


# --- what is written ------------------------------------------------------------------------


def conversing(name: str) -> AgentSpan:
    return says(Role.AGENT, conversation=name)


@pytest.mark.parametrize(
    ("state", "flags", "written"),
    [
        ("", 0, True),
        ("ot=rv:ffffffffffffff", 0, False),
        ("ot=th:8", 0, False),
        ("", REMOTE, False),
    ],
)
def test_randomness_is_written_only_where_a_conversation_is_all_there_is(
    state: str, flags: int, written: bool
) -> None:
    held = Held(policies(chance(99.9)))
    held.span(LUCKY, said=conversing("c"), context=SpanContext(state, flags))
    held.drain()
    decision = held.left[0].decision

    assert decision.keep
    assert (decision.rv is not None) is written


def test_of_several_conversations_the_order_of_arrival_does_not_choose() -> None:
    drawn = set()
    for names in (("b", "a"), ("a", "b")):
        held = Held(policies(chance(99.9)))
        for name in names:
            held.span(said=conversing(name))
        held.drain()
        drawn.add(held.left[0].decision.rv)

    assert len(drawn) == 1


def test_every_kept_span_gets_the_threshold_late_ones_too() -> None:
    held = Held(policies(chance(50)))
    held.root(LUCKY)
    held.drain()
    held.span(LUCKY)

    assert [one.trace_state("") for one in held.left] == ["ot=th:8", "ot=th:8"]
    assert th_hex(held.left[0].decision.threshold or 0) == "8"


# --- sums -----------------------------------------------------------------------------------


def test_statistics_tell_what_became_of_every_span() -> None:
    held = Held(policies(ERRORS), max_trace_spans=3)
    held.span(1)
    held.span(1, status=ERROR)
    held.span(1)
    held.root(2)
    held.tick(10)
    held.span(2, at_s=11)
    held.span(3, at_s=11)

    told = held.buffer.statistics()

    assert (told.accepted, told.dropped, told.undecided, told.released) == (6, 2, 1, 3)
    assert (told.late, told.streamed, told.traces, told.held_traces) == (1, 1, 2, 1)
    assert told.remembered == 2


def test_what_has_left_takes_no_room() -> None:
    held = Held(policies(ERRORS))
    held.span(size=12345)
    assert held.buffer.statistics().held_bytes > 12345
    held.drain()

    assert held.buffer.statistics().held_bytes == 0
