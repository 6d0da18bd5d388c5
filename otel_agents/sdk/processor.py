"""The span processor: the SDK's own interface around the line.

It fails open. On the application's threads a span costs a look at its context and a place
in a queue; everything else is done by a worker thread, and exporting by another. Nothing is
raised into the application, nothing waits for an exporter but `force_flush` and `shutdown`,
and those only as long as they are told.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from threading import Event, Lock, RLock, Thread
from typing import Any, Final, NamedTuple
from weakref import WeakMethod

from opentelemetry.context import Context
from opentelemetry.metrics import MeterProvider
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter

from otel_agents import semconv
from otel_agents._clock import Clock, SystemClock
from otel_agents.errors import ConfigError
from otel_agents.instrument import Meter, Run, current, meter_at, received
from otel_agents.pipeline.price import Pricer
from otel_agents.pricing import PriceBook
from otel_agents.sdk.counting import Counting
from otel_agents.sdk.guard import Guard, Where
from otel_agents.sdk.instruments import Instruments
from otel_agents.sdk.line import Line
from otel_agents.sdk.metering import Charges, is_limited, tell
from otel_agents.sdk.options import Flush, Options
from otel_agents.sdk.sender import Sender
from otel_agents.sdk.statistics import Statistics
from otel_agents.semconv import Instrument, SpanState

MAX_OPEN: Final = 65_536
"""Started spans of runs that are remembered; one that never ends must not stay for ever."""

WAKE_SPANS: Final = 512
"""So many waiting spans wake the worker before its time."""

FORK_WAIT_S: Final = 1.0
"""So long a fork waits for the worker at most."""

SLICE_SPANS: Final = 256
SLICE_TRACES: Final = 64
_MS: Final = 1_000_000


class _Opened(NamedTuple):
    run: Run
    meter: Meter | None


class AgentSpanProcessor(SpanProcessor):
    """Enriches, prices, counts, samples and redacts spans, and exports what is kept.

    It takes the place of a BatchSpanProcessor:

        provider.add_span_processor(AgentSpanProcessor(OTLPSpanExporter()))
    """

    def __init__(
        self,
        exporter: SpanExporter | Sequence[SpanExporter],
        options: Options | None = None,
        *,
        meter_provider: MeterProvider | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Make the line; threads start with the first span.

        Args:
            exporter: Where kept spans go; each of several gets all of them.
            options: What is done, and within which bounds.
            meter_provider: Who takes what is counted; by default the global one.
            clock: The time.

        Raises:
            ConfigError: If there is no exporter.
        """
        exporters = tuple(exporter) if isinstance(exporter, Sequence) else (exporter,)
        if not exporters:
            raise ConfigError("exporter", exporter, "at least one exporter")
        self._options = options = options or Options()
        self._clock = clock = clock or SystemClock()
        self._guard = guard = Guard(clock)
        self._at_start, self._at_end = guard.at(Where.START), guard.at(Where.END)
        self._book = PriceBook(options.ledger)
        pricer = Pricer(self._book)
        self._pricer = pricer
        self._senders = [Sender(one, clock, guard, options.sender) for one in exporters]
        self._lock = RLock()
        self.instruments = Instruments(
            options.metrics, clock, guard, lambda: self._lock, self._account, meter_provider
        )
        self._counting = Counting(pricer, self.instruments, options.tally, clock)
        self._line = Line(options, pricer, self._counting, guard, self._put, clock)
        self._closed = False
        self._begin()
        self._stands = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=_weakly(self._stand_still),
                after_in_parent=_weakly(self._go_on),
                after_in_child=_weakly(self._forked),
            )

    # --- what the SDK calls -----------------------------------------------------------------

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Remember for whom a span works."""
        with self._at_start:
            run = current(parent_context)
            if run is None and self._options.baggage:
                run = received(parent_context)
            if run is None:
                return
            meter = meter_at(parent_context)
            if meter is not None and not is_limited(meter):
                meter = None
            if len(self._open) >= MAX_OPEN:
                self._open.pop(next(iter(self._open)), None)
            self._open[span.get_span_context().span_id] = _Opened(run, meter)

    def on_end(self, span: ReadableSpan) -> None:
        """Put an ended span where the worker finds it."""
        with self._at_end:
            context = span.get_span_context()
            run = None
            if self._open and context is not None:
                opened = self._open.pop(context.span_id, None)
                if opened is not None:
                    run = opened.run
                    if opened.meter is not None:
                        self._meter(opened.meter, span, run)
            waiting = self._waiting
            if context is not None and not context.trace_flags & 1:
                waiting = self._unsampled
            if self._closed or len(waiting) >= self._max_waiting:
                self._refuse()
                return
            waiting.append((span, run))
            if self._worker is None:
                self._start()
            elif len(waiting) >= WAKE_SPANS and not self._wake.is_set():
                self._wake.set()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Export what is decided, or decide first where the options say so."""
        deadline_ns = self._deadline_ns(timeout_millis * _MS)
        done = False
        with self._guard.at(Where.WORKER):
            self.instruments.look()
            done = self._finish(
                deadline_ns, decide=self._options.flush == Flush.DECIDE, close=False
            )
            for sender in self._senders:
                done = sender.flush(deadline_ns) and done
        return done

    def shutdown(self) -> None:
        """Decide on the rest, export it, and shut the exporters down; again is safe."""
        if self._closed:
            return
        self._closed = True
        deadline_ns = self._deadline_ns(self._options.shutdown_timeout_ns)
        with self._guard.at(Where.WORKER):
            self._wake.set()
            self._finish(deadline_ns, decide=True, close=True)
        for sender in self._senders:
            with self._guard.at(Where.EXPORT):
                sender.close(deadline_ns)

    # --- what an owner may ask --------------------------------------------------------------

    def statistics(self) -> Statistics:
        """Return what became of every span."""
        with self._lock:
            line = self._line
            buffer = line.buffer.statistics()
            waiting = len(self._waiting)
            accounts = tuple(sender.statistics() for sender in self._senders)
            worst = max(accounts, key=lambda account: account.failed)
            return Statistics(
                accepted=line.taken + waiting,
                dropped=buffer.dropped,
                undecided=buffer.undecided + waiting,
                queued=worst.queued,
                sent=worst.sent,
                failed=worst.failed + line.lost,
                refused=line.refused + self._refused,
                open=len(self._open),
                errors=self._guard.errors(),
                exporters=accounts,
            )

    def work(self) -> bool:
        """Do what is due now, as the worker does; return whether more is."""
        self.instruments.look()
        with self._lock:
            more = self._take(SLICE_SPANS)
            return self._line.tick() or more

    # --- the worker -------------------------------------------------------------------------

    def _begin(self) -> None:
        self._waiting: deque[tuple[ReadableSpan, Run | None]] = deque()
        self._unsampled: deque[tuple[ReadableSpan, Run | None]] = deque()
        self._max_waiting = self._options.max_waiting_spans
        self._open: dict[int, _Opened] = {}
        self._charges = Charges(self._pricer)
        self._refused = 0
        self._wake = Event()
        self._starting = Lock()
        self._worker: Thread | None = None

    def _stand_still(self) -> None:
        """Let the worker come to a rest: a child would inherit what it has half done.

        That may be an import, which no thread of the child would ever finish.
        """
        self._stands = self._lock.acquire(timeout=FORK_WAIT_S)

    def _go_on(self) -> None:
        if self._stands:
            self._stands = False
            self._lock.release()

    def _forked(self) -> None:
        """Begin anew in a child process; a thread or a lock of the parent's is of no use."""
        self._stands = False
        self._lock = RLock()
        self._guard.forked()
        self._begin()
        for sender in self._senders:
            sender.forked()
        self._line.forked()
        self._counting.forked()

    def _start(self) -> None:
        with self._starting:
            if self._worker is None:
                worker = Thread(target=self._run, name="otel-agents-worker", daemon=True)
                worker.start()
                self._worker = worker
                _finish_with_process(self)

    def _run(self) -> None:
        wake, wait_s = self._wake, self._options.work_every_ns / 1e9
        with self._guard.at(Where.WORKER), self._lock:
            self._book.load()
        while not self._closed:
            wake.wait(wait_s)
            wake.clear()
            with self._guard.at(Where.WORKER):
                while self.work() and not self._closed:
                    pass

    def _take(self, max_spans: int) -> bool:
        """Take waiting spans in; return whether there are more."""
        for waiting, sampled in ((self._waiting, True), (self._unsampled, False)):
            for _ in range(min(len(waiting), max_spans)):
                span, run = waiting.popleft()
                self._line.take(span, run, sampled=sampled)
        return bool(self._waiting or self._unsampled)

    def _finish(self, deadline_ns: int, *, decide: bool, close: bool) -> bool:
        """Take in all that waits and settle it, in slices while there is time."""
        more = True
        while more and self._clock.monotonic_ns() < deadline_ns:
            with self._lock:
                more = self._take(SLICE_SPANS) or self._line.tick()
                if decide and not more:
                    more = self._line.drain(SLICE_TRACES)
        with self._lock, self._guard.at(Where.COUNT):
            if close:
                self._counting.close()
            else:
                self._counting.settle()
        return not more

    def _put(self, spans: Sequence[tuple[ReadableSpan, int]]) -> None:
        for sender in self._senders:
            sender.put(spans)

    def _meter(self, meter: Meter, span: ReadableSpan, run: Run) -> None:
        # On the application's thread: a limit is told on the run's span, while that is open.
        record, said = self._line.read(span, run)
        if said is not None:
            tell(meter, record, said, self._charges.cost_usd(record, said))

    def _refuse(self) -> None:
        with self._starting:
            self._refused += 1
        self._guard.say(
            "spans are refused: %s",
            "the processor is shut down" if self._closed else "the worker is too far behind",
        )

    def _deadline_ns(self, timeout_ns: int) -> int:
        return self._clock.monotonic_ns() + timeout_ns

    def _account(self) -> Iterator[tuple[Instrument, tuple[str, ...], float]]:
        """Yield the door's account of itself, as metrics."""
        now = self.statistics()
        for state in (
            SpanState.ACCEPTED,
            SpanState.REFUSED,
            SpanState.DROPPED,
            SpanState.SENT,
            SpanState.FAILED,
        ):
            yield semconv.METRIC_SPANS, (str(state),), getattr(now, state)
        yield semconv.METRIC_SPANS_UNDECIDED, (), now.undecided
        yield semconv.METRIC_SPANS_QUEUED, (), now.queued
        for where, count in now.errors.items():
            yield semconv.METRIC_INTERNAL_ERRORS, (str(where),), count
        for outcome, count in self._line.sampled_traces.items():
            yield semconv.METRIC_SAMPLING_TRACES, outcome, count
        for outcome, count in self._line.sampled_spans.items():
            yield semconv.METRIC_SAMPLING_SPANS, outcome, count


def _weakly(method: Callable[[], None]) -> Callable[[], None]:
    """Call a method for as long as its object is there; hooks at forks stay for ever."""
    held = WeakMethod(method)

    def call() -> None:
        if (found := held()) is not None:
            found()

    return call


def _finish_with_process(processor: AgentSpanProcessor) -> None:
    """Shut down when a child of multiprocessing ends: it leaves without the exit hooks."""
    multiprocessing: Any = sys.modules.get("multiprocessing.util")
    process: Any = sys.modules.get("multiprocessing.process")
    if multiprocessing is None or process is None or process.parent_process() is None:
        return
    multiprocessing.Finalize(processor, processor.shutdown, exitpriority=100)
