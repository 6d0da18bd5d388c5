"""Spans written as OTLP/JSON are read as they were."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode

from otel_agents.demo.day import Options
from otel_agents.demo.otlp_lines import line
from otel_agents.demo.simulation import simulate
from otel_agents.errors import SpanRefused
from otel_agents.otlp.files import read
from otel_agents.pricing import PriceBook
from otel_agents.record import SpanRecord
from otel_agents.sdk.convert import Converter

START_NS = 1_790_000_000 * 10**9
KEYS: dict[str, Any] = {
    "text": "Grüße 👋",
    "flag": True,
    "number": -(2**62),
    "share": 0.1,
    "raw": b"\x00\xff",
    "list": ("a", "b"),
    "map": {"inner": (1, 2)},
}


def span(number: int, scope: InstrumentationScope, resource: Resource) -> ReadableSpan:
    return ReadableSpan(
        f"span {number}",
        SpanContext(0xA, number, is_remote=False),
        SpanContext(0xA, 99, is_remote=False) if number > 1 else None,
        resource,
        KEYS,
        (Event("exception", {"exception.type": "E"}, START_NS),),
        kind=SpanKind.CLIENT,
        status=Status(StatusCode.ERROR),
        start_time=START_NS,
        end_time=START_NS + number,
        instrumentation_scope=scope,
    )


def plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def told(record: SpanRecord) -> tuple[object, ...]:
    return (
        *(record.trace_id, record.span_id, record.parent_id, record.name, record.kind),
        *(record.start_ns, record.end_ns, record.status, record.scope),
        dict(record.resource.attributes),
        {key: plain(record.get(key)) for key in KEYS},
        [(event.name, dict(event.attributes)) for event in record.events()],
    )


def refuse(refusal: SpanRefused) -> None:
    pytest.fail(str(refusal))


def test_a_written_span_is_read_as_the_sdk_door_reads_it(tmp_path: Path) -> None:
    one, two = InstrumentationScope("one", "1.0"), InstrumentationScope("two")
    desk, crew = Resource({"service.name": "desk"}), Resource({"service.name": "crew"})
    spans = [span(1, one, desk), span(2, two, desk), span(3, one, desk), span(4, one, crew)]
    file = tmp_path / "spans.jsonl"
    file.write_text(line(spans), encoding="utf-8")

    read_back = {record.span_id: told(record) for record in read(file, on_refused=refuse)}
    assert read_back == {number: told(Converter().record(s)) for number, s in enumerate(spans, 1)}


def test_a_batch_is_one_line_in_which_resources_and_scopes_stand_once() -> None:
    one, two = InstrumentationScope("one"), InstrumentationScope("two")
    desk = Resource({"service.name": "desk"})
    written = line([span(1, one, desk), span(2, two, desk), span(3, one, desk)])
    (resource,) = json.loads(written)["resourceSpans"]

    assert written.count("\n") == 1
    assert [
        (scope["scope"]["name"], [s["spanId"][-1] for s in scope["spans"]])
        for scope in resource["scopeSpans"]
    ] == [("one", ["1", "3"]), ("two", ["2"])]


def test_the_simulation_writes_a_line_a_trace() -> None:
    out = StringIO()
    day = simulate(Options(runs=15), PriceBook(), out=out)
    lines = out.getvalue().splitlines()
    spans = [s for text in lines for s in spans_of(text)]

    assert (len(lines), len(spans)) == (15, day.report.totals["spans"])
    assert all(len({s["traceId"] for s in spans_of(text)}) == 1 for text in lines)


def spans_of(text: str) -> list[dict[str, object]]:
    return [
        found
        for resource in json.loads(text)["resourceSpans"]
        for scope in resource["scopeSpans"]
        for found in scope["spans"]
    ]
