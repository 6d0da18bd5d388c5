"""The traces that are held: how long each may stay, and which must go for want of room."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final, Generic

from otel_agents.pipeline.buffer.held import NEVER_NS, HeldTrace
from otel_agents.pipeline.buffer.options import Limits
from otel_agents.pipeline.buffer.released import Item
from otel_agents.pipeline.buffer.wheel import Wheel
from otel_agents.pipeline.policies.node import Score
from otel_agents.semconv import SamplingTrigger

SPAN_BYTES: Final = 32
"""Held for each span beside its own size: two ids and a place in a list."""

TRACE_BYTES: Final = 800
"""Held for each trace (measured, CPython 3.11)."""

_ROOT, _IDLE, _MAX_AGE = SamplingTrigger.ROOT, SamplingTrigger.IDLE, SamplingTrigger.MAX_AGE


class Room(Generic[Item]):
    """Held traces by id, by age and by deadline.

    Attributes:
        traces: By id.
        held_bytes: An estimate of what they take; who adds a span adds its size.
    """

    def __init__(self, limits: Limits) -> None:
        """Start empty."""
        self.traces: dict[int, HeldTrace[Item]] = {}
        self.held_bytes = 0
        # Apart from the traces, since a plain dict is found faster; it knows its oldest
        # key at once, where a dict's emptied head is scanned again and again.
        self._ages: OrderedDict[int, None] = OrderedDict()
        self._wheel = Wheel()
        self._root_delay_ns = limits.root_delay_ns
        self._idle_ns = limits.idle_ns
        self._max_age_ns = limits.max_age_ns
        self._wait_ns = min(limits.idle_ns, limits.max_age_ns)
        self._max_bytes = limits.max_bytes
        self._max_traces = limits.max_traces

    @property
    def behind(self) -> bool:
        """Whether there are traces that may be due and were not looked at."""
        return self._wheel.behind

    @property
    def full(self) -> bool:
        """Whether no further trace fits."""
        return len(self.traces) >= self._max_traces

    @property
    def crowded(self) -> bool:
        """Whether more is held than there is room for."""
        return self.held_bytes > self._max_bytes or len(self.traces) > self._max_traces

    def begin(self, trace_id: int, score: Score, now_ns: int) -> HeldTrace[Item]:
        """Hold a new trace."""
        trace: HeldTrace[Item] = HeldTrace(trace_id, score, now_ns)
        self.traces[trace_id] = trace
        self._ages[trace_id] = None
        self.held_bytes += TRACE_BYTES
        trace.slot = self._wheel.put(trace_id, now_ns + self._wait_ns, now_ns)
        return trace

    def forget(self, trace: HeldTrace[Item]) -> None:
        """Hold a trace no longer."""
        trace_id = trace.trace_id
        del self.traces[trace_id], self._ages[trace_id]
        self._wheel.remove(trace_id, trace.slot)
        self.held_bytes -= TRACE_BYTES + trace.byte_size + SPAN_BYTES * len(trace.items)

    def oldest(self) -> HeldTrace[Item]:
        """Return the trace that has been held longest."""
        return self.traces[next(iter(self._ages))]

    def root_came(self, trace: HeldTrace[Item], now_ns: int) -> None:
        """Note that a trace's root has come last, and set its deadline by that."""
        trace.root_ns = now_ns
        trace.root_at = len(trace.items) - 1
        due_ns, trigger = self._due(trace)
        if trigger is _ROOT:
            self._wheel.remove(trace.trace_id, trace.slot)
            trace.slot = self._wheel.put(trace.trace_id, due_ns, now_ns)

    def take_due(self, now_ns: int, most: int) -> Iterator[tuple[HeldTrace[Item], SamplingTrigger]]:
        """Yield the traces that are due and why, oldest first; look at so many at most."""
        wheel = self._wheel
        wheel.turn(now_ns)
        for trace_id in wheel.take(most):
            trace = self.traces.get(trace_id)
            if trace is None or trace.slot > wheel.turned:
                continue
            due_ns, trigger = self._due(trace)
            if due_ns > now_ns:
                trace.slot = wheel.put(trace_id, due_ns, now_ns)
            else:
                yield trace, trigger

    def _due(self, trace: HeldTrace[Item]) -> tuple[float, SamplingTrigger]:
        """Return when a trace is due by what is known of it now, and why."""
        due_ns, trigger = trace.born_ns + self._max_age_ns, _MAX_AGE
        idle_ns = trace.last_ns + self._idle_ns
        if idle_ns < due_ns:
            due_ns, trigger = idle_ns, _IDLE
        if trace.root_ns != NEVER_NS:
            root_ns = trace.root_ns + self._root_delay_ns
            if root_ns <= due_ns:
                return root_ns, _ROOT
        return due_ns, trigger
