"""A policy at work: what it notes of each span, and how it votes from its notes.

A policy never sees a trace. It reads each span once as it comes, keeps a few numbers in
the trace's score, and votes from those.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

from otel_agents.errors import OtelAgentsError
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.policies.block import Block
from otel_agents.pipeline.policies.decision import (
    INVERT_NO,
    INVERT_YES,
    NO,
    YES,
    Ballot,
    SpanContext,
    TraceHead,
)
from otel_agents.record import SpanRecord

Score: TypeAlias = list[Any]
"""What is noted of one trace: a number or a flag a slot."""

Test: TypeAlias = Callable[[SpanRecord, AgentSpan | None, SpanContext], bool]
"""What is asked of one span."""

Observe: TypeAlias = Callable[
    [Score, SpanRecord, AgentSpan | None, float | None, SpanContext], None
]


class PolicyFailure(OtelAgentsError):
    """A policy that cannot vote on a trace; it is counted and left out."""


class Moment(NamedTuple):
    """What a vote may depend on beside the score.

    Attributes:
        head: The trace.
        now_ns: The time.
        randomness: R, of 56 bits.
    """

    head: TraceHead
    now_ns: int
    randomness: int


class Slots:
    """Hands out the places of a score, and gathers who writes to them."""

    def __init__(self) -> None:
        """Start with an empty score."""
        self.initial: Score = []
        self.observers: list[Observe] = []
        self._shared: dict[Hashable, int] = {}

    def new(self, initial: object = 0) -> int:
        """Return a fresh place."""
        self.initial.append(initial)
        return len(self.initial) - 1

    def shared(self, key: Hashable, places: int, observe: Callable[[int], Observe]) -> int:
        """Return the first of the places that everybody with this key shares."""
        if key not in self._shared:
            first = self._shared[key] = self.new()
            for _ in range(places - 1):
                self.new()
            self.observers.append(observe(first))
        return self._shared[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A policy, or a part of one.

    Attributes:
        ballot: Its vote from the score.
        unsure: Why "sampled" could turn into something else while spans still come, or
            depends on chance; empty where it cannot.
        stateful: Whether the Collector calls it stateful.
        limited: Whether it counts every trace against a budget.
        inverted: Whether it may vote inverted.
        drop: Whether it is a drop policy.
        test: What it asks of each span, where that is all it is.
    """

    ballot: Callable[[Score, Moment], Ballot]
    unsure: str = ""
    stateful: bool = False
    limited: bool = False
    inverted: bool = False
    drop: bool = False
    test: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """The setting in which a policy is built.

    Attributes:
        compat: Whether the Collector's quirks are wanted.
        slots: Where places in the score come from.
        external_tools: Names or globs of tools that are external whatever their spans say.
        child: Builds a sub-policy from its path, its block and the parent's type; returns
            its name, "" where it has none, with it.
    """

    compat: bool
    slots: Slots
    external_tools: tuple[str, ...]
    child: Callable[[str, object, str], tuple[str, Node]]


Builder: TypeAlias = Callable[[Block, Build], Node]
"""From a policy's own block to the policy."""


MATCHED: Final = 1
FAILED: Final = 2


def any_span(slots: Slots, test: Test, *, first_counts: bool = False) -> Node:
    """Vote for a trace of which any span passes a test.

    Args:
        slots: Where to note it.
        test: What is asked of each span.
        first_counts: Whether a failure of the test before the first match is final; else a
            match outweighs it whenever it comes.
    """
    slot = _note_any(slots, test, first_counts=first_counts)

    def ballot(score: Score, _moment: Moment) -> Ballot:
        noted = score[slot]
        if noted == FAILED:
            raise PolicyFailure("a condition could not be evaluated on a span of the trace")
        return YES if noted else NO

    return Node(ballot=ballot, test=test)


def no_span(slots: Slots, test: Test, *, plain: bool) -> Node:
    """Vote inverted: against a trace of which any span passes a test.

    Args:
        slots: Where to note it.
        test: What is asked of each span.
        plain: Whether the votes are plain ones.
    """
    slot = _note_any(slots, test)
    yes, no = (YES, NO) if plain else (INVERT_YES, INVERT_NO)

    def ballot(score: Score, _moment: Moment) -> Ballot:
        return no if score[slot] else yes

    def opposite(record: SpanRecord, said: AgentSpan | None, context: SpanContext) -> bool:
        return not test(record, said, context)

    unsure = "a later span may still match what is inverted"
    return Node(ballot=ballot, unsure=unsure, inverted=not plain, test=opposite)


def _note_any(slots: Slots, test: Test, *, first_counts: bool = False) -> int:
    slot = slots.new()

    def observe(
        score: Score,
        record: SpanRecord,
        said: AgentSpan | None,
        _cost: float | None,
        context: SpanContext,
    ) -> None:
        noted = score[slot]
        if noted == MATCHED or (noted and first_counts):
            return
        try:
            if test(record, said, context):
                score[slot] = MATCHED
        except PolicyFailure:
            score[slot] = FAILED

    slots.observers.append(observe)
    return slot
