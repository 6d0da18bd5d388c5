"""What was decided, for the spans that come later."""

from collections import OrderedDict
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
    """Remembers decisions, so many of each outcome; the longest unused go first.

    Traces that hold no agent have a room of their own: an application has more of them
    than of agents, and they must not push these out.
    """

    def __init__(self, limits: Limits) -> None:
        """Start empty."""
        self._kept: OrderedDict[int, Decision] = OrderedDict()
        self._dropped: OrderedDict[int, Decision] = OrderedDict()
        self._passed: OrderedDict[int, Decision] = OrderedDict()
        self._max_kept = limits.remembered_kept
        self._max_dropped = limits.remembered_dropped
        self._rooms = (self._kept, self._dropped, self._passed)
        self._shared = [
            room
            for room, shared in (
                (self._kept, limits.shared_kept),
                (self._dropped, limits.shared_dropped),
            )
            if shared
        ]
        self._told: dict[tuple[str, int | None], Decision] = {}

    def __len__(self) -> int:
        """Return how many decisions are remembered."""
        return sum(map(len, self._rooms))

    def of(self, trace_id: int) -> Decision | None:
        """Return what was decided on a trace, as its later spans have it."""
        for room in self._rooms:
            if trace_id in room:
                room.move_to_end(trace_id)
                return room[trace_id]
        return None

    def remember(self, trace_id: int, decision: Decision) -> None:
        """Remember what was decided on a trace."""
        room, size = self._dropped, self._max_dropped
        if decision.keep:
            passed = decision.reason is Reason.NOT_AGENT
            room, size = self._passed if passed else self._kept, self._max_kept
        if not size:
            return
        room[trace_id] = self._later(decision)
        if len(room) > size:
            room.popitem(last=False)

    def share(self, traces: int) -> None:
        """Leave at most so many decisions among those that take the room of held traces."""
        for room in self._shared:
            while room and sum(map(len, self._shared)) > traces:
                room.popitem(last=False)

    def _later(self, decision: Decision) -> Decision:
        """Return the decision as later spans have it: one object for all that are equal."""
        if decision.trigger in _STREAMING:
            return replace(decision, votes=())
        key = (decision.policy, decision.threshold)
        told = self._told.get(key)
        if told is not None and told.keep is decision.keep and told.rv == decision.rv:
            return told
        told = replace(decision, trigger=_LATE, votes=())
        if decision.rv is None:
            if len(self._told) >= _SHARED:
                self._told.clear()
            self._told[key] = told
        return told
