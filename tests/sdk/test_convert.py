"""What the SDK door reads of a span, and that it is what the wire says of the same span."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status as WireStatus
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

from otel_agents.errors import SpanRefused
from otel_agents.otlp.wire import WireReader
from otel_agents.record import SpanRecord
from otel_agents.sdk.convert import MAX_INTERNED, Converter

START_NS = 1_790_000_000 * 10**9
CONTEXT = SpanContext(0xA1, 0xB2, is_remote=False, trace_flags=TraceFlags(1))

ATTRIBUTES: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.usage.input_tokens": 1200,
    "negative": -7,
    "gen_ai.request.stream": True,
    "off": False,
    "gen_ai.request.temperature": 0.25,
    "empty": "",
    "gen_ai.response.finish_reasons": ["stop", "length"],
    "numbers": [1, 2**40],
    "raw": b"\x00\xff",
    "nested": {"role": "user", "parts": [{"type": "text"}]},
    "текст": "Grüße 👋",
}


READ = {"find", "decode", "events", "resource"}
"""What a record holds as its door left it; compared by what it is read as."""


class Ended(SpanProcessor):
    """Keeps what ends."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)


@pytest.fixture
def ended() -> Ended:
    return Ended()


@pytest.fixture
def tracer(ended: Ended) -> Tracer:
    resource = Resource({"service.name": "desk", "otel_agents.agent.group": "support"})
    provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(ended)
    return provider.get_tracer("otel_agents.tests", "1.2")


