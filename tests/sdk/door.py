"""A real SDK around the door, with an exporter that keeps what it gets."""

from collections.abc import Mapping, Sequence
from threading import Event
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Sampler
from opentelemetry.trace import Tracer

from otel_agents.pipeline.metric_options import Options as MetricOptions
from otel_agents.sdk import AgentSpanProcessor, Flush, Options, Statistics

AT_ONCE = MetricOptions(birth_hold_ns=0, birth_collections=0)
CHAT: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 100,
}


class Kept(SpanExporter):
    """Keeps what it gets; fails, raises or hangs where a test says so."""

    def __init__(self, *, error: Exception | None = None, fails: bool = False) -> None:
        self.spans: list[ReadableSpan] = []
        self.shut = 0
        self.asked = Event()
        self.go = Event()
        self.go.set()
        self._error = error
        self._fails = fails

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked.set()
        self.go.wait(10)
        if self._error is not None:
            raise self._error
        if self._fails:
            return SpanExportResult.FAILURE
        self.spans.extend(spans)
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self.shut += 1

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        del timeout_millis
        return True

    def names(self) -> list[str]:
        return sorted(span.name for span in self.spans)

    def attributes(self, name: str) -> Mapping[str, Any]:
        (found,) = [span for span in self.spans if span.name == name]
        return found.attributes or {}


class Door:
    """A provider with our processor, and one that counts."""

    def __init__(
        self,
        exporter: Kept | None = None,
        sampler: Sampler = ALWAYS_ON,
        *,
        metered: bool = True,
        **options: Any,  # noqa: ANN401 any option of the door
    ) -> None:
        self.exporter = exporter or Kept()
        self.reader = InMemoryMetricReader()
        metering = MeterProvider([self.reader], shutdown_on_exit=False) if metered else None
        said = {"flush": Flush.DECIDE, "metrics": AT_ONCE, **options}
        self.processor = AgentSpanProcessor(self.exporter, Options(**said), meter_provider=metering)
        self.tracing = TracerProvider(
            sampler=sampler, resource=Resource({"service.name": "desk"}), shutdown_on_exit=False
        )
        self.tracing.add_span_processor(self.processor)

    def tracer(self, scope: str = "app") -> Tracer:
        return self.tracing.get_tracer(scope)

    def metrics(self) -> dict[str, dict[tuple[str, ...], float]]:
        """What a reader sees now: metric, values of its labels, value or count."""
        data = self.reader.get_metrics_data()
        found: dict[str, dict[tuple[str, ...], float]] = {}
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    for point in metric.data.data_points:
                        shown: Any = point
                        labels = tuple(map(str, (point.attributes or {}).values()))
                        value = shown.count if hasattr(shown, "count") else shown.value
                        found.setdefault(metric.name, {})[labels] = value
        return found


def adds_up(now: Statistics) -> bool:
    """Whether every accepted span is somewhere, once."""
    return now.accepted == (now.dropped + now.undecided + now.queued + now.sent + now.failed)
