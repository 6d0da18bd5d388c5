import pytest

from otel_agents.pipeline.policies.decision import NO, NO_CONTEXT, YES, TraceHead, Vote
from otel_agents.pipeline.policies.node import (
    Moment,
    Observe,
    PolicyFailure,
    Slots,
    any_span,
    no_span,
)
from otel_agents.record import SpanRecord
from tests.pipeline.policies.traces import span

MOMENT = Moment(TraceHead(1), 0, 0)


def fails_on_bad(record: SpanRecord, _said: object, _context: object) -> bool:
    if record.name == "bad":
        raise PolicyFailure("bad")
    return record.name == "wanted"


def shown(slots: Slots, names: list[str]) -> list[int]:
    score = slots.initial.copy()
    for name in names:
        for observe in slots.observers:
            observe(score, span(name=name)[0], None, None, NO_CONTEXT)
    return score


@pytest.mark.parametrize(
    ("names", "ballot"),
    [
        ([], NO),
        (["x"], NO),
        (["x", "wanted"], YES),
        (["bad", "wanted"], YES),
        (["wanted", "bad"], YES),
    ],
)
def test_a_match_outweighs_a_failure(names: list[str], ballot: object) -> None:
    slots = Slots()
    node = any_span(slots, fails_on_bad)
    assert node.ballot(shown(slots, names), MOMENT) == ballot


@pytest.mark.parametrize("names", [["bad"], ["bad", "wanted"]])
def test_what_fails_first_can_be_final(names: list[str]) -> None:
    slots = Slots()
    node = any_span(slots, fails_on_bad, first_counts=True)
    with pytest.raises(PolicyFailure):
        node.ballot(shown(slots, names), MOMENT)


@pytest.mark.parametrize(
    ("plain", "votes"),
    [
        (False, (Vote.INVERT_SAMPLED, Vote.INVERT_NOT_SAMPLED)),
        (True, (Vote.SAMPLED, Vote.NOT_SAMPLED)),
    ],
)
def test_an_inverted_test_votes_against_what_matches(plain: bool, votes: tuple[Vote, Vote]) -> None:
    slots = Slots()
    node = no_span(slots, fails_on_bad, plain=plain)
    without, matching = (shown(slots, names) for names in (["x"], ["x", "wanted"]))
    assert (node.ballot(without, MOMENT)[0], node.ballot(matching, MOMENT)[0]) == votes
    assert node.inverted is not plain


def test_places_that_are_shared_are_written_once() -> None:
    slots = Slots()

    def counting(slot: int) -> Observe:
        def observe(score: list[int], *_rest: object) -> None:
            score[slot] += 1

        return observe

    assert slots.shared("k", 2, counting) == slots.shared("k", 2, counting) == 0
    assert slots.new() == 2
    assert shown(slots, ["a", "b"])[0] == 2
