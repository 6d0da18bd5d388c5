"""Blocks through the Collector's own tail_sampling, all in one process, and through ours.

Nothing waits: the Collector decides on all that it holds when it is stopped.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otel_agents.errors import SpanRefused
from otel_agents.otlp.wire import WireReader
from otel_agents.pipeline.policies import Decision, SpanContext, TraceHead, load
from otel_agents.record import SpanRecord
from otel_agents.semconv import SamplingTrigger
from tests.live.collector import Collector, Config, free_ports, pipelines

Block: TypeAlias = Mapping[str, Any]

ROUTE: Final = "test.case"
"""The resource attribute that names the one pipeline which gets a span, where they are routed."""

NAMES_POLICY: Final = "processor.tailsamplingprocessor.recordpolicy"
_TRACE: Final = re.compile(rb'"traceId":"([0-9a-f]{32})"')
_POLICY: Final = re.compile(rb'"tailsampling\.policy","value":\{"stringValue":"([^"]*)"')


def configuration(blocks: Mapping[str, Block], folder: Path, *, routed: bool = False) -> Config:
    """Write a configuration with a pipeline for each block, each to a file of its own."""
    parts: dict[str, dict[str, Config]] = {"processors": {}, "exporters": {}}
    steps = {}
    for name, block in blocks.items():
        held = {"decision_wait": "10m", "num_traces": 1_000_000, **block}
        parts["processors"][f"tail_sampling/{name}"] = held
        parts["exporters"][f"file/{name}"] = {"path": str(folder / f"{name}.json")}
        processors = [f"tail_sampling/{name}"]
        if routed:
            others = [f'attributes["{ROUTE}"] != "{name}"']
            parts["processors"][f"filter/{name}"] = {"traces": {"resource": others}}
            processors.insert(0, f"filter/{name}")
        steps[name] = {"processors": processors, "exporters": [f"file/{name}"]}
    return pipelines(parts, steps, free_ports(1)[0])


def theirs(
    program: Path,
    folder: Path,
    blocks: Mapping[str, Block],
    requests: Iterable[bytes],
    *,
    routed: bool = False,
) -> dict[str, dict[int, str]]:
    """Send requests to a Collector; return, for each block, the traces kept and by what policy."""
    config = configuration(blocks, folder, routed=routed)
    with Collector(program, config, folder, gates=[NAMES_POLICY]) as collector:
        for request in requests:
            collector.post(request)
    return {name: dict(map(_kept, _lines(folder / f"{name}.json"))) for name in blocks}


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def _kept(line: bytes) -> tuple[int, str]:
    trace_id, policy = _TRACE.search(line), _POLICY.search(line)
    # An id that is all zeros is not written.
    return int(trace_id[1], 16) if trace_id else 0, policy[1].decode() if policy else ""


class Trace(NamedTuple):
    """The spans of one trace, in the order in which they came."""

    trace_id: int
    spans: list[tuple[SpanRecord, SpanContext]]


def received(requests: Iterable[bytes]) -> list[Trace]:
    """Read requests as the gateway does, and put the spans of each trace together."""

    def never(refused: SpanRefused) -> None:
        raise refused

    reader = WireReader(never)
    traces: dict[int, Trace] = {}
    for request in requests:
        contexts = [
            SpanContext(span.trace_state, span.flags)
            for batch in ExportTraceServiceRequest.FromString(request).resource_spans
            for scope in batch.scope_spans
            for span in scope.spans
        ]
        for record, context in zip(reader.read(request), contexts, strict=True):
            trace = traces.setdefault(record.trace_id, Trace(record.trace_id, []))
            trace.spans.append((record, context))
    return list(traces.values())


def ours(block: Block, traces: Sequence[Trace]) -> dict[int, Decision]:
    """Decide on traces by the same block."""
    policies = load(block, compat=True)
    decided = {}
    for trace in traces:
        score = policies.score()
        for record, context in trace.spans:
            policies.observe(score, record, None, None, context)
        state = trace.spans[0][1].trace_state
        head = TraceHead(trace.trace_id, trace_state=state, span_count=len(trace.spans))
        decided[trace.trace_id] = policies.decide(score, head, 0, SamplingTrigger.SHUTDOWN)
    return decided
