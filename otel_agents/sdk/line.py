"""The line that every ended span goes down, from the application's span to the exporter's.

    convert → normalize → inherit → price → count → decide → enrich → redact → send

It has no thread and no lock of its own: whoever calls holds the door's lock.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import TraceState

from otel_agents import semconv
from otel_agents._clock import Clock
from otel_agents.errors import SpanRefused
from otel_agents.instrument import Run, stamp
from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.buffer import NOBODY, REMOTE, Released, TraceBuffer
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.policies import SpanContext, default
from otel_agents.pipeline.price import Pricer
from otel_agents.record import SpanRecord
from otel_agents.sdk.convert import Converter, attributes_of
from otel_agents.sdk.counting import Counting, leaves
from otel_agents.sdk.enrich import Changes, changed
from otel_agents.sdk.guard import Guard, Where
from otel_agents.sdk.metering import Charges
from otel_agents.sdk.options import Options, Sampling
from otel_agents.sdk.redact import Redactor
from otel_agents.semconv import SamplingDecision

SPAN_BYTES: Final = 1_200
"""Held for each span of the SDK, without its attributes (measured, CPython 3.11)."""

VALUE_BYTES: Final = 110
"""Held for each attribute, without its text (likewise)."""

_LOCAL_PARENT: Final = 0x100
_AGENT, _WORKFLOW, _INFERENCE = Role.AGENT, Role.WORKFLOW, Role.INFERENCE

# A union of types is made anew each time that it is asked.
_TEXT, _LISTS = (str, bytes), (tuple, list)

Send: TypeAlias = Callable[[Sequence[tuple[ReadableSpan, int]]], None]
Outcome: TypeAlias = tuple[str, str, str]
"""Decision, policy and trigger."""


class Held(NamedTuple):
    """A span that waits for its trace's decision.

    Attributes:
        span: The span as it came.
        said: What it says about an agent.
        run: The run that it started in.
        counted: Whether live metrics have it.
        size_bytes: An estimate of what it takes.
    """

    span: ReadableSpan
    said: AgentSpan | None
    run: Run | None
    counted: bool
    size_bytes: int


class Line:
    """Takes ended spans in and sends what is kept of them.

    Attributes:
        taken: Sampled spans that were taken in.
        refused: Spans that say something impossible and are not taken on.
        lost: Spans that an error of our own has cost.
        sampled_traces: Traces by what was decided, by which policy and trigger.
        sampled_spans: Spans likewise.
    """

    def __init__(  # noqa: PLR0913, PLR0917 a line is put together from its steps
        self,
        options: Options,
        pricer: Pricer,
        counting: Counting,
        guard: Guard,
        send: Send,
        clock: Clock,
    ) -> None:
        """Put the steps in order."""
        self._options = options
        self._pricer = pricer
        self._counting = counting
        self._guard = guard
        self._send = send
        self._clock = clock
        self._convert = Converter().record
        self._normalizer = Normalizer(options.normalizer)
        self._redactor = Redactor(options.redaction)
        self._decides = options.sampling == Sampling.ON
        self.forked()

    def forked(self) -> None:
        """Begin anew in a child process: what is held is the parent's."""
        self.buffer: TraceBuffer[Held] = TraceBuffer(
            self._options.policies or default(), self._options.buffer
        )
        self._charges = Charges(self._pricer)
        self.taken = self.refused = self.lost = 0
        self.sampled_traces: dict[Outcome, int] = {}
        self.sampled_spans: dict[Outcome, int] = {}

    def read(self, span: ReadableSpan, run: Run | None) -> tuple[SpanRecord, AgentSpan | None]:
        """Return a span's record, and what it says about agents.

        Raises:
            SpanRefused: If it has no usable ids or times.
        """
        record = self._convert(span)
        try:
            said = self._normalizer.normalize(record)
        except SpanRefused:
            # Its children still need it on their way up, and its trace as it is.
            said = None
        if said is not None and run is not None:
            _inherit(said, run)
        return record, said

    def take(self, span: ReadableSpan, run: Run | None, *, sampled: bool) -> None:
        """Take an ended span down the line; one that is not sampled only to be counted."""
        self.taken += sampled
        on_the_way = sampled
        with self._guard.at(Where.TAKE):
            try:
                record, said = self.read(span, run)
            except SpanRefused:
                self.taken -= sampled
                self.refused += 1
                return
            away = leaves(record, said)
            counted = False
            with self._guard.at(Where.COUNT):
                counted = self._counting.take(record, said, leaves=away)
            if not sampled:
                return
            held = Held(span, said, run, counted, size_bytes(span))
            if not self._decides:
                on_the_way = False
                self._leave([self._sendable(held, None)])
                return
            cost_usd = None if said is None else self._charges.cost_usd(record, said)
            released = self.buffer.offer(
                held,
                record,
                said,
                cost_usd,
                held.size_bytes,
                self._clock.monotonic_ns(),
                _context(span),
                [(link.context.trace_id, link.context.span_id) for link in span.links],
                leaves=away,
            )
            on_the_way = False
            self._emit(released)
        self.lost += on_the_way

    def tick(self) -> bool:
        """Send what is due; return whether more of it is."""
        with self._guard.at(Where.COUNT):
            self._counting.tick()
        with self._guard.at(Where.DECIDE):
            self._emit(self.buffer.tick(self._clock.monotonic_ns()))
            return self.buffer.behind
        return False

    def drain(self, max_traces: int) -> bool:
        """Decide on what is held, from so many traces; return whether there were any."""
        with self._guard.at(Where.DECIDE):
            released = self.buffer.drain(max_traces)
            self._emit(released)
            return bool(released)
        return False

    def _emit(self, released: Iterable[Released[Held]]) -> None:
        for leaving in released:
            self._note(leaving)
            bearer = leaving.bearer
            self._leave(
                [
                    self._sendable(held, leaving, bears=place == bearer != NOBODY)
                    for place, held in enumerate(leaving.items)
                ]
            )

    def _note(self, leaving: Released[Held]) -> None:
        decision = leaving.decision
        rest = (decision.policy, str(decision.trigger))
        if not leaving.follows:
            told = SamplingDecision.KEPT if decision.keep else SamplingDecision.DROPPED
            _raise(self.sampled_traces, (str(told), *rest), 1)
        _raise(self.sampled_spans, (str(SamplingDecision.KEPT), *rest), len(leaving.items))
        _raise(self.sampled_spans, (str(SamplingDecision.DROPPED), *rest), leaving.spans_dropped)

    def _leave(self, spans: Sequence[tuple[ReadableSpan, int] | None]) -> None:
        whole = [span for span in spans if span is not None]
        self.lost += len(spans) - len(whole)
        if whole:
            self._send(whole)

    def _sendable(
        self, held: Held, leaving: Released[Held] | None, *, bears: bool = False
    ) -> tuple[ReadableSpan, int] | None:
        """Return a kept span as it may leave; None if that failed: it may hold content."""
        with self._guard.at(Where.ENRICH):
            changes = Changes()
            if leaving is None or not leaving.unchanged:
                changes.add(held.span, self._additions(held, leaving, bears=bears))
            if leaving is not None:
                context = held.span.get_span_context()
                came = _text(context.trace_state) if context is not None else ""
                changes.trace_state = leaving.trace_state(came)
            self._redactor.redact(held.span, changes, about_agents=held.said is not None)
            return changed(held.span, changes), held.size_bytes
        return None

    def _additions(
        self, held: Held, leaving: Released[Held] | None, *, bears: bool
    ) -> dict[str, Any]:
        said, run = held.said, held.run
        added: dict[str, Any] = {} if run is None else dict(stamp(run))
        if said is not None:
            if said.role is _AGENT or said.role is _WORKFLOW:
                added.pop(semconv.GEN_AI_AGENT_NAME, None)
            record = self._convert(held.span)
            added |= self._normalizer.additions(record, said)
            if said.role is _INFERENCE:
                added |= self._pricer.additions(record, said)
            if held.counted:
                added[semconv.OTEL_AGENTS_COUNTED] = True
        if bears and leaving is not None:
            added |= leaving.marks()
        return added


