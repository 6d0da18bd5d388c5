"""AnyValue, decoded from its bytes without a protobuf message of its own.

Nearly every value is a single short field, so the first byte says what follows. What is
not so simple (several fields in one value, lengths over two bytes, unknown fields) takes
the careful walk, in which the last field of the oneof counts, as protobuf has it.
"""

from collections.abc import Callable, Iterable, Mapping
from struct import Struct
from typing import Final

from google.protobuf.message import DecodeError

from otel_agents.otlp.schema import KeyValue, Values
from otel_agents.record import Value

MAX_DEPTH: Final = 64
"""Arrays and key-value lists nest no deeper; what is below reads as None.

Protobuf's own parsers stop at 100 messages, of which one level of nesting takes two.
"""

_DOUBLE = Struct("<d").unpack_from
_SIGN = 1 << 63
_WRAP = 1 << 64

_STRING, _BOOL, _INT, _FLOAT, _ARRAY, _KVLIST, _BYTES = range(1, 8)
_VARINT, _FIXED64, _DELIMITED, _FIXED32 = 0, 1, 2, 5


def decode(raw: bytes, depth: int = 0) -> Value:  # noqa: C901, PLR0911 one call a look-up
    """Decode the bytes of one AnyValue; an empty one is None.

    So is one that cannot be decoded: by then its span is read and may be in use, and one
    attribute that says nothing is what its readers are made for.
    """
    if not raw:
        return None
    tag = raw[0]
    size = len(raw)
    if tag == 0x0A and size > 1:
        length = raw[1]
        if length < 0x80:
            if size == length + 2:
                return raw[2:].decode("utf-8", "replace")
        elif size > 2 and size == (length & 0x7F | raw[2] << 7) + 3 and raw[2] < 0x80:
            return raw[3:].decode("utf-8", "replace")
    elif tag == 0x18:
        if size == 2 and raw[1] < 0x80:
            return raw[1]
        if size == 3 and raw[2] < 0x80 <= raw[1]:
            return raw[1] & 0x7F | raw[2] << 7
    elif tag == 0x10:
        if size == 2 and raw[1] < 0x80:
            return raw[1] != 0
    elif tag == 0x21 and size == 9:
        value: float = _DOUBLE(raw, 1)[0]
        return value
    try:
        return _walk(raw, depth)
    except DecodeError:
        return None


def pairs(entries: Iterable[bytes], depth: int = 0) -> dict[str, Value]:
    """Decode KeyValue messages; of a key that comes twice the first counts.

    Raises:
        DecodeError: One of them is no KeyValue.
    """
    found: dict[str, Value] = {}
    for entry in entries:
        pair = KeyValue.FromString(entry)
        key = pair.key.decode("utf-8", "replace")
        if key not in found:
            found[key] = decode(pair.value, depth)
    return found


def varint(raw: bytes, at: int) -> tuple[int, int]:
    """Read a varint of at most ten bytes; give it and the position behind it.

    Raises:
        DecodeError: It does not end.
    """
    result = 0
    for shift in range(0, 70, 7):
        if at >= len(raw):
            break
        byte = raw[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result & (_WRAP - 1), at
    raise DecodeError("a varint does not end")


def _walk(raw: bytes, depth: int) -> Value:
    value: Value = None
    at = 0
    while at < len(raw):
        key, at = varint(raw, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            scalar, at = varint(raw, at)
            if number in _SCALARS:
                value = _SCALARS[number](scalar)
            continue
        length, start = varint(raw, at) if wire == _DELIMITED else (_fixed(wire), at)
        at = start + length
        if at > len(raw):
            raise DecodeError("a value ends early")
        read = _READERS.get((number, wire))
        if read is not None:
            value = read(raw[start:at], depth)
    return value


def _fixed(wire: int) -> int:
    if wire == _FIXED64:
        return 8
    if wire == _FIXED32:
        return 4
    raise DecodeError(f"a value has wire type {wire}")


def _signed(scalar: int) -> int:
    return scalar - _WRAP if scalar & _SIGN else scalar


def _text(raw: bytes, _depth: int) -> Value:
    return raw.decode("utf-8", "replace")


def _array(raw: bytes, depth: int) -> Value:
    if depth >= MAX_DEPTH:
        return None
    return [decode(item, depth + 1) for item in Values.FromString(raw).values]


def _kvlist(raw: bytes, depth: int) -> Value:
    if depth >= MAX_DEPTH:
        return None
    return pairs(Values.FromString(raw).values, depth + 1)


def _plain(raw: bytes, _depth: int) -> Value:
    return raw


def _double(raw: bytes, _depth: int) -> Value:
    value: float = _DOUBLE(raw)[0]
    return value


_SCALARS: Final[Mapping[int, Callable[[int], Value]]] = {_BOOL: bool, _INT: _signed}
_READERS: Final[Mapping[tuple[int, int], Callable[[bytes, int], Value]]] = {
    (_STRING, _DELIMITED): _text,
    (_ARRAY, _DELIMITED): _array,
    (_KVLIST, _DELIMITED): _kvlist,
    (_BYTES, _DELIMITED): _plain,
    (_FLOAT, _FIXED64): _double,
}
