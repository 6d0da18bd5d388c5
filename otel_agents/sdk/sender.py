"""Sending what is kept, and knowing what became of it.

Spans wait in a queue bounded in bytes, and a thread of its own hands them to the
application's exporter: one that hangs keeps nobody else waiting. What finds no room, and
what an exporter refuses, raises over or still holds at the end, is counted as failed.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Final, NamedTuple

from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY, attach, detach, set_value
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_agents._clock import Clock
from otel_agents.errors import ConfigError
from otel_agents.sdk.guard import Guard, Where

_MS: Final = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Bounds of the sending queue.

    Attributes:
        max_bytes: How much may wait for the exporter; what comes then is lost, and counted.
        batch_spans: Spans handed to the exporter at once.
    """

    max_bytes: int = 64 * 2**20
    batch_spans: int = 512

    def __post_init__(self) -> None:
        """Refuse what cannot be kept.

        Raises:
            ConfigError: If a bound is below 1.
        """
        for name, value in (("max_bytes", self.max_bytes), ("batch_spans", self.batch_spans)):
            if value < 1:
                raise ConfigError(f"sender.{name}", value, "1 or more")


class Statistics(NamedTuple):
    """What became of the spans handed in; the three are all of them, at any moment.

    Attributes:
        queued: Spans that wait, or are with the exporter now.
        sent: Spans that the exporter took.
        failed: Spans that it did not take, or that found no room.
        queued_bytes: An estimate of what the queued spans take.
    """

    queued: int
    sent: int
    failed: int
    queued_bytes: int


class Sender:
    """Hands spans to one exporter, from a thread that starts with the first span."""

    def __init__(
        self, exporter: SpanExporter, clock: Clock, guard: Guard, options: Options | None = None
    ) -> None:
        """Stand by."""
        self._exporter = exporter
        self._clock = clock
        self._guard = guard
        self._options = options or Options()
        self._closed = False
        self.forked()

    def forked(self) -> None:
        """Begin anew in a child process: what waits is the parent's to send."""
        self._queue: deque[tuple[ReadableSpan, int]] = deque()
        self._queued_bytes = 0
        self._batch = 0
        self._sent = 0
        self._failed = 0
        self._gave_up = False
        self._changed = Condition()
        self._thread: Thread | None = None

    def put(self, spans: Sequence[tuple[ReadableSpan, int]]) -> None:
        """Take spans in, each with its size in bytes; never waits for the exporter."""
        lost = 0
        with self._changed:
            for span, size_bytes in spans:
                # A span larger than the whole queue goes through alone.
                room = self._queued_bytes + size_bytes <= self._options.max_bytes
                if self._closed or (self._queued_bytes and not room):
                    lost += 1
                    continue
                self._queue.append((span, size_bytes))
                self._queued_bytes += size_bytes
            self._failed += lost
            if self._thread is None and self._queue:
                self._thread = Thread(
                    target=self._run, args=(self._changed,), name="otel-agents-sender", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()
        if lost:
            self._guard.say(
                "%d spans are lost: %d bytes wait for the exporter, which is too slow or hangs",
                lost,
                self._queued_bytes,
            )

    def flush(self, deadline_ns: int) -> bool:
        """Wait until all that was handed in has gone; False if time was up before."""
        with self._changed:
            target = self._sent + self._failed + len(self._queue) + self._batch
            done = self._wait(lambda: self._sent + self._failed >= target, deadline_ns)
        if not done:
            return False
        flushed: list[bool] = []

        def flush() -> None:
            with self._guard.at(Where.EXPORT):
                left_ms = max(0, deadline_ns - self._clock.monotonic_ns()) // _MS
                flushed.append(self._exporter.force_flush(left_ms) is not False)

        return self._within(flush, deadline_ns) and flushed == [True]

    def close(self, deadline_ns: int) -> None:
        """Send what time allows and shut the exporter down; again is safe."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify_all()
            self._wait(lambda: not self._queue and not self._batch, deadline_ns)
            self._gave_up = True
            self._failed += len(self._queue) + self._batch
            self._queue.clear()
            self._queued_bytes = self._batch = 0

        def shut() -> None:
            with self._guard.at(Where.EXPORT):
                self._exporter.shutdown()

        self._within(shut, deadline_ns)

    def statistics(self) -> Statistics:
        """Return what became of the spans handed in."""
        with self._changed:
            queued = len(self._queue) + self._batch
            return Statistics(queued, self._sent, self._failed, self._queued_bytes)

    def _run(self, changed: Condition) -> None:
        # The exporter's own requests are no part of what is traced.
        token = attach(set_value(_SUPPRESS_INSTRUMENTATION_KEY, value=True))
        try:
            while self._send(changed):
                pass
        finally:
            detach(token)

    def _send(self, changed: Condition) -> bool:
        """Send one batch; False when there is nothing more to come."""
        with changed:
            while not self._queue:
                if self._closed or changed is not self._changed:
                    return False
                changed.wait()
            count = min(len(self._queue), self._options.batch_spans)
            batch = [self._queue.popleft() for _ in range(count)]
            self._batch = count
        succeeded = False
        with self._guard.at(Where.EXPORT):
            result = self._exporter.export([span for span, _ in batch])
            succeeded = result is SpanExportResult.SUCCESS
        with changed:
            if self._gave_up or changed is not self._changed:
                return False
            self._batch = 0
            self._queued_bytes -= sum(size_bytes for _, size_bytes in batch)
            if succeeded:
                self._sent += count
            else:
                self._failed += count
            changed.notify_all()
        return True

    def _wait(self, done: Callable[[], bool], deadline_ns: int) -> bool:
        left_ns = deadline_ns - self._clock.monotonic_ns()
        return self._changed.wait_for(done, max(0, left_ns) / 1e9)

    def _within(self, work: Callable[[], None], deadline_ns: int) -> bool:
        """Do what may hang, in a thread that is left behind when time is up."""
        left_ns = deadline_ns - self._clock.monotonic_ns()
        thread = Thread(target=work, name="otel-agents-exporter", daemon=True)
        thread.start()
        thread.join(max(0, left_ns) / 1e9)
        return not thread.is_alive()
