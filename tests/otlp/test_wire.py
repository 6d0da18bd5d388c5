from typing import Any

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import (
    ResourceSpans,
    ScopeSpans,
    Span,
    Status,
    TracesData,
)

from otel_agents.errors import SpanRefused
from otel_agents.otlp import wire
from otel_agents.otlp.refusal import EARLIEST_START_NS, LATEST_START_NS
from otel_agents.otlp.wire import WireReader, span_record
from otel_agents.record import Event, Scope, SpanRecord, Value
from otel_agents.record import Resource as Emitter
from tests.otlp.forms import SPAN_ID, START_NS, TRACE_ID, a_span, delimited, never, request

NOBODY = Emitter({})


def of(raw: Span | bytes) -> SpanRecord:
    data = raw if isinstance(raw, bytes) else raw.SerializeToString()
    return span_record(data, Scope(), NOBODY)


def text(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))


def with_entries(*entries: bytes) -> bytes:
    """A span with these encoded attributes as they are."""
    return a_span().SerializeToString() + b"".join(delimited(b"\x4a", entry) for entry in entries)


def read(data: bytes) -> tuple[list[SpanRecord], list[SpanRefused]]:
    refused: list[SpanRefused] = []
    return list(WireReader(refused.append).read(data)), refused


# --- agreement with opentelemetry-proto ----------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
ids = st.integers(1, (1 << 64) - 1)
scalars = (
    st.builds(lambda value: AnyValue(string_value=value), texts)
    | st.builds(lambda value: AnyValue(int_value=value), st.integers(-(1 << 63), (1 << 63) - 1))
    | st.builds(lambda value: AnyValue(bool_value=value), st.booleans())
    | st.builds(lambda value: AnyValue(double_value=value), st.floats(allow_nan=False))
    | st.builds(lambda value: AnyValue(bytes_value=value), st.binary())
    | st.just(AnyValue())
)
keys = st.sampled_from(["a", "b", "J", "é"]) | texts
entries = st.builds(lambda key, value: KeyValue(key=key, value=value), keys, scalars)
spans = st.builds(
    lambda trace, own, parent, **fields: a_span(
        trace_id=trace.to_bytes(16, "big"),
        span_id=own.to_bytes(8, "big"),
        parent_span_id=parent.to_bytes(8, "big") if parent else b"",
        **fields,
    ),
    trace=ids,
    own=ids,
    parent=st.just(0) | ids,
    name=texts,
    kind=st.integers(0, 5),
    start_time_unix_nano=st.integers(EARLIEST_START_NS, LATEST_START_NS - 1),
    end_time_unix_nano=st.integers(0, (1 << 64) - 1),
    attributes=st.lists(entries, max_size=8),
    events=st.lists(st.builds(lambda name: Span.Event(name=name), texts), max_size=2),
    status=st.builds(
        lambda code, words: Status(code=code, message=words), st.integers(0, 2), texts
    ),
    flags=st.integers(0, (1 << 32) - 1),
)


def plain(value: AnyValue) -> Value:
    kind = value.WhichOneof("value")
    found: Value = getattr(value, kind) if kind else None
    return found


@given(spans)
def test_a_record_says_what_a_full_parse_says(span: Span) -> None:
    record = of(span)
    first = {entry.key: plain(entry.value) for entry in reversed(span.attributes)}

    assert (record.trace_id, record.span_id, record.parent_id) == (
        int.from_bytes(span.trace_id, "big"),
        int.from_bytes(span.span_id, "big"),
        int.from_bytes(span.parent_span_id, "big"),
    )
    assert (record.name, record.kind, record.status) == (span.name, span.kind, span.status.code)
    assert (record.start_ns, record.end_ns) == (span.start_time_unix_nano, span.end_time_unix_nano)
    assert {key: record.get(key) for key in first} == first
    assert record.get("not there") is None
    assert list(record.events()) == [Event(event.name, {}) for event in span.events]


@given(spans, st.data())
def test_a_damaged_span_is_read_or_refused_and_nothing_else(
    span: Span, data: st.DataObject
) -> None:
    raw = bytearray(span.SerializeToString())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    try:
        record = of(damaged)
    except SpanRefused:
        return
    record.get("a")
    record.events()


# --- what a map of attributes cannot hold ---------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        pytest.param([text("k", "one"), text("k", "two")], "one", id="key twice"),
        pytest.param([text("k", "one"), text("l", "J" * 9)], "one", id="text full of tags"),
        pytest.param([text("k", "")], "", id="empty text"),
        pytest.param([KeyValue(key="k")], None, id="no value"),
    ],
)
def test_an_attribute_is_found_as_the_collector_finds_it(
    entries: list[KeyValue], found: Value
) -> None:
    assert of(a_span(attributes=entries)).get("k") == found


def test_a_long_form_of_the_tag_hides_no_second_value() -> None:
    one, two = (text("k", word).SerializeToString() for word in ("one", "two"))
    raw = with_entries(one) + delimited(b"\xca\x00", two)

    assert of(raw).get("k") == "one"


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(b"\x0a\x01\xff" + b"\x12\x02\x18\x01", id="key that is no text"),
        pytest.param(b"\x0a\x01o" + b"\x12\x02\x18\x01" + b"\x18\x05", id="further field"),
    ],
)
def test_an_odd_entry_hides_no_other(odd: bytes) -> None:
    record = of(with_entries(odd, text("k", "there").SerializeToString()))

    assert record.get("k") == "there"
    assert 1 in (record.get("o"), record.get("�"))


