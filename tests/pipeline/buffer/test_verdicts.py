"""What is remembered of decisions."""

from dataclasses import replace

import pytest

from otel_agents.pipeline.buffer.options import Options, limits
from otel_agents.pipeline.buffer.verdicts import Verdicts
from otel_agents.pipeline.policies import Decision, Reason, Vote
from otel_agents.semconv import SamplingTrigger
from tests.pipeline.buffer.spans import chance, policies

ROOT, LATE = SamplingTrigger.ROOT, SamplingTrigger.LATE
KEPT = Decision(
    keep=True, threshold=8, policy="p", trigger=ROOT, reason=Reason.VOTED, votes=(Vote.SAMPLED,)
)
DROPPED = Decision(keep=False, threshold=None, policy="p", trigger=ROOT, reason=Reason.NO_VOTE)
PASSED = replace(KEPT, policy="non_agent", threshold=0, reason=Reason.NOT_AGENT)


def verdicts(kept: int = 2, dropped: int = 2, *, compat: bool = False) -> Verdicts:
    options = Options(remembered_kept=kept, remembered_dropped=dropped)
    return Verdicts(limits(options, policies(chance(1), compat=compat)))


@pytest.mark.parametrize("decision", [KEPT, DROPPED, PASSED], ids=["kept", "dropped", "passed"])
def test_so_many_of_each_outcome_are_remembered(decision: Decision) -> None:
    remembered = verdicts()
    for trace_id in (1, 2, 3):
        remembered.remember(trace_id, decision)

    assert [remembered.of(trace_id) is not None for trace_id in (1, 2, 3)] == [False, True, True]
    assert len(remembered) == 2


def test_the_longest_unused_goes_first() -> None:
    remembered = verdicts()
    remembered.remember(1, KEPT)
    remembered.remember(2, KEPT)
    remembered.of(1)
    remembered.remember(3, KEPT)

    assert [remembered.of(trace_id) is not None for trace_id in (1, 2, 3)] == [True, False, True]


def test_one_outcome_does_not_push_another_out() -> None:
    remembered = verdicts()
    for trace_id, decision in enumerate([KEPT, DROPPED, PASSED] * 2):
        remembered.remember(trace_id, decision)

    assert len(remembered) == 6


def test_nothing_is_remembered_in_no_room() -> None:
    remembered = verdicts(0, 0)
    remembered.remember(1, KEPT)

    assert remembered.of(1) is None


@pytest.mark.parametrize("trigger", list(SamplingTrigger))
def test_what_comes_later_is_late_unless_the_trace_was_not_complete(
    trigger: SamplingTrigger,
) -> None:
    remembered = verdicts()
    remembered.remember(1, replace(KEPT, trigger=trigger))
    found = remembered.of(1)

    streaming = trigger in ("early", "span_limit", "byte_limit")
    assert found == replace(KEPT, trigger=trigger if streaming else LATE, votes=())


def test_equal_decisions_are_remembered_as_one_object_and_others_are_not() -> None:
    remembered = verdicts(9, 9)
    decisions = [
        KEPT,
        replace(KEPT),
        replace(KEPT, threshold=9),
        replace(KEPT, rv=5),
        DROPPED,
        replace(DROPPED, reason=Reason.DROP_POLICY),
    ]
    for trace_id, decision in enumerate(decisions):
        remembered.remember(trace_id, decision)
    found = [remembered.of(trace_id) for trace_id in range(len(decisions))]

    assert found[0] is found[1]
    assert found == [replace(one, trigger=LATE, votes=()) for one in decisions]


def test_in_compat_decisions_take_the_room_of_traces() -> None:
    remembered = verdicts(compat=True)
    for trace_id in (1, 2, 3):
        remembered.remember(trace_id, KEPT if trace_id == 1 else DROPPED)
    remembered.share(2)

    assert len(remembered) == 2
    remembered.share(-1)
    assert len(remembered) == 0
