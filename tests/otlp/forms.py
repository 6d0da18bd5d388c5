"""The captures, and any request, in every form in which telemetry comes in files."""

import base64
import gzip
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

from otel_agents.errors import SpanRefused
from otel_agents.otlp import files
from otel_agents.otlp.json import Json
from otel_agents.record import SpanRecord

CAPTURES = sorted(
    (Path(__file__).resolve().parent.parent / "contract" / "captures").glob("*.traces.json")
)
START_NS = 1_700_000_000 * 10**9
TRACE_ID = bytes(range(1, 17))
SPAN_ID = bytes(range(1, 9))

_IDS = ("traceId", "spanId", "parentSpanId")


def a_span(**fields: Any) -> Span:  # noqa: ANN401 whatever a span's fields take
    """A span that is all right but for the fields given."""
    usual: dict[str, Any] = {
        "trace_id": TRACE_ID,
        "span_id": SPAN_ID,
        "name": "work",
        "start_time_unix_nano": START_NS,
        "end_time_unix_nano": START_NS + 5,
    }
    return Span(**(usual | fields))


def request(*spans: Span | bytes) -> bytes:
    """A request with these spans; raw ones are put in as they are."""
    inner = b"".join(
        delimited(b"\x12", span if isinstance(span, bytes) else span.SerializeToString())
        for span in spans
    )
    return delimited(b"\x0a", delimited(b"\x12", inner))


def delimited(tag: bytes, payload: bytes) -> bytes:
    return tag + varint(len(payload)) + payload


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def document(*spans: object) -> dict[str, Any]:
    """An OTLP/JSON document with these spans."""
    return {"resourceSpans": [{"scopeSpans": [{"scope": {"name": "s"}, "spans": list(spans)}]}]}


def a_json_span(**fields: object) -> dict[str, object]:
    """A span that is all right but for the fields given; None leaves one out."""
    usual: dict[str, object] = {
        "traceId": TRACE_ID.hex(),
        "spanId": SPAN_ID.hex(),
        "name": "work",
        "startTimeUnixNano": str(START_NS),
        "endTimeUnixNano": START_NS + 5,
    }
    return {key: value for key, value in (usual | fields).items() if value is not None}


def to_proto(text: str) -> bytes:
    """The protobuf of an OTLP/JSON document, made by protobuf's own JSON parser."""
    ready: Any = _base64_ids(json.loads(text))
    parsed = json_format.ParseDict(ready, TracesData())
    return parsed.SerializeToString()


def _base64_ids(value: Json) -> Json:
    if isinstance(value, list):
        return [_base64_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(str(inner))).decode()
        if key in _IDS
        else _base64_ids(inner)
        for key, inner in value.items()
    }


def frames(messages: list[bytes]) -> bytes:
    return b"".join(struct.pack(">I", len(message)) + message for message in messages)


def every_form(texts: list[str]) -> Iterator[tuple[str, bytes]]:
    """Each form's name, and these documents in it."""
    compact = [json.dumps(json.loads(text)).encode() for text in texts]
    protos = [to_proto(text) for text in texts]
    zstd = zstandard.ZstdCompressor().compress
    plain = {
        "documents": "\n".join(texts).encode(),
        "lines": b"\n".join(compact) + b"\n",
        "windows lines": b"\xef\xbb\xbf" + b"\r\n".join(compact),
        "array": b"[" + b",\n".join(compact) + b"]",
        "protobuf": b"".join(protos),
        "frames": frames(protos),
        "zstd frames": frames([zstd(message) for message in protos]),
        "zstd json frames": frames([zstd(message) for message in compact]),
        "delimited": b"".join(varint(len(message)) + message for message in protos),
    }
    streaming = zstandard.ZstdCompressor(write_checksum=True, write_content_size=False).compress
    for name, data in plain.items():
        half = len(data) // 2
        yield name, data
        yield f"{name} gzip", gzip.compress(data)
        yield f"{name} zstd", zstd(data)
        yield f"{name} gzip in parts", gzip.compress(data[:half]) + gzip.compress(data[half:])
        yield f"{name} zstd in parts", zstd(data[:half]) + streaming(data[half:])


def tell(record: SpanRecord) -> tuple[object, ...]:
    """All that a record says of itself."""
    return (
        (record.trace_id, record.span_id, record.parent_id, record.name, record.kind),
        (record.start_ns, record.end_ns, record.status, record.scope),
        record.resource.attributes,
        record.events(),
    )


def never(refused: SpanRefused) -> None:
    pytest.fail(str(refused))


def read_bytes(data: bytes, folder: Path) -> tuple[list[SpanRecord], list[SpanRefused]]:
    """Read a file of these bytes; give its records and what was refused."""
    path = folder / "input"
    path.write_bytes(data)
    refused: list[SpanRefused] = []
    return list(files.read(path, on_refused=refused.append)), refused
