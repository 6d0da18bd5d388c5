"""Counting without doubling.

The tally holds, for each trace, who is whose parent and what the spans about agents say,
until the delay within which late and repeated reports may come has passed. It reads no
clock and does no I/O: the caller tells the time and takes what is settled.

Rules:

- Nested reports of one model call, with no agent or tool between them, are one call,
  unless both carry response ids and these differ.
- Nested reports of one tool call, with no agent or model call between them, are one call,
  unless their call ids or their names differ.
- A run inside a run of the same agent, with no tool or model call between them, is one
  run, unless both carry agent ids and these differ.
- A report that comes after its call was settled is suppressed and counted as such.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import NamedTuple

from otel_agents.errors import ConfigError
from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.counted import Counted
from otel_agents.pipeline.settle import Price, Settlement
from otel_agents.pipeline.trace_tally import TraceTally
from otel_agents.record import SpanRecord

_STEPS = frozenset((Role.OTHER, Role.WORKFLOW))

LINK_BYTES = 170
"""Held for each span: two ids and their place in a dict (measured, CPython 3.11)."""

AGENT_SPAN_BYTES = 900
"""Held on top for each span about agents (measured, CPython 3.11)."""

MAX_EVICTED = 65_536
"""So many traces that settled for want of room are remembered, so that none counts twice."""

TRACE_BYTES = 700
"""Held for each trace (measured, CPython 3.11)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Bounds of the tally.

    Attributes:
        delay_ns: How long a trace waits for late and repeated reports; None for as long
            as there is room.
        run_max_age_ns: How long a trace without a root is remembered.
        max_bytes: How much the tally may hold; past it the oldest traces settle.
    """

    delay_ns: int | None = 10_000_000_000
    run_max_age_ns: int = 24 * 3600 * 10**9
    max_bytes: int = 64 * 2**20

    def __post_init__(self) -> None:
        """Refuse bounds that cannot be kept."""
        for name, value in (("delay_ns", self.delay_ns), ("run_max_age_ns", self.run_max_age_ns)):
            if value is not None and value < 0:
                raise ConfigError(name, value, "a time of 0 or more nanoseconds")
        if self.max_bytes <= 0:
            raise ConfigError("max_bytes", self.max_bytes, "a size of 1 byte or more")


class Statistics(NamedTuple):
    """What a tally holds and has seen.

    Attributes:
        traces: Traces that came.
        held_traces: Traces held now.
        held_bytes: An estimate of what they take.
        settled_early: Traces that settled because there was no room.
        repeated_spans: Spans that came again with the same ids; ignored.
        suppressed: Reports of a call, run or hand-off that was settled before they came.
    """

    traces: int
    held_traces: int
    held_bytes: int
    settled_early: int
    repeated_spans: int
    suppressed: int


class Tally:
    """Counts each logical call, run and hand-off of the spans offered to it once."""

    def __init__(self, options: Options | None = None, *, price: Price) -> None:
        """Start empty.

        Args:
            options: Bounds.
            price: The rate of a model call, or why there is none; asked once a logical call.
        """
        self._options = options or Options()
        self._price = price
        self._traces: dict[int, TraceTally] = {}
        self._due: deque[tuple[int, int]] = deque()
        self._evicted: dict[int, None] = {}
        self._seen = 0
        self._held_bytes = 0
        self._settled_early = 0
        self._repeated = 0
        self._suppressed = 0

    def offer(  # noqa: C901 one call a span; a second one would cost as much again
        self, record: SpanRecord, span: AgentSpan | None, now_ns: int, *, leaves: bool = False
    ) -> Iterable[Counted] | None:
        """Take a span in; return what settles to make room for it.

        Returns None for a span that came before.

        Args:
            record: The span.
            span: What it says about agents, None where it says nothing.
            now_ns: The time, from any clock that never goes back.
            leaves: Whether the span is a call to another system over the network.
        """
        if span is not None and span.role in _STEPS and span.passes_nothing():
            span = None  # a mere step on the way up
        trace_id = record.trace_id
        trace = self._traces.get(trace_id)
        if trace is None:
            trace = self._begin(trace_id, now_ns)
        span_id = record.span_id
        # A copy whose first one was refused is not a repetition: it is the better copy.
        if span_id in trace.parents and (span is None or span_id in trace.spans):
            self._repeated += 1
            return None
        parent_id = trace.parents[span_id] = record.parent_id
        self._held_bytes += LINK_BYTES
        if leaves:
            trace.note_client(span_id)
        if not trace.pending and (span is not None or not parent_id):
            self._remind(trace_id, now_ns)
        if not parent_id:
            trace.rooted = True
        if span is not None:
            trace.spans[span_id] = span
            trace.pending = True
            self._held_bytes += AGENT_SPAN_BYTES
        if self._held_bytes > self._options.max_bytes:
            return self._make_room()
        return ()

    def tick(self, now_ns: int, max_traces: int = 1000) -> Iterator[Counted]:
        """Yield what is due, in the order in which it came, from at most so many traces."""
        due, traces = self._due, self._traces
        while due and due[0][0] <= now_ns and max_traces:
            max_traces -= 1
            _, trace_id = due.popleft()
            trace = traces.get(trace_id)
            if trace is None:
                continue
            yield from self._settle(trace)
            if trace.rooted:
                self._forget(trace_id)
        born_by_ns = now_ns - self._options.run_max_age_ns
        old = takewhile(lambda trace_id: traces[trace_id].born_ns <= born_by_ns, traces)
        for trace_id in list(islice(old, max_traces)):
            yield from self._settle(self._forget(trace_id))

    def drain(self) -> Iterator[Counted]:
        """Yield all that is left and forget it."""
        for trace_id in list(self._traces):
            yield from self._settle(self._forget(trace_id))

    def statistics(self) -> Statistics:
        """Return what the tally holds and has seen."""
        return Statistics(
            self._seen,
            len(self._traces),
            self._held_bytes,
            self._settled_early,
            self._repeated,
            self._suppressed,
        )

    def _begin(self, trace_id: int, now_ns: int) -> TraceTally:
        trace = self._traces[trace_id] = TraceTally(now_ns)
        self._held_bytes += TRACE_BYTES
        self._seen += trace_id not in self._evicted
        return trace

    def _remind(self, trace_id: int, now_ns: int) -> None:
        if self._options.delay_ns is not None:
            self._due.append((now_ns + self._options.delay_ns, trace_id))

    def _make_room(self) -> Iterable[Counted]:
        """Settle the oldest eighth: one by one, a dict's emptied head is scanned again."""
        oldest = list(islice(self._traces, max(1, len(self._traces) // 8)))
        self._settled_early += sum(trace_id not in self._evicted for trace_id in oldest)
        self._evicted.update(dict.fromkeys(oldest))
        for trace_id in list(islice(self._evicted, max(0, len(self._evicted) - MAX_EVICTED))):
            del self._evicted[trace_id]
        return [c for trace_id in oldest for c in self._settle(self._forget(trace_id))]

    def _forget(self, trace_id: int) -> TraceTally:
        trace = self._traces.pop(trace_id)
        self._held_bytes -= (
            TRACE_BYTES + LINK_BYTES * len(trace.parents) + AGENT_SPAN_BYTES * len(trace.spans)
        )
        return trace

    def _settle(self, trace: TraceTally) -> list[Counted]:
        if not trace.pending:
            return []
        settlement = Settlement(trace, self._price)
        counted = settlement.settle()
        self._suppressed += settlement.suppressed
        return counted
