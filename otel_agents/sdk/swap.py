"""The one place that changes a running provider: our processor instead of its exporting ones.

An SDK has no public way to take a processor out. This reaches for what every release of it
so far keeps in the same place, and refuses where that is not what it finds.
"""

from collections.abc import Sequence
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)

from otel_agents.errors import ConfigError

WHERE = "tracer provider"
_EXPORTING = (BatchSpanProcessor, SimpleSpanProcessor)
_HELP = "build the provider with AgentSpanProcessor(exporter) instead"


class _Taken(SpanExporter):
    """Stands where an exporter was that goes on elsewhere."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        del spans
        return SpanExportResult.SUCCESS


def processors(provider: object) -> tuple[SpanProcessor, ...]:
    """Return the processors of a running provider.

    Raises:
        ConfigError: If it is not the SDK's, or keeps them in a way that is not known.
    """
    if not isinstance(provider, TracerProvider):
        kind = f"{type(provider).__module__}.{type(provider).__qualname__}"
        raise ConfigError(WHERE, kind, f"the TracerProvider of opentelemetry-sdk; {_HELP}")
    found = getattr(_all(provider), "_span_processors", None)
    if not isinstance(found, tuple) or not hasattr(_all(provider), "_lock"):
        raise ConfigError(WHERE, found, f"a tuple of processors behind a lock; {_HELP}")
    return found


def exporters(found: Sequence[SpanProcessor]) -> dict[SpanProcessor, SpanExporter]:
    """Return what exports, and to where.

    A class derived from the SDK's exports on its own, and is left out.

    Raises:
        ConfigError: If nothing exports, or an exporter is not where the SDK keeps it.
    """
    exporting = [processor for processor in found if type(processor) in _EXPORTING]
    if not exporting:
        kinds = ", ".join(type(processor).__name__ for processor in found) or "none"
        raise ConfigError(WHERE, kinds, f"a BatchSpanProcessor or SimpleSpanProcessor; {_HELP}")
    reached: dict[SpanProcessor, SpanExporter] = {}
    for processor in exporting:
        exporter: Any = getattr(processor, "span_exporter", None)
        if not callable(getattr(exporter, "export", None)):
            raise ConfigError(
                WHERE, exporter, f"the exporter of {type(processor).__name__}; {_HELP}"
            )
        reached[processor] = exporter
    return reached


def strangers(found: Sequence[SpanProcessor]) -> list[str]:
    """Return who exports on its own, and so goes on to export every span."""
    return [
        type(processor).__qualname__
        for processor in found
        if isinstance(processor, _EXPORTING) and type(processor) not in _EXPORTING
    ]


def swap(provider: TracerProvider, old: Sequence[SpanProcessor], new: SpanProcessor) -> None:
    """Put a processor in place of others, and let these send what they hold.

    A span that ends meanwhile reaches the one or the others, never both: whoever still
    walks the former processors finds the new one behind the first of them.
    """
    everything = _all(provider)
    with everything._lock:  # noqa: SLF001 as the docstring of the module says
        for place, processor in enumerate(old):
            vars(processor)["on_end"] = _ignore if place else new.on_end
        before: tuple[SpanProcessor, ...] = everything._span_processors  # noqa: SLF001
        after = [new if processor is old[0] else processor for processor in before]
        everything._span_processors = tuple(  # noqa: SLF001
            processor for processor in after if processor not in old
        )
    for processor in old:
        processor.force_flush()
        _stop(processor)


def _stop(processor: SpanProcessor) -> None:
    """End a processor's thread, and leave its exporter running."""
    batch: Any = getattr(processor, "_batch_processor", None)
    # Of an SDK that keeps it elsewhere the thread stays, with nothing to do.
    if batch is not None and hasattr(batch, "_exporter"):
        batch._exporter = _Taken()  # noqa: SLF001 as the docstring of the module says
        processor.shutdown()


def _all(provider: TracerProvider) -> Any:  # noqa: ANN401 private to the SDK
    return getattr(provider, "_active_span_processor", None)


def _ignore(span: ReadableSpan) -> None:
    del span
