"""Spans as OTLP/JSON lines, as the Collector's file exporter writes them: a line a batch."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from opentelemetry.sdk.trace import Event, ReadableSpan

from otel_agents.record import SpanKind

Json: TypeAlias = dict[str, Any]


def line(spans: Iterable[ReadableSpan]) -> str:
    """Return a batch of spans as one line with its end; spans of one resource follow."""
    resources = groupby(spans, key=lambda span: id(span.resource))
    document = {"resourceSpans": [_of_resource(list(batch)) for _, batch in resources]}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _of_resource(spans: Sequence[ReadableSpan]) -> Json:
    scopes: dict[int, list[ReadableSpan]] = {}
    for span in spans:
        scopes.setdefault(id(span.instrumentation_scope), []).append(span)
    return {
        "resource": {"attributes": _attributes(spans[0].resource.attributes)},
        "scopeSpans": [_of_scope(batch) for batch in scopes.values()],
    }


def _of_scope(spans: Sequence[ReadableSpan]) -> Json:
    scope = spans[0].instrumentation_scope
    named = {"name": scope.name, "version": scope.version or ""} if scope else {}
    return {"scope": named, "spans": list(map(_span, spans))}


def _span(span: ReadableSpan) -> Json:
    context, parent = span.get_span_context(), span.parent
    written: Json = {
        "traceId": f"{context.trace_id:032x}" if context else "",
        "spanId": f"{context.span_id:016x}" if context else "",
        "name": span.name,
        "kind": int(SpanKind[span.kind.name]),
        # 64-bit numbers are text in OTLP/JSON: JavaScript has none.
        "startTimeUnixNano": str(span.start_time or 0),
        "endTimeUnixNano": str(span.end_time or 0),
        "attributes": _attributes(span.attributes),
        "status": {"code": span.status.status_code.value},
    }
    if parent is not None:
        written["parentSpanId"] = f"{parent.span_id:016x}"
    if span.events:
        written["events"] = list(map(_event, span.events))
    return written


def _event(event: Event) -> Json:
    return {
        "timeUnixNano": str(event.timestamp),
        "name": event.name,
        "attributes": _attributes(event.attributes),
    }


def _attributes(attributes: Mapping[str, Any] | None) -> list[Json]:
    return [{"key": key, "value": _value(value)} for key, value in (attributes or {}).items()]


def _value(value: object) -> Json:
    if isinstance(value, Mapping):
        return {"kvlistValue": {"values": _attributes(value)}}
    if isinstance(value, list | tuple):
        return {"arrayValue": {"values": list(map(_value, value))}}
    return _SCALARS[type(value)](value)


_SCALARS: dict[type, Callable[[Any], Json]] = {
    bool: lambda value: {"boolValue": value},
    str: lambda value: {"stringValue": value},
    int: lambda value: {"intValue": str(value)},
    float: lambda value: {"doubleValue": value},
    bytes: lambda value: {"bytesValue": b64encode(value).decode()},
    type(None): lambda _: {},
}
"""How a value is written; the SDK has refused every other type."""
