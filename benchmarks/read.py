"""What reading one span costs, beside opentelemetry-proto's full parse of the same requests.

    python benchmarks/read.py [SPANS]

The requests are the captures with fresh ids. Each step is measured alone, the best of some
rounds, in microseconds of CPU per span; the last lines read whole files as `inspect` does.
The peer walks the attributes of a parsed span, as exporters' own tools do.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time_ns

from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

from benchmarks.corpus import CAPTURES, requests
from otel_agents import semconv
from otel_agents.errors import SpanRefused
from otel_agents.otlp import files
from otel_agents.otlp.wire import WireReader, span_record
from otel_agents.record import Resource, Scope, SpanRecord

ROUNDS = 5
KEYS = (
    semconv.GEN_AI_OPERATION_NAME,
    semconv.GEN_AI_PROVIDER_NAME,
    semconv.GEN_AI_REQUEST_MODEL,
    semconv.GEN_AI_RESPONSE_MODEL,
    semconv.GEN_AI_RESPONSE_ID,
    semconv.GEN_AI_AGENT_NAME,
    semconv.GEN_AI_CONVERSATION_ID,
    semconv.GEN_AI_TOOL_NAME,
    semconv.GEN_AI_USAGE_INPUT_TOKENS,
    semconv.GEN_AI_USAGE_OUTPUT_TOKENS,
    semconv.GEN_AI_OUTPUT_TYPE,
    "openinference.span.kind",
    "traceloop.span.kind",
    "llm.model_name",
    "error.type",
)


def never(refused: SpanRefused) -> None:
    """Fail where a span is refused."""
    raise refused


def cost_us(spans: int, work: Callable[[], object]) -> float:
    """The least CPU that the work took, per span."""
    best = min(_took_ns(work) for _ in range(ROUNDS))
    return best / spans / 1_000


def _took_ns(work: Callable[[], object]) -> int:
    begun = process_time_ns()
    work()
    return process_time_ns() - begun


def split(data: list[bytes]) -> None:
    """Split requests, looking at no span."""
    reader = WireReader(never)
    for request in data:
        for _ in reader.split(request):
            pass


def records(data: list[bytes]) -> None:
    """Read requests to records."""
    reader = WireReader(never)
    for request in data:
        for _ in reader.read(request):
            pass


def heads(raws: list[bytes]) -> None:
    """Read raw spans to records."""
    scope, resource = Scope(), Resource({})
    for raw in raws:
        span_record(raw, scope, resource)


def look_ups(made: list[SpanRecord]) -> None:
    """Ask each record for every key."""
    for record in made:
        get = record.get
        for key in KEYS:
            get(key)


def peer_parse(data: list[bytes]) -> None:
    """Parse requests with opentelemetry-proto."""
    for request in data:
        TracesData.FromString(request)


def peer_walk(data: list[bytes]) -> None:
    """Parse requests so, and make of each span what a record is."""
    for request in data:
        for resource in TracesData.FromString(request).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    peer_record(span)


def peer_record(span: Span) -> tuple[object, ...]:
    """Take a parsed span's fields, and its attributes as a dict."""
    attributes: dict[str, object] = {}
    for entry in span.attributes:
        kind = entry.value.WhichOneof("value")
        attributes[entry.key] = getattr(entry.value, kind) if kind else None
    return (
        int.from_bytes(span.trace_id, "big"),
        int.from_bytes(span.span_id, "big"),
        int.from_bytes(span.parent_span_id, "big"),
        (span.name, span.kind, span.start_time_unix_nano, span.end_time_unix_nano),
        (span.status.code, [attributes.get(key) for key in KEYS]),
    )


def whole_file(path: Path) -> None:
    """Read a file as `inspect` does."""
    for _ in files.read(path):
        pass


def main(wanted: int) -> None:
    """Measure, and print the table."""
    data = [request.SerializeToString() for request in requests(wanted)]
    raws = [raw for request in data for raw, _, _ in WireReader(never).split(request)]
    made = [span_record(raw, Scope(), Resource({})) for raw in raws]
    spans = len(raws)
    print(f"{spans:,} spans of {sum(map(len, raws)) / spans:,.0f} bytes; µs of CPU per span")
    steps: dict[str, Callable[[], object]] = {
        "opentelemetry-proto: parse": partial(peer_parse, data),
        "opentelemetry-proto: parse, walk attributes": partial(peer_walk, data),
        "split into raw spans": partial(split, data),
        "raw spans to records": partial(heads, raws),
        f"{len(KEYS)} look-ups in a record": partial(look_ups, made),
        "requests to records": partial(records, data),
    }
    took = {name: cost_us(spans, work) for name, work in steps.items()}
    peer = took["opentelemetry-proto: parse, walk attributes"]
    with tempfile.TemporaryDirectory() as folder:
        protobuf, lines = Path(folder, "traces.pb"), Path(folder, "traces.jsonl")
        protobuf.write_bytes(b"".join(data))
        text = [json.dumps(json.loads(path.read_text())) for path in CAPTURES.glob("*.json")]
        documents = [line for line in text if "resourceSpans" in line]
        lines.write_text("\n".join(documents * 20))
        json_spans = sum(1 for _ in files.read(lines))
        took["a protobuf file"] = cost_us(spans, partial(whole_file, protobuf))
        took["a file of JSON lines"] = cost_us(json_spans, partial(whole_file, lines))
    for name, us in took.items():
        print(f"{name:45} {us:7.2f} {us / peer:7.2f} of the peer")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
