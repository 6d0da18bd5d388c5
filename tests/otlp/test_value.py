import math
from typing import Any

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from otel_agents.otlp.value import MAX_DEPTH, decode, pairs, varint
from otel_agents.record import Value
from tests.otlp.forms import delimited

LONG = "x" * 20_000
FIELDS: dict[type, str] = {
    bool: "bool_value",
    str: "string_value",
    int: "int_value",
    float: "double_value",
    bytes: "bytes_value",
}


def encoded(value: Value) -> AnyValue:
    """The AnyValue of a value, made by opentelemetry-proto."""
    if isinstance(value, dict):
        entries = [KeyValue(key=key, value=encoded(inner)) for key, inner in value.items()]
        return AnyValue(kvlist_value=KeyValueList(values=entries))
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=[encoded(item) for item in value]))
    fields: Any = {} if value is None else {FIELDS[type(value)]: value}
    return AnyValue(**fields)


texts = st.text(st.characters(exclude_categories=["Cs"]))
values: st.SearchStrategy[Value] = st.recursive(
    st.none()
    | texts
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 63) - 1)
    | st.floats(allow_nan=False)
    | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_every_value_is_read_as_it_was_written(value: Value) -> None:
    assert decode(encoded(value).SerializeToString()) == value


@pytest.mark.parametrize(
    "value", ["", "é", "x" * 127, "x" * 128, LONG, 0, 127, 128, 16_384, -1, True, False, 0.5, b""]
)
def test_values_at_the_edges_of_their_encodings_are_read(value: Value) -> None:
    read = decode(encoded(value).SerializeToString())

    assert (read, type(read)) == (value, type(value))


def test_nan_is_read_as_nan() -> None:
    read = decode(encoded(math.nan).SerializeToString())

    assert isinstance(read, float)
    assert math.isnan(read)


@given(st.binary())
def test_no_bytes_are_too_strange_to_be_looked_at(raw: bytes) -> None:
    decode(raw)


@given(st.binary(max_size=12))
def test_what_protobuf_takes_for_a_value_has_its_value(raw: bytes) -> None:
    try:
        peer = AnyValue.FromString(raw)
    except DecodeError:
        return
    scalars = {"string_value", "bool_value", "int_value", "bytes_value"}
    kind = peer.WhichOneof("value")
    if kind in scalars:
        assert decode(raw) == getattr(peer, kind)


def test_of_two_values_in_one_the_last_counts() -> None:
    raw = encoded("a").SerializeToString() + encoded(7).SerializeToString()

    assert decode(raw) == 7


def test_invalid_utf8_is_read_with_replacements() -> None:
    assert decode(b"\x0a\x02\xffa") == "�a"


def test_nesting_ends_at_its_limit_and_not_in_a_crash() -> None:
    nested = AnyValue(int_value=1).SerializeToString()
    for _ in range(MAX_DEPTH * 3):
        nested = delimited(b"\x2a", delimited(b"\x0a", nested))
    read = decode(nested)
    depth = 0
    while isinstance(read, list):
        read = read[0]
        depth += 1

    assert (depth, read) == (MAX_DEPTH, None)


def test_of_a_key_that_comes_twice_the_first_value_counts() -> None:
    entries = [KeyValue(key="k", value=encoded(n)).SerializeToString() for n in (1, 2)]

    assert pairs(entries) == {"k": 1}


@pytest.mark.parametrize(
    ("raw", "read"),
    [(b"\x05", (5, 1)), (b"\xac\x02", (300, 2)), (b"\xff" * 9 + b"\x01", ((1 << 64) - 1, 10))],
)
def test_a_varint_is_read_to_its_end(raw: bytes, read: tuple[int, int]) -> None:
    assert varint(raw, 0) == read


@pytest.mark.parametrize("raw", [b"", b"\x80", b"\xff" * 11])
def test_a_varint_without_an_end_is_an_error(raw: bytes) -> None:
    with pytest.raises(DecodeError, match="does not end"):
        varint(raw, 0)
