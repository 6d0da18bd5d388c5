"""OTLP protobuf in files: one bare message, or a sequence of messages with their lengths.

A message is read field by field, and one too large for one go span by span, so that the
size of a file does not matter. What is whole before a break is read before the error.
"""

from collections.abc import Callable, Iterator
from typing import Final

from google.protobuf.message import DecodeError

from otel_agents.errors import InputError
from otel_agents.otlp.compression import ZSTD_MAGIC, BrokenStream, unzstd_frame
from otel_agents.otlp.limits import CHUNK_BYTES, MAX_PIECE_BYTES, WHOLE_BYTES, size
from otel_agents.otlp.source import ByteStream
from otel_agents.otlp.wire import WireReader
from otel_agents.record import SpanRecord

ReadPlain = Callable[[ByteStream], Iterator[SpanRecord]]
"""Reads what a compressed frame, or one with JSON, holds."""

_MAX_HEADER_BYTES: Final = 20  # two varints of ten bytes
_FRAME_HEADER_BYTES: Final = 4
_JSON_STARTS: Final = (b"{", b"[")
_VARINT, _FIXED64, _DELIMITED, _FIXED32 = 0, 1, 2, 5
_FIXED: Final = {_FIXED64: 8, _FIXED32: 4}
_OWN, _NEXT = 1, 2  # in ResourceSpans: the resource, its scopes; in ScopeSpans: scope, spans
_SPAN_TAG: Final = 0x12


def read_message(
    stream: ByteStream, reader: WireReader, end: int | None = None
) -> Iterator[SpanRecord]:
    """Read one TracesData up to `end`, or to the end of the stream.

    Raises:
        InputError: It is broken.
    """
    while stream.fill(1) if end is None else stream.position < end:
        start = stream.position
        number, length = _field(stream, end, "the request")
        if number != _OWN:
            raise stream.broken("not OTLP: expected ResourceSpans, field 1", f"byte {start}")
        if length <= WHOLE_BYTES and stream.fill(length):
            raw = stream.buffer[stream.at : stream.at + length]
            try:
                records = reader.read_resource_spans(raw)
            except DecodeError:
                yield from _resource_spans(stream, reader, stream.position + length)
            else:
                stream.at += length
                yield from records
        else:
            yield from _resource_spans(stream, reader, stream.position + length)


def read_frames(
    stream: ByteStream, reader: WireReader, read_plain: ReadPlain
) -> Iterator[SpanRecord]:
    """Read the Collector's frames: each message behind its length in four bytes.

    Raises:
        InputError: One of them is broken.
    """
    while stream.fill(1):
        start = stream.position
        header = stream.take(_FRAME_HEADER_BYTES)
        if len(header) < _FRAME_HEADER_BYTES:
            raise stream.truncated("the file is truncated inside a frame's length", f"byte {start}")
        length = _allowed(stream, int.from_bytes(header, "big"), start)
        stream.fill(min(length, len(ZSTD_MAGIC)))
        head = stream.buffer[stream.at : stream.at + min(length, len(ZSTD_MAGIC))]
        if head == ZSTD_MAGIC or head.startswith(_JSON_STARTS):
            yield from read_plain(_inner(stream, length, start))
        else:
            yield from read_message(stream, reader, stream.position + length)


def read_delimited(stream: ByteStream, reader: WireReader) -> Iterator[SpanRecord]:
    """Read messages each behind its length as a varint.

    Raises:
        InputError: One of them is broken.
    """
    while stream.fill(1):
        start = stream.position
        length = _allowed(stream, _varint(stream), start)
        yield from read_message(stream, reader, stream.position + length)


def looks_delimited(head: bytes) -> bool:
    """Whether these first bytes are a length and then a request that fits into it."""
    stream = ByteStream("", iter((head,)), str)
    try:
        length = _varint(stream)
        start = stream.position
        number, inner = _field(stream, None, "")
    except InputError:
        return False
    return number == _OWN and length >= stream.position - start + inner


def _inner(stream: ByteStream, length: int, start: int) -> ByteStream:
    data = stream.take(length)
    if len(data) < length:
        raise stream.truncated(
            f"the file is truncated: a frame of {length:,} bytes has only {len(data):,}",
            f"frame at byte {start}",
        )
    if data.startswith(ZSTD_MAGIC):
        try:
            data = unzstd_frame(data, MAX_PIECE_BYTES)
        except BrokenStream as broken:
            raise stream.broken(broken.problem, f"frame at byte {start}") from None
    return ByteStream(stream.name, iter((data,)), str, f"{stream.inside}frame at byte {start}, ")


