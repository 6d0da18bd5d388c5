"""What was decided, for the spans that come later."""

from collections import deque
from dataclasses import replace
from typing import Final

from otel_agents.pipeline.buffer.options import Limits
from otel_agents.pipeline.policies import Decision, Reason
from otel_agents.semconv import SamplingTrigger

_STREAMING: Final = (
    SamplingTrigger.EARLY,
    SamplingTrigger.SPAN_LIMIT,
    SamplingTrigger.BYTE_LIMIT,
)
"""Triggers before the end of a trace: what comes then is on time, and not late."""

_LATE: Final = SamplingTrigger.LATE
_SHARED: Final = 1024


class Verdicts:
    """Remembers decisions, so many of each outcome; the longest unused goes first.

    Traces that hold no agent are an outcome of their own: an application has more of them
    than of agents, and they must not push these out. Using a decision only marks it, and it
    is spared once when its turn comes: an ordered dict would stop for milliseconds whenever
    it grows.
    """

    def __init__(self, limits: Limits) -> None:
        """Start empty."""
        self._decisions: dict[int, Decision] = {}
        self._used: set[int] = set()
        self._kept: deque[int] = deque()
        self._dropped: deque[int] = deque()
        self._passed: deque[int] = deque()
        self._max_kept = limits.remembered_kept
        self._max_dropped = limits.remembered_dropped
        self._shared = [self._kept] * limits.shared_kept + [self._dropped] * limits.shared_dropped
        self._told: dict[tuple[str, int | None], Decision] = {}

    def __len__(self) -> int:
        """Return how many decisions are remembered."""
        return len(self._decisions)

    def of(self, trace_id: int) -> Decision | None:
        """Return what was decided on a trace, as its later spans have it."""
        decision = self._decisions.get(trace_id)
        if decision is not None:
            self._used.add(trace_id)
        return decision

    def remember(self, trace_id: int, decision: Decision) -> None:
        """Remember what was decided on a trace of which nothing is remembered."""
        order, size = self._dropped, self._max_dropped
        if decision.keep:
            passes = decision.reason is Reason.NOT_AGENT
            order, size = self._passed if passes else self._kept, self._max_kept
        if size:
            self._decisions[trace_id] = self._later(decision)
            order.append(trace_id)
            if len(order) > size:
                self._forget(order)

    def share(self, traces: int) -> None:
        """Leave at most so many decisions among those that take the room of held traces."""
        for order in self._shared:
            while order and sum(map(len, self._shared)) > traces:
                self._forget(order)

    def _forget(self, order: deque[int]) -> None:
        """Forget the longest unused of an outcome."""
        while order[0] in self._used:
            self._used.remove(order[0])
            order.rotate(-1)
        del self._decisions[order.popleft()]

    def _later(self, decision: Decision) -> Decision:
        """Return the decision as later spans have it: one object for all that are equal."""
        if decision.trigger in _STREAMING:
            return replace(decision, votes=())
        key = (decision.policy, decision.threshold)
        told = self._told.get(key)
        if told is not None and told.reason is decision.reason and told.rv == decision.rv:
            return told
        told = replace(decision, trigger=_LATE, votes=())
        if decision.rv is None:
            if len(self._told) >= _SHARED:
                self._told.clear()
            self._told[key] = told
        return told
