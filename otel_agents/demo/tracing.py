"""Real tracers for simulated services: the OpenTelemetry SDK, with ids that a seed decides."""

import os
from random import Random
from typing import TextIO

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from otel_agents import semconv
from otel_agents.demo.fleet import Group
from otel_agents.demo.otlp_lines import line
from otel_agents.demo.stage import Tracers
from otel_agents.errors import ConfigError, SpanRefused
from otel_agents.pipeline.inspection import Inspection
from otel_agents.sdk.convert import Converter


class SeededIds(IdGenerator):
    """Ids that are the same for the same seed."""

    def __init__(self, seed: int) -> None:
        """Start the row of ids that belongs to the seed."""
        self._draw = Random(f"ids {seed}").getrandbits

    def generate_trace_id(self) -> int:
        """Return the next trace id."""
        return self._draw(128) or 1

    def generate_span_id(self) -> int:
        """Return the next span id."""
        return self._draw(64) or 1


class InspectionProcessor(SpanProcessor):
    """Hands each span that ends to an inspection, and to a file if one is there."""

    def __init__(self, inspection: Inspection, out: TextIO | None = None) -> None:
        """Feed this inspection.

        Args:
            inspection: What takes the spans.
            out: Where to write them as OTLP/JSON, a line a trace.
        """
        self._inspection = inspection
        self._convert = Converter().record
        self._out = out
        self._trace: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        """Take an ended span in."""
        try:
            self._inspection.take(self._convert(span))
        except SpanRefused as refusal:
            self._inspection.refuse(refusal)
        if self._out is not None:
            self._trace.append(span)
            if span.parent is None:
                self._out.write(line(self._trace))
                self._trace.clear()


def tracers(group: Group, ids: IdGenerator, processor: SpanProcessor) -> Tracers:
    """Return what makes the tracers of a group's service.

    Raises:
        ConfigError: If the environment switches the OpenTelemetry SDK off.
    """
    disabled = os.environ.get("OTEL_SDK_DISABLED", "")
    if disabled.strip().lower() == "true":
        raise ConfigError("OTEL_SDK_DISABLED", disabled, "it unset: the demo emits real spans")
    attributes = {
        semconv.SERVICE_NAME: group.service,
        semconv.DEPLOYMENT_ENVIRONMENT_NAME: "demo",
        semconv.OTEL_AGENTS_AGENT_GROUP: group.name,
    }
    provider = TracerProvider(
        sampler=ALWAYS_ON,
        resource=Resource(attributes),
        shutdown_on_exit=False,
        id_generator=ids,
        span_limits=SpanLimits(max_span_attributes=SpanLimits.UNSET),
    )
    provider.add_span_processor(processor)
    return provider.get_tracer