def plain(value: object) -> object:
    """A value without the difference between the SDK's tuples and the wire's lists."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return value


def told(record: SpanRecord, keys: Sequence[str]) -> dict[str, object]:
    """Everything that a record says."""
    return {
        **{name: getattr(record, name) for name in SpanRecord.__slots__ if name not in READ},
        "resource": plain(record.resource.attributes),
        "attributes": {key: plain(record.get(key)) for key in keys},
        "events": [(event.name, plain(event.attributes)) for event in record.events()],
    }


def any_value(value: object) -> AnyValue:
    if isinstance(value, Mapping):
        return AnyValue(kvlist_value=KeyValueList(values=pairs(value)))
    if isinstance(value, list | tuple):
        return AnyValue(array_value=ArrayValue(values=map(any_value, value)))
    field = {bool: "bool", str: "string", int: "int", float: "double", bytes: "bytes"}[type(value)]
    return AnyValue(**{f"{field}_value": value})  # type: ignore[arg-type]


def pairs(attributes: Mapping[str, Any] | None) -> list[KeyValue]:
    return [KeyValue(key=key, value=any_value(value)) for key, value in (attributes or {}).items()]


def on_the_wire(span: ReadableSpan) -> bytes:
    """The span as an exporter sends it."""
    context = span.get_span_context()
    scope = span.instrumentation_scope
    assert context is not None
    assert scope is not None
    data = TracesData()
    batch = data.resource_spans.add()
    batch.resource.attributes.extend(pairs(span.resource.attributes))
    spans = batch.scope_spans.add()
    spans.scope.name, spans.scope.version = scope.name, scope.version or ""
    sent = spans.spans.add(
        trace_id=context.trace_id.to_bytes(16, "big"),
        span_id=context.span_id.to_bytes(8, "big"),
        parent_span_id=span.parent.span_id.to_bytes(8, "big") if span.parent else b"",
        name=span.name,
        kind=WireSpan.SpanKind.Value(f"SPAN_KIND_{span.kind.name}"),
        start_time_unix_nano=span.start_time,
        end_time_unix_nano=span.end_time,
        attributes=pairs(span.attributes),
    )
    sent.status.code = WireStatus.StatusCode.Value(f"STATUS_CODE_{span.status.status_code.name}")
    for event in span.events:
        sent.events.add(name=event.name, attributes=pairs(event.attributes))
    return data.SerializeToString()


def refuse(refusal: SpanRefused) -> None:
    pytest.fail(str(refusal))


@pytest.mark.parametrize("kind", SpanKind)
@pytest.mark.parametrize("status", StatusCode)
def test_the_sdk_and_the_wire_tell_the_same_of_a_span(
    tracer: Tracer, ended: Ended, kind: SpanKind, status: StatusCode
) -> None:
    outer = tracer.start_span("invoke_agent triage", start_time=START_NS)
    context = set_span_in_context(outer)
    inner = tracer.start_span("chat", context, kind, ATTRIBUTES, start_time=START_NS + 5)
    inner.add_event("exception", {"exception.type": "TimeoutError"}, START_NS + 6)
    inner.set_status(Status(status))
    inner.end(START_NS + 2_000_000_000)
    outer.end(START_NS + 3_000_000_000)
    converter, keys = Converter(), (*ATTRIBUTES, "absent")

    for span in ended.spans:
        (sent,) = WireReader(refuse).read(on_the_wire(span))
        assert told(converter.record(span), keys) == told(sent, keys)
    assert [converter.record(span).parent_id for span in ended.spans] == [
        outer.get_span_context().span_id,
        0,
    ]


def test_a_failure_that_the_sdk_noticed_is_told_with_its_exception(
    tracer: Tracer, ended: Ended
) -> None:
    with pytest.raises(TimeoutError), tracer.start_as_current_span("execute_tool search"):
        raise TimeoutError
    record = Converter().record(ended.spans[0])
    (event,) = record.events()

    assert (record.status, event.name) == (2, "exception")
    assert event.attributes["exception.type"] == "TimeoutError"


def test_spans_of_one_resource_and_scope_share_theirs(tracer: Tracer, ended: Ended) -> None:
    for name in ("one", "two"):
        tracer.start_span(name).end()
    one, two = map(Converter().record, ended.spans)

    assert one.resource is two.resource
    assert one.scope is two.scope


def test_the_memory_of_resources_is_bounded() -> None:
    converter = Converter()
    for number in range(MAX_INTERNED + 10):
        resource = Resource({"service.instance.id": str(number)})
        span = ReadableSpan("s", CONTEXT, resource=resource, start_time=START_NS)
        assert converter.record(span).resource.attributes == {"service.instance.id": str(number)}

    assert converter.statistics() == (10, 1)


def odd(changes: dict[str, object]) -> ReadableSpan:
    """A span that something other than a tracer made."""
    usual: dict[str, Any] = {"name": "s", "context": CONTEXT, "start_time": START_NS}
    return ReadableSpan(**usual | {"resource": Resource({})} | changes)


def ids(trace_id: int, span_id: int) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=False)


@pytest.mark.parametrize(
    ("changes", "reason", "says"),
    [
        ({"context": None}, "bad_trace_id", "no context"),
        ({"context": ids(0, 1)}, "bad_trace_id", "trace id 0"),
        ({"context": ids(1 << 128, 1)}, "bad_trace_id", "expected 1 to 2^128 - 1"),
        ({"context": ids(1, 0)}, "bad_span_id", "span id 0"),
        ({"context": ids(1, 1 << 64)}, "bad_span_id", "expected 1 to 2^64 - 1"),
        ({"parent": ids(1, 1 << 64)}, "bad_parent_id", "parent span id"),
        ({"start_time": None}, "bad_start", "start of span 00000000000000b2 None"),
        ({"start_time": 0}, "bad_start", "from 2000 to 2099"),
        ({"start_time": START_NS / 2}, "bad_start", "nanoseconds"),
    ],
)
def test_an_impossible_span_is_refused_with_what_is_wrong(
    changes: dict[str, object], reason: str, says: str
) -> None:
    with pytest.raises(SpanRefused, match=says.replace("^", r"\^")) as refused:
        Converter().record(odd(changes))

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("changes", "field", "read"),
    [
        ({"end_time": None}, "end_ns", 0),
        ({"end_time": -1}, "end_ns", 0),
        ({"parent": ids(1, 0)}, "parent_id", 0),
        ({"kind": None}, "kind", 0),
        ({"status": None}, "status", 0),
        ({"instrumentation_scope": None}, "scope", ("", "")),
        ({"name": None}, "name", "None"),
    ],
)
def test_what_a_span_does_not_say_is_read_as_unsaid(
    changes: dict[str, object], field: str, read: object
) -> None:
    assert getattr(Converter().record(odd(changes)), field) == read


def test_a_span_without_attributes_and_events_has_none() -> None:
    record = Converter().record(odd({"attributes": None, "events": ()}))

    assert (record.get("gen_ai.operation.name"), list(record.events())) == (None, [])
