"""What leaves the buffer."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, Generic, NamedTuple, TypeVar

from otel_agents import semconv
from otel_agents.pipeline.policies import Decision, Reason, with_threshold
from otel_agents.semconv import SamplingTrigger

Item = TypeVar("Item")
"""What a door hands in with a span and gets back: its own span, or its bytes."""

NOBODY: Final = -1
"""The bearer where no span is to carry the decision."""


class Released(NamedTuple, Generic[Item]):
    """Spans of one trace that leave together, kept or dropped.

    Attributes:
        trace_id: The trace.
        items: What is kept of it, in the order in which it came.
        decision: What was decided, with policy, threshold and reason.
        spans_dropped: Spans that end here.
        dropped_alone: Those of them that were dropped from a trace that is kept.
        bearer: Which of the items carries the decision, the root where it is there;
            `NOBODY` where none does.
        follows: Whether this follows a decision that was taken before, which is then not
            another decision to count.
    """

    trace_id: int
    items: Sequence[Item]
    decision: Decision
    spans_dropped: int = 0
    dropped_alone: int = 0
    bearer: int = NOBODY
    follows: bool = False

    @property
    def trigger(self) -> SamplingTrigger:
        """What made it time."""
        return self.decision.trigger

    @property
    def unchanged(self) -> bool:
        """Whether nothing is to be written on what is kept: it is no trace of an agent."""
        return self.decision.reason is Reason.NOT_AGENT

    def marks(self) -> Mapping[str, str | int]:
        """Return the attributes that the bearer is to carry."""
        if self.unchanged or self.bearer == NOBODY:
            return {}
        marks: dict[str, str | int] = {
            semconv.OTEL_AGENTS_SAMPLING_POLICY: self.decision.policy,
            semconv.OTEL_AGENTS_SAMPLING_TRIGGER: str(self.decision.trigger),
        }
        if self.dropped_alone:
            marks[semconv.OTEL_AGENTS_SAMPLING_DROPPED_SPANS] = self.dropped_alone
        return marks

    def trace_state(self, came: str) -> str | None:
        """Return the tracestate to write on a kept span, None to leave it as it came."""
        if self.unchanged:
            return None
        written = _written(came, self.decision.threshold, self.decision.rv)
        return None if written == came else written


_written = lru_cache(1024)(with_threshold)
