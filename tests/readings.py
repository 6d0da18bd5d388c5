"""What normalising and counting make of real spans, in a few words."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from otel_agents.otlp.files import read
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.tally import Options, Tally
from otel_agents.record import Event, Resource, Scope, SpanRecord, StatusCode, Value
from tests.trees import START_NS, told

CAPTURES = Path(__file__).parent / "contract" / "captures"
NOT_SAID = ("origin", "span_id", "parent_id", "kind", "start_ns", "duration_ns", "dialect")
"""What a span says of itself whatever dialect it speaks."""


def capture(name: str) -> list[SpanRecord]:
    """Read a capture's spans."""
    return list(read(CAPTURES / f"{name}.traces.json"))


def spoken(
    scope: str,
    attributes: Mapping[str, Value],
    *,
    name: str = "span",
    parent_id: int = 0,
    kind: int = 1,
    status: int = StatusCode.UNSET,
    raised: str | None = None,
) -> SpanRecord:
    """Make a span of an instrumentation scope, which may have raised an exception."""
    exception = Event("exception", {"exception.type": raised})
    end_ns = START_NS + 1_000_000_000
    return SpanRecord(
        1,
        1,
        parent_id,
        name,
        kind,
        START_NS,
        end_ns,
        status,
        Scope(scope),
        Resource({}),
        attributes.get,
        lambda: [exception] if raised else [],
    )


def said(span: AgentSpan) -> dict[str, Any]:
    """What a span says, without what it does not say."""
    values = {
        slot: value
        for slot, value in {
            "role": span.role,
            "operation": span.operation,
            "failed": span.failed,
            **span.says(),
        }.items()
        if slot not in NOT_SAID
    }
    return {
        slot: str(value) if isinstance(value, str) else value
        for slot, value in values.items()
        if value is not None and value is not False
    }


def reading(record: SpanRecord, dialect: str) -> dict[str, Any]:
    """What a span of a dialect says; it must say the same once its names are added."""
    normalizer = Normalizer()
    span = normalizer.normalize(record)
    assert span is not None
    assert span.dialect == dialect
    added = normalizer.additions(record, span)
    again = enriched(record, added)
    span_again = normalizer.normalize(again)
    assert span_again is not None
    assert said(span_again) == said(span)
    assert normalizer.additions(again, span_again) == {}
    assert json.dumps(added)
    return said(span)


def readings(name: str, dialect: str) -> list[dict[str, Any]]:
    """What the spans of a dialect in a capture say; saying it twice adds nothing."""
    normalize = Normalizer().normalize
    spans = ((record, normalize(record)) for record in capture(name))
    return [
        reading(record, dialect)
        for record, span in spans
        if span is not None and span.dialect == dialect
    ]


def tokens(record: SpanRecord, dialect: str) -> tuple[int | None, ...]:
    """The five counts: input, output, cache reads, cache writes, reasoning."""
    says = reading(record, dialect)
    return tuple(
        says.get(f"{kind}_tokens")
        for kind in (
            "input",
            "output",
            "cache_read_input",
            "cache_write_input",
            "reasoning_output",
        )
    )


def enriched(record: SpanRecord, added: Mapping[str, Value]) -> SpanRecord:
    """A span with attributes that it lacked."""

    def find(key: str) -> Value:
        value = record.get(key)
        return added.get(key) if value is None else value

    return SpanRecord(
        record.trace_id,
        record.span_id,
        record.parent_id,
        record.name,
        record.kind,
        record.start_ns,
        record.end_ns,
        record.status,
        record.scope,
        record.resource,
        find,
        record.events,
    )


def counted(records: Iterable[SpanRecord]) -> list[list[str]]:
    """What was counted in each trace, in the order in which the traces began."""
    normalize = Normalizer().normalize
    traces: dict[int, list[SpanRecord]] = {}
    for record in sorted(records, key=lambda record: record.start_ns):
        traces.setdefault(record.trace_id, []).append(record)
    lines = []
    for spans in traces.values():
        tally = Tally(Options(delay_ns=None), price=lambda _: None)
        for record in spans:
            tally.offer(record, normalize(record), 0)
        lines.append(told(tally.drain()))
    return lines