def test_an_entry_that_is_no_message_refuses_its_span() -> None:
    with pytest.raises(SpanRefused, match="undecodable"):
        of(with_entries(b"\x0a\x09short"))


def test_a_value_that_cannot_be_decoded_reads_as_none() -> None:
    entry = b"\x0a\x01k" + delimited(b"\x12", b"\x0a\x09short")

    assert of(with_entries(entry)).get("k") is None


# --- heads ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"trace_id": b""}, "bad_trace_id"),
        ({"trace_id": bytes(16)}, "bad_trace_id"),
        ({"trace_id": TRACE_ID[:8]}, "bad_trace_id"),
        ({"span_id": bytes(8)}, "bad_span_id"),
        ({"span_id": SPAN_ID + b"1"}, "bad_span_id"),
        ({"parent_span_id": b"1"}, "bad_parent_id"),
        ({"start_time_unix_nano": 0}, "bad_start"),
        ({"start_time_unix_nano": EARLIEST_START_NS - 1}, "bad_start"),
        ({"start_time_unix_nano": LATEST_START_NS}, "bad_start"),
    ],
)
def test_an_impossible_head_refuses_its_span_alone(fields: dict[str, Any], reason: str) -> None:
    records, refused = read(request(a_span(**fields), a_span()))

    assert [record.name for record in records] == ["work"]
    assert [error.reason for error in refused] == [reason]


def test_an_end_before_the_start_is_left_to_those_who_know_clocks() -> None:
    assert of(a_span(end_time_unix_nano=START_NS - 1)).end_ns == START_NS - 1


def test_a_parent_of_zeros_is_none() -> None:
    assert of(a_span(parent_span_id=bytes(8))).parent_id == 0


def test_a_name_that_is_no_text_is_read_with_replacements() -> None:
    assert of(a_span().SerializeToString() + b"\x2a\x02\xffa").name == "�a"


@pytest.mark.parametrize("kind", [-1, 6, 2**31 - 1])
def test_a_kind_that_nobody_knows_is_unspecified(kind: int) -> None:
    assert of(a_span(kind=kind)).kind == 0


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (b"", 0),
        (b"\x18\x01", 1),
        (b"\x18\x02", 2),
        (b"\x18\x07", 0),
        (b"\x12\x02no\x18\x02", 2),
        (b"\x12\x09no", 0),
    ],
)
def test_a_status_is_its_code(status: bytes, code: int) -> None:
    assert of(a_span().SerializeToString() + delimited(b"\x7a", status)).status == code


def test_parts_of_a_status_are_one() -> None:
    parts = delimited(b"\x7a", b"\x18\x02") + delimited(b"\x7a", b"\x12\x02no")

    assert of(a_span().SerializeToString() + parts).status == 2


def test_events_have_their_attributes_and_a_broken_one_is_left_out() -> None:
    event = Span.Event(name="exception", attributes=[text("exception.type", "ValueError")])
    raw = a_span(events=[event]).SerializeToString() + delimited(b"\x5a", b"\x0a\x09short")

    assert of(raw).events() == [Event("exception", {"exception.type": "ValueError"})]


# --- requests -------------------------------------------------------------------------------


def batch(name: str) -> ResourceSpans:
    return ResourceSpans(
        resource=Resource(attributes=[text("service.name", name)]),
        scope_spans=[
            ScopeSpans(scope=InstrumentationScope(name="lib", version="2"), spans=[a_span()])
        ],
    )


def test_what_repeats_between_requests_is_one_object() -> None:
    reader = WireReader(never)
    one, two, other = (
        record
        for name in ("a", "a", "b")
        for record in reader.read(TracesData(resource_spans=[batch(name)]).SerializeToString())
    )

    assert one.resource is two.resource
    assert one.scope is two.scope is other.scope
    assert one.scope == Scope("lib", "2")
    assert (one.resource.attributes, other.resource.attributes) == (
        {"service.name": "a"},
        {"service.name": "b"},
    )


@pytest.mark.parametrize("limit", ["MAX_INTERNED", "MAX_INTERNED_BYTES"])
def test_what_is_shared_is_bounded(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, limit, 2)
    reader = WireReader(never)
    data = TracesData(resource_spans=[batch(str(n)) for n in (1, 2, 3, 1)]).SerializeToString()
    first, *_, last = reader.read(data)

    assert first.resource is not last.resource
    assert first.resource.attributes == last.resource.attributes


def test_a_resource_that_cannot_be_decoded_refuses_its_spans() -> None:
    broken = delimited(b"\x0a", b"\x0a\x09short")
    records, refused = read(
        delimited(b"\x0a", broken + request(a_span())[2:]) + request(a_span(name="fine"))
    )

    assert [record.name for record in records] == ["fine"]
    assert [error.reason for error in refused] == ["undecodable"]


def test_a_request_splits_into_the_spans_that_were_put_in() -> None:
    raw = a_span().SerializeToString()

    assert [
        (span, scope, resource.attributes)
        for span, scope, resource in WireReader(never).split(request(raw, b"anything"))
    ] == [(raw, Scope(), {}), (b"anything", Scope(), {})]


@pytest.mark.parametrize("data", [memoryview(request(a_span())), bytearray(request(a_span()))])
def test_a_request_may_lie_in_any_buffer(data: bytes) -> None:
    assert len(read(data)[0]) == 1


def test_a_request_whose_frame_is_broken_is_an_error() -> None:
    with pytest.raises(DecodeError):
        read(request(a_span())[:-1])