def size_bytes(span: ReadableSpan) -> int:
    """Estimate what a span of the SDK takes in memory."""
    size = SPAN_BYTES + _texts(attributes_of(span))
    for event in span.events:
        size += SPAN_BYTES // 4 + _texts(event.attributes)
    return size


def _texts(attributes: Any) -> int:  # noqa: ANN401 attributes of the SDK
    values = (attributes or {}).values()
    size = VALUE_BYTES * len(values)
    for value in values:
        if isinstance(value, _TEXT):
            size += len(value)
        elif isinstance(value, _LISTS):
            size += sum(len(item) if isinstance(item, str) else 8 for item in value)
    return size


def _inherit(said: AgentSpan, run: Run) -> None:
    """Say of a span what its run says; an agent's own span names that agent, or nobody."""
    if said.agent is None and said.role is not _AGENT and said.role is not _WORKFLOW:
        said.agent = run.agent or None
    if said.group is None:
        said.group = run.group or None
    if said.conversation is None:
        said.conversation = run.conversation or None
    if said.task_type is None:
        said.task_type = run.task_type or None
    if said.tenant is None:
        said.tenant = run.tenant or None


def _context(span: ReadableSpan) -> SpanContext:
    context, parent = span.get_span_context(), span.parent
    flags = REMOTE if parent is not None and parent.is_remote else _LOCAL_PARENT
    if context is None:
        return SpanContext("", flags)
    return SpanContext(_text(context.trace_state), flags | context.trace_flags)


def _text(state: TraceState | None) -> str:
    return state.to_header() if state else ""


def _raise(sums: dict[Outcome, int], outcome: Outcome, by: int) -> None:
    if by:
        sums[outcome] = sums.get(outcome, 0) + by