def _resource_spans(stream: ByteStream, reader: WireReader, end: int) -> Iterator[SpanRecord]:
    resource = b""
    begun = False
    while stream.position < end:
        number, length = _field(stream, end, "ResourceSpans")
        if number == _OWN:
            resource = _first(stream, length, "resource", begun=begun)
        elif number == _NEXT:
            begun = True
            yield from _scope_spans(stream, reader, resource, stream.position + length)
        else:
            _skip(stream, length)


def _scope_spans(
    stream: ByteStream, reader: WireReader, resource: bytes, end: int
) -> Iterator[SpanRecord]:
    scope = b""
    begun = False
    while stream.position < end:
        if raws := _buffered_spans(stream, end):
            begun = True
            yield from reader.records(raws, scope, resource)
            continue
        number, length = _field(stream, end, "ScopeSpans")
        if number == _OWN:
            scope = _first(stream, length, "scope", begun=begun)
        elif number == _NEXT:
            begun = True
            yield from reader.records((_piece(stream, length, "a span"),), scope, resource)
        else:
            _skip(stream, length)


def _buffered_spans(stream: ByteStream, end: int) -> list[bytes]:
    # The spans that lie whole in the buffer one after the other, which is the usual way; only
    # lengths of up to three bytes, so that nothing but this loop stands between two of them.
    raws: list[bytes] = []
    buffer = stream.buffer
    at = stream.at
    limit = min(len(buffer), at + end - stream.position)
    while at + 4 <= limit and buffer[at] == _SPAN_TAG:
        length = buffer[at + 1]
        start = at + 2
        if length >= 0x80:
            length = length & 0x7F | buffer[start] << 7
            start += 1
            if length >= 0x4000:
                length = length & 0x3FFF | buffer[start] << 14
                start += 1
                if length >= 0x200000:
                    break
        if start + length > limit:
            break
        at = start + length
        raws.append(buffer[start:at])
    stream.at = at
    return raws


def _first(stream: ByteStream, length: int, what: str, *, begun: bool) -> bytes:
    if begun:
        raise stream.broken(
            f"a message of more than {size(WHOLE_BYTES)} names its {what} behind its spans;"
            " expected it before them, as every OTLP exporter writes it"
        )
    return _piece(stream, length, f"a {what}")


def _piece(stream: ByteStream, length: int, what: str) -> bytes:
    start = stream.position
    if length > MAX_PIECE_BYTES:
        raise stream.broken(f"{what} of {length:,} bytes, which is over {size(MAX_PIECE_BYTES)}")
    data = stream.take(length)
    if len(data) < length:
        raise stream.truncated(
            f"the file is truncated: {what} of {length:,} bytes has only {len(data):,}",
            f"byte {start}",
        )
    return data


def _skip(stream: ByteStream, length: int) -> None:
    left = length
    while left:
        taken = stream.take(min(left, CHUNK_BYTES))
        if not taken:
            raise stream.truncated("the file is truncated")
        left -= len(taken)


def _allowed(stream: ByteStream, length: int, start: int) -> int:
    if length > MAX_PIECE_BYTES:
        raise stream.broken(
            f"a frame claims {length:,} bytes, which is over {size(MAX_PIECE_BYTES)}",
            f"byte {start}",
        )
    return length


def _field(stream: ByteStream, end: int | None, inside: str) -> tuple[int, int]:
    """Read a field's header; give its number and the length of what follows.

    A number is read with its header, and comes as field 0 of length 0.
    """
    start = stream.position
    key = _varint(stream)
    wire = key & 7
    if key < 8:  # the number is in the bits above the wire type
        raise stream.broken("not OTLP protobuf: a field of number 0", f"byte {start}")
    if wire == _VARINT:
        _varint(stream)
        return 0, 0
    if wire == _DELIMITED:
        number, length = key >> 3, _varint(stream)
    elif wire in _FIXED:
        number, length = 0, _FIXED[wire]
    else:
        raise stream.broken(f"not OTLP protobuf: wire type {wire}", f"byte {start}")
    if end is not None and length > end - stream.position:
        raise stream.broken(
            f"a field of {length:,} bytes does not fit into {inside}", f"byte {start}"
        )
    return number, length


def _varint(stream: ByteStream) -> int:
    stream.fill(_MAX_HEADER_BYTES)
    result = 0
    for shift, byte in enumerate(stream.buffer[stream.at : stream.at + 10]):
        result |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            stream.at += shift + 1
            return result
    if len(stream.buffer) - stream.at < 10:
        raise stream.truncated("the file is truncated inside a number")
    raise stream.broken("not OTLP protobuf: a number of more than ten bytes")
