import base64
import json
import math
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.errors import SpanRefused
from otel_agents.otlp.json import FrameError, Json, read_resource_spans, span_record
from otel_agents.otlp.value import MAX_DEPTH
from otel_agents.record import Event, Resource, Scope, SpanRecord, Value
from tests.otlp.forms import SPAN_ID, START_NS, TRACE_ID, a_json_span, document, never

NOBODY = Resource({})


def of(**fields: object) -> SpanRecord:
    return span_record(cast("Json", a_json_span(**fields)), Scope(), NOBODY)


def attribute(value: object) -> Value:
    return of(attributes=[{"key": "k", "value": value}]).get("k")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ({"stringValue": "é"}, "é"),
        ({"stringValue": ""}, ""),
        ({"intValue": "-9223372036854775808"}, -(1 << 63)),
        ({"intValue": 7}, 7),
        ({"intValue": 7.0}, 7),
        ({"boolValue": False}, False),
        ({"doubleValue": 0.5}, 0.5),
        ({"doubleValue": 1}, 1.0),
        ({"doubleValue": "1.5e3"}, 1500.0),
        ({"doubleValue": "-Infinity"}, -math.inf),
        ({"doubleValue": 10**400}, math.inf),
        ({"bytesValue": "AP8="}, b"\x00\xff"),
        ({"bytesValue": "-_8"}, b"\xfb\xff"),
        ({"arrayValue": {"values": [{"intValue": 1}, {}]}}, [1, None]),
        ({"arrayValue": {}}, []),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"intValue": 1}}]}}, {"a": 1}),
        ({"string_value": "snake"}, "snake"),
        ({}, None),
        (None, None),
        ({"unheardOfValue": 1}, None),
    ],
)
def test_a_value_is_read_however_an_exporter_writes_it(written: object, value: Value) -> None:
    read = attribute(written)

    assert (read, type(read)) == (value, type(value))


def test_nan_is_read_as_nan() -> None:
    read = attribute({"doubleValue": "NaN"})

    assert isinstance(read, float)
    assert math.isnan(read)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ([], "wrong_type"),
        ("text", "wrong_type"),
        ({"stringValue": 1}, "wrong_type"),
        ({"intValue": "1.5"}, "wrong_type"),
        ({"intValue": True}, "wrong_type"),
        ({"intValue": math.inf}, "wrong_type"),
        ({"intValue": str(1 << 63)}, "out_of_range"),
        ({"boolValue": "true"}, "wrong_type"),
        ({"doubleValue": "many"}, "wrong_type"),
        ({"doubleValue": True}, "wrong_type"),
        ({"bytesValue": "%"}, "wrong_type"),
        ({"bytesValue": "é"}, "wrong_type"),
        ({"bytesValue": 1}, "wrong_type"),
        ({"arrayValue": []}, "wrong_type"),
        ({"arrayValue": {"values": {}}}, "wrong_type"),
        ({"kvlistValue": {"values": [1]}}, "wrong_type"),
        ({"kvlistValue": {"values": [{"key": 1}]}}, "wrong_type"),
    ],
)
def test_a_value_of_another_type_refuses_its_span(written: object, reason: str) -> None:
    with pytest.raises(SpanRefused) as refused:
        attribute(written)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"traceId": None}, "bad_trace_id"),
        ({"traceId": "0" * 32}, "bad_trace_id"),
        ({"traceId": "g" * 32}, "bad_trace_id"),
        ({"traceId": []}, "bad_trace_id"),
        ({"spanId": TRACE_ID.hex()}, "bad_span_id"),
        ({"spanId": 1}, "bad_span_id"),
        ({"parentSpanId": "1"}, "bad_parent_id"),
        ({"parentSpanId": []}, "bad_parent_id"),
        ({"startTimeUnixNano": None}, "bad_start"),
        ({"startTimeUnixNano": "1"}, "bad_start"),
        ({"startTimeUnixNano": {}}, "wrong_type"),
        ({"endTimeUnixNano": -1}, "out_of_range"),
        ({"endTimeUnixNano": "18446744073709551616"}, "out_of_range"),
        ({"name": []}, "wrong_type"),
        ({"kind": []}, "wrong_type"),
        ({"kind": True}, "wrong_type"),
        ({"status": []}, "wrong_type"),
        ({"status": {"code": {}}}, "wrong_type"),
        ({"attributes": {}}, "wrong_type"),
        ({"attributes": [1]}, "wrong_type"),
        ({"events": {}}, "wrong_type"),
    ],
)
def test_a_field_that_is_impossible_refuses_its_span(
    fields: dict[str, object], reason: str
) -> None:
    with pytest.raises(SpanRefused) as refused:
        of(**fields)

    assert refused.value.reason == reason


def test_the_ids_may_be_upper_case_or_base64() -> None:
    upper = of(traceId=TRACE_ID.hex().upper(), parentSpanId="AB" * 8)
    tempo = of(
        traceId=base64.b64encode(TRACE_ID).decode(),
        spanId=base64.b64encode(SPAN_ID).decode(),
        parentSpanId=base64.b64encode(bytes(8)).decode(),
    )

    assert upper.trace_id == tempo.trace_id == int.from_bytes(TRACE_ID, "big")
    assert (upper.parent_id, tempo.parent_id) == (0xABABABABABABABAB, 0)
    assert tempo.span_id == int.from_bytes(SPAN_ID, "big")


