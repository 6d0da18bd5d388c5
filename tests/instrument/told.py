"""What was told while a test ran, as text: spans as a tree, events a line each."""

from collections.abc import Iterable, Iterator, Mapping

from opentelemetry.sdk._logs import LoggerProvider, ReadableLogRecord
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.counted import Counted
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.record import SpanRecord
from otel_agents.sdk.convert import Converter
from tests.trees import count, told

NAMES = frozenset(value for value in vars(semconv).values() if isinstance(value, str)) | {
    "exception.escaped",  # the SDK's own, on every exception that it records
}
"""Every name that may leave."""
SHOWN = {
    semconv.ERROR_TYPE: "error",
    semconv.OTEL_AGENTS_RUN_OUTCOME: "outcome",
    semconv.OTEL_AGENTS_TOOL_STATUS: "status",
    semconv.OTEL_AGENTS_RUN_LIMIT: "limit",
}


class FakeClock:
    """Time that only a test moves."""

    def __init__(self) -> None:
        self.ns = 1_790_000_000 * 10**9

    def advance(self, seconds: float) -> None:
        self.ns += round(seconds * 1e9)

    def now_ns(self) -> int:
        return self.ns

    def monotonic_ns(self) -> int:
        return self.ns


class Told:
    """A tracer provider of the test's own, and a logger provider where it asks for one."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self._logs = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call] # the SDK's
        resource = Resource({"service.name": "desk", "deployment.environment.name": "prod"})
        self.tracing = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
        self.tracing.add_span_processor(SimpleSpanProcessor(self._spans))
        self.logging = LoggerProvider(shutdown_on_exit=False)
        self.logging.add_log_record_processor(SimpleLogRecordProcessor(self._logs))

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._spans.get_finished_spans())

    @property
    def logs(self) -> list[ReadableLogRecord]:
        return list(self._logs.get_finished_logs())

    def span(self, name: str) -> dict[str, object]:
        """The attributes of the one span of that name."""
        (found,) = [span for span in self.spans if span.name == name]
        return dict(found.attributes or {})

    def tree(self) -> str:
        """The ended spans below their parents, in the order of their start."""
        return "\n".join(self._below(None, 0))

    def events(self) -> list[str]:
        """The events, each with where it stood and what it says."""
        lines = [
            f"{event.name} on {span.name}: {_words(event.attributes)}"
            for span in self.spans
            for event in span.events
        ]
        names = {span.context.span_id: span.name for span in self.spans}
        for log in self.logs:
            record = log.log_record
            where = names.get(record.span_id or 0, "nothing")
            severity = record.severity_text
            lines.append(f"{severity} {record.event_name} at {where}: {_words(record.attributes)}")
        return lines

    def records(self) -> list[SpanRecord]:
        convert = Converter().record
        return [convert(span) for span in self.spans]

    def read(self) -> dict[str, AgentSpan]:
        """What the pipeline reads of each span, by the span's name."""
        normalize = Normalizer().normalize
        found = {record.name: normalize(record) for record in self.records()}
        return {name: span for name, span in found.items() if span is not None}

    def counted(self) -> list[Counted]:
        return count(self.records())

    def counts(self) -> list[str]:
        return told(self.counted())

    def keys(self) -> set[str]:
        """Every attribute name that this room put anywhere."""
        return set(self._keys())

    def everything(self) -> str:
        """All that left, as one text to search."""
        spans = [span.to_json() for span in self.spans]
        return "\n".join([*spans, *(log.to_json() for log in self.logs)])

    def _keys(self) -> Iterator[str]:
        for span in self.spans:
            if span.instrumentation_scope and span.instrumentation_scope.name.startswith("otel_a"):
                yield from span.attributes or {}
                for event in span.events:
                    yield from event.attributes or {}
        for log in self.logs:
            yield from log.log_record.attributes or {}

    def _below(self, parent: int | None, depth: int) -> Iterator[str]:
        spans = self.spans
        ids = {span.context.span_id for span in spans}
        for span in sorted(spans, key=lambda span: span.start_time or 0):
            above = span.parent.span_id if span.parent else None
            if (above if above in ids else None) == parent:
                yield "  " * depth + _line(span)
                yield from self._below(span.context.span_id, depth + 1)


def lines(drawing: str) -> str:
    """A drawing without its margin."""
    rows = [row for row in drawing.splitlines() if row.strip()]
    margin = min(len(row) - len(row.lstrip()) for row in rows)
    return "\n".join(row[margin:].rstrip() for row in rows)


def _line(span: ReadableSpan) -> str:
    attributes = span.attributes or {}
    words = [span.name]
    if span.status.status_code.name == "ERROR":
        words.append("ERROR")
    words += [f"{word}={attributes[key]!s}" for key, word in SHOWN.items() if key in attributes]
    return " ".join(words)


def _words(attributes: Mapping[str, object] | None) -> str:
    pairs: Iterable[tuple[str, object]] = (attributes or {}).items()
    return " ".join(f"{key.rpartition('.')[2]}={value}" for key, value in pairs)
