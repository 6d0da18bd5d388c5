"""A stage of its own for a test, and its spans drawn as a tree."""

from collections.abc import Sequence
from random import Random

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from otel_agents import semconv
from otel_agents.demo.stage import Stage
from otel_agents.demo.voices import Task

START_NS = 1_790_000_000 * 10**9
TASK = Task("refund", "acme-corp", "conv-1", START_NS)


class Rehearsal(SpanProcessor):
    """Keeps what ends on a stage.

    Attributes:
        spans: Ended spans, in the order of their end.
        stage: The stage.
    """

    def __init__(self, seed: str = "rehearsal") -> None:
        """Set the stage."""
        self.spans: list[ReadableSpan] = []
        provider = TracerProvider(sampler=ALWAYS_ON, shutdown_on_exit=False)
        provider.add_span_processor(self)
        self.stage = Stage(provider.get_tracer, Random(seed), START_NS)

    def on_end(self, span: ReadableSpan) -> None:
        """Keep an ended span."""
        self.spans.append(span)

    def tree(self) -> list[str]:
        """Draw the spans: a line each, its indent the depth, `!` and why where it failed."""
        return drawn(self.spans)

    def values(self, key: str) -> list[object]:
        """Return an attribute of the spans that have it, in the order of their end."""
        every = ((span.attributes or {}).get(key) for span in self.spans)
        return [value for value in every if value is not None]


def drawn(spans: Sequence[ReadableSpan]) -> list[str]:
    """Draw spans as a tree, those of one level by their start."""
    parents = {span.context.span_id: span.parent and span.parent.span_id for span in spans}

    def depth(span_id: int | None) -> int:
        return -1 if span_id is None else 1 + depth(parents[span_id])

    # A parent starts no later than its child, and at the same instant it ends no earlier.
    order = sorted(spans, key=lambda s: (s.start_time or 0, depth(s.context.span_id)))
    return [
        "  " * depth(span.context.span_id)
        + span.name
        + (f" !{error}" if (error := (span.attributes or {}).get(semconv.ERROR_TYPE)) else "")
        for span in order
    ]