@pytest.mark.parametrize(
    ("written", "kind"),
    [(3, 3), ("SPAN_KIND_CLIENT", 3), ("3", 3), (None, 0), (9, 0), (-1, 0), ("CLIENT", 0)],
)
def test_a_kind_is_a_number_or_a_name(written: object, kind: int) -> None:
    assert of(kind=written).kind == kind


@pytest.mark.parametrize(
    ("written", "status"),
    [(None, 0), ({}, 0), ({"code": 2}, 2), ({"code": "STATUS_CODE_ERROR"}, 2), ({"code": 3}, 0)],
)
def test_a_status_is_its_code(written: object, status: int) -> None:
    assert of(status=written).status == status


def test_keys_in_snake_case_are_read() -> None:
    record = span_record(
        {
            "trace_id": TRACE_ID.hex(),
            "span_id": SPAN_ID.hex(),
            "parent_span_id": SPAN_ID.hex(),
            "start_time_unix_nano": START_NS,
            "end_time_unix_nano": START_NS,
        },
        Scope(),
        NOBODY,
    )

    assert (record.parent_id, record.start_ns) == (record.span_id, record.end_ns)


def test_of_a_key_that_comes_twice_the_first_value_counts() -> None:
    twice = [{"key": "k", "value": {"intValue": n}} for n in (1, 2)]

    assert of(attributes=twice).get("k") == 1


def test_nesting_ends_at_its_limit() -> None:
    written: dict[str, object] = {"intValue": 1}
    for _ in range(MAX_DEPTH + 9):
        written = {"arrayValue": {"values": [written]}}
    read = attribute(written)
    depth = 0
    while isinstance(read, list):
        read = read[0]
        depth += 1

    assert (depth, read) == (MAX_DEPTH, None)


def test_a_broken_event_is_left_out() -> None:
    events = [
        {"name": "a", "attributes": [{"key": "k", "value": {"intValue": 1}}]},
        {"name": 1},
        2,
    ]

    assert of(events=events).events() == [Event("a", {"k": 1})]


@pytest.mark.parametrize(
    ("element", "problem"),
    [
        (1, "at: got 1, expected an object"),
        ({"resource": []}, "at.resource: got an array, expected an object"),
        ({"resource": {"attributes": 1}}, "at.resource: attributes is 1, expected an array"),
        ({"scopeSpans": {}}, "at.scopeSpans: got an object, expected an array"),
        ({"scopeSpans": [1]}, "at.scopeSpans[0]: got 1"),
        ({"scopeSpans": [{"scope": "x" * 99}]}, "at.scopeSpans[0].scope: got 'xxx"),
        ({"scopeSpans": [{"scope": {"name": 1}}]}, "at.scopeSpans[0].scope: name is 1"),
        ({"scopeSpans": [{"spans": 1}]}, "at.scopeSpans[0].spans: got 1"),
    ],
)
def test_a_broken_frame_is_an_error_with_its_path(element: Json, problem: str) -> None:
    with pytest.raises(FrameError) as error:
        list(read_resource_spans(element, "at", never))

    assert str(error.value).startswith(problem)


def test_a_refused_span_is_named_by_its_path_and_the_rest_is_read() -> None:
    refused: list[SpanRefused] = []
    (element,) = document("no span", a_json_span())["resourceSpans"]
    (record,) = read_resource_spans(element, "at", refused.append)

    assert record.scope == Scope("s")
    assert [str(error) for error in refused] == [
        "wrong_type: at.scopeSpans[0].spans[0]: the span is 'no span', expected an object"
    ]


NAMES = st.sampled_from(
    [
        "resource",
        "scopeSpans",
        "scope",
        "spans",
        "attributes",
        "key",
        "value",
        "name",
        "stringValue",
        "intValue",
        "arrayValue",
        "values",
        "kvlistValue",
        "doubleValue",
        "bytesValue",
        "traceId",
        "spanId",
        "parentSpanId",
        "startTimeUnixNano",
        "endTimeUnixNano",
        "kind",
        "status",
        "code",
        "events",
    ]
)
shapes: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES | st.text(max_size=2), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(shapes)
def test_no_shape_does_more_than_break_the_frame(shape: Json) -> None:
    try:
        for record in read_resource_spans(shape, "at", lambda _: None):
            record.events()
    except FrameError as error:
        assert error.path.startswith("at")  # noqa: PT017 many a shape is no error


@given(st.sampled_from(sorted(a_json_span())) | NAMES, shapes)
def test_no_field_does_more_than_refuse_its_span(field: str, shape: Json) -> None:
    refused: list[SpanRefused] = []
    (element,) = document(a_json_span(**{field: shape}), a_json_span(name="next"))["resourceSpans"]
    records = list(read_resource_spans(element, "at", refused.append))
    for record in records:
        record.events()

    assert records[-1].name == "next"
    assert len(records) + len(refused) == 2


def test_what_json_loads_gives_is_what_is_read() -> None:
    text = json.dumps(document(a_json_span()))

    assert len(list(read_resource_spans(json.loads(text)["resourceSpans"][0], "at", never))) == 1
