"""Spans to measure with: the captured traces, again and again, with fresh ids."""

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

CAPTURES = Path(__file__).parent.parent / "tests" / "contract" / "captures"


def requests(spans: int, seed: int = 1) -> Iterator[TracesData]:
    """Yield requests that hold so many spans at least, one capture a request.

    Content is left as captured; trace and span ids are fresh, parents and links follow.
    """
    fresh = random.Random(seed)
    captures = [_load(path) for path in sorted(CAPTURES.glob("*.traces.json"))]
    made = 0
    while made < spans:
        for capture in captures:
            made += sum(len(s.spans) for r in capture.resource_spans for s in r.scope_spans)
            yield _renamed(capture, fresh)


def _load(path: Path) -> TracesData:
    document = json.loads(path.read_text())
    for span in _spans_of(document):
        for key in ("traceId", "spanId", "parentSpanId"):
            if span.get(key):
                span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
        for link in span.get("links", []):
            for key in ("traceId", "spanId"):
                link[key] = base64.b64encode(bytes.fromhex(link[key])).decode()
    return json_format.ParseDict(document, TracesData(), ignore_unknown_fields=True)


def _spans_of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            yield from scope["spans"]


def _renamed(capture: TracesData, fresh: random.Random) -> TracesData:
    copy = TracesData()
    copy.CopyFrom(capture)
    ids: dict[bytes, bytes] = {b"": b""}

    def renamed(old: bytes) -> bytes:
        if old not in ids:
            ids[old] = fresh.randbytes(len(old))
        return ids[old]

    for resource in copy.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                span.trace_id = renamed(span.trace_id)
                span.span_id = renamed(span.span_id)
                span.parent_span_id = renamed(span.parent_span_id)
                for link in span.links:
                    link.trace_id = renamed(link.trace_id)
                    link.span_id = renamed(link.span_id)
    return copy
