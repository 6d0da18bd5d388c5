"""Telemetry files of any kind to records; what a file is, its content says.

Read are OTLP/JSON (one document, several, JSON lines, an array of them), OTLP protobuf
(one bare message, the Collector's length-prefixed frames, varint-delimited messages), and
each of them as gzip or zstd, the Collector's frames also compressed one by one. Nothing
is held but what is being read: the size of a file does not matter.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from otel_agents.errors import InputError, SpanRefused
from otel_agents.otlp.compression import GZIP_MAGIC, ZSTD_MAGIC
from otel_agents.otlp.containers import looks_delimited, read_delimited, read_frames, read_message
from otel_agents.otlp.documents import DocumentReader
from otel_agents.otlp.source import ByteStream, Progress, Source
from otel_agents.otlp.wire import WireReader
from otel_agents.record import SpanRecord

__all__ = ["Progress", "read"]

_EXPECTED: Final = "expected OTLP traces as JSON, JSON lines or protobuf, plain, gzip or zstd"
_HEAD_BYTES: Final = 512
_BOM: Final = b"\xef\xbb\xbf"
_SPACE: Final = b" \t\r\n"
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_REQUEST_TAG: Final = 0x0A  # field 1, length-delimited: how every request starts
_LAST_FRAME_START: Final = 4  # the first of four length bytes, up to the largest frame
_FRAME_HEADER_BYTES: Final = 4
_FRAME_STARTS: Final = (b"\x0a", ZSTD_MAGIC)  # of frames too large to be read, to say so
_SHOWN_CHARS: Final = 40
_MAGIC: Final = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive (unpack it first)",
    b"BZh": "bzip2 (decompress it first)",
    b"\xfd7zXZ\x00": "xz (decompress it first)",
    b"\x04\x22\x4d\x18": "lz4 (decompress it first)",
    b"PAR1": "a Parquet file",
    b"Obj\x01": "an Avro file",
    b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program",
    b"\xff\xfe": "UTF-16 text (save it as UTF-8)",
    b"\xfe\xff": "UTF-16 text (save it as UTF-8)",
    GZIP_MAGIC: "gzip inside of compression (decompress it once first)",
    ZSTD_MAGIC: "zstd inside of compression (decompress it once first)",
    b"<": "HTML or XML",
}


def _ignore(_what: object) -> None:
    pass


def read(
    source: Path | str,
    *,
    on_refused: Callable[[SpanRefused], None] = _ignore,
    on_progress: Callable[[Progress], None] = _ignore,
    on_skipped: Callable[[str], None] = _ignore,
) -> Iterator[SpanRecord]:
    """Read the spans of a file.

    Args:
        source: The file, or ``-`` for standard input.
        on_refused: Called with every span that cannot be read; the others go on.
        on_progress: Called with every piece that is read.
        on_skipped: Called with ``metrics``, ``logs`` or ``profiles`` for each document
            of another signal, as the Collector mixes them in one file.

    Raises:
        InputError: The file cannot be read (on). What was read before comes first.
    """
    with Source(source, on_progress).open() as stream:
        yield from _read_stream(stream, on_refused, on_skipped)
        stream.finish()


def _read_stream(
    stream: ByteStream,
    on_refused: Callable[[SpanRefused], None],
    on_skipped: Callable[[str], None],
) -> Iterator[SpanRecord]:
    reader = WireReader(on_refused)
    stream.fill(_HEAD_BYTES)
    head = stream.buffer[:_HEAD_BYTES]
    if not head.strip(_SPACE):
        raise stream.truncated(f"the file is empty; {_EXPECTED}", "start")
    if _is_json(head):
        return DocumentReader(stream, on_refused, on_skipped).read()
    if found := _foreign(head):
        raise _not_otlp(stream, found)
    if head[0] == _REQUEST_TAG:
        return read_message(stream, reader)
    if head[0] > _LAST_FRAME_START and looks_delimited(head):
        return read_delimited(stream, reader)
    if head[0] <= _LAST_FRAME_START or head[_FRAME_HEADER_BYTES:].startswith(_FRAME_STARTS):

        def read_plain(inner: ByteStream) -> Iterator[SpanRecord]:
            return _read_plain(inner, reader, on_refused, on_skipped)

        return read_frames(stream, reader, read_plain)
    raise _not_otlp(stream, _shown(head))


def _read_plain(
    inner: ByteStream,
    reader: WireReader,
    on_refused: Callable[[SpanRefused], None],
    on_skipped: Callable[[str], None],
) -> Iterator[SpanRecord]:
    inner.fill(_HEAD_BYTES)
    if _is_json(inner.buffer[:_HEAD_BYTES]):
        return DocumentReader(inner, on_refused, on_skipped).read()
    return read_message(inner, reader)


def _is_json(head: bytes) -> bool:
    text = head.removeprefix(_BOM).lstrip(_SPACE)
    return text[:1] in (b"{", b"[") and _CONTROL.search(head) is None


def _foreign(head: bytes) -> str | None:
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    return None


def _not_otlp(stream: ByteStream, found: str) -> InputError:
    return stream.broken(f"found {found}; {_EXPECTED}", "byte 0")


def _shown(head: bytes) -> str:
    if _CONTROL.search(head) is None and head.isascii():
        return f"the text {head.decode()[:_SHOWN_CHARS]!r}"
    return f"the bytes {head[:16].hex(' ')}"
