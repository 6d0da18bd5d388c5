"""Spans as OTLP protobuf, from a few words, and the requests that carry them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from otel_agents.record import SpanKind, StatusCode

START_NS = 1_790_000_000 * 10**9
MS = 10**6
SCOPE = InstrumentationScope(name="scope", version="1.0")

_FIELDS = {
    bool: "bool_value",
    str: "string_value",
    int: "int_value",
    float: "double_value",
    bytes: "bytes_value",
}


def value(given: object) -> AnyValue:
    """Write a value of any type; None is the empty one."""
    if given is None:
        return AnyValue()
    if isinstance(given, Mapping):
        return AnyValue(kvlist_value=KeyValueList(values=pairs(given.items())))
    if isinstance(given, list):
        return AnyValue(array_value=ArrayValue(values=map(value, given)))
    own: dict[str, Any] = {_FIELDS[type(given)]: given}
    return AnyValue(**own)


def pairs(attributes: Iterable[tuple[str, object]]) -> list[KeyValue]:
    """Write attributes; a key may come twice."""
    return [KeyValue(key=key, value=value(given)) for key, given in attributes]


def span(
    trace_id: int,
    span_id: int,
    *,
    at_ms: float = 0,
    ms: float = 1,
    status: str = "UNSET",
    name: str = "span",
    kind: str = "INTERNAL",
    attributes: Iterable[tuple[str, object]] = (),
    events: Sequence[Mapping[str, Any]] = (),
    parent_id: int = 1,
    trace_state: str = "",
    flags: int = 0,
) -> Span:
    """Write a span; its words are those of the conformance cases."""
    start_ns = START_NS + int(at_ms * MS)
    told = [
        Span.Event(
            time_unix_nano=start_ns,
            name=event["name"],
            attributes=pairs(event.get("attributes", {}).items()),
        )
        for event in events
    ]
    return Span(
        trace_id=trace_id.to_bytes(16),
        span_id=span_id.to_bytes(8),
        parent_span_id=parent_id.to_bytes(8) if parent_id else b"",
        trace_state=trace_state,
        flags=flags,
        name=name,
        kind=Span.SpanKind.ValueType(SpanKind[kind]),
        start_time_unix_nano=start_ns,
        end_time_unix_nano=start_ns + int(ms * MS),
        attributes=pairs(attributes),
        events=told,
        status=Status(code=Status.StatusCode.ValueType(StatusCode[status])),
    )


def batch(
    spans: Iterable[Span],
    resource: Iterable[tuple[str, object]] = (),
    scope: InstrumentationScope = SCOPE,
) -> ResourceSpans:
    """Put spans of one resource and scope together."""
    return ResourceSpans(
        resource=Resource(attributes=pairs(resource)),
        scope_spans=[ScopeSpans(scope=scope, spans=spans)],
    )


def requests(batches: Sequence[ResourceSpans], size: int = 200) -> list[bytes]:
    """Put batches into requests, in their order."""
    return [
        ExportTraceServiceRequest(resource_spans=batches[start : start + size]).SerializeToString()
        for start in range(0, len(batches), size)
    ]
