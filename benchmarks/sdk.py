"""What the span processor costs an application, beside the SDK's BatchSpanProcessor.

    python -m benchmarks.sdk [TRACES]

Both sides take the same spans from the same SDK. Each figure is of a process of its own, the
best of some, in microseconds a span: on the application's thread, and CPU of the whole
process until everything is exported. What the SDK takes to make the span is taken off.

The peer is measured with an exporter that does nothing, and with one that encodes to OTLP as
the SDK's own exporters do (opentelemetry-exporter-otlp-proto-common, where it is installed).
"""

import gc
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from time import process_time_ns, thread_time_ns
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from otel_agents import instrument, semconv
from otel_agents.pipeline.policies import load
from otel_agents.sdk import AgentSpanProcessor, Flush, Options

ROUNDS = 3
PLENTY = 1_000_000
ENCODER = "opentelemetry.exporter.otlp.proto.common"

ALL: dict[str, object] = {"policies": [{"name": "all", "type": "always_sample"}]}
NONE: dict[str, object] = {
    "policies": [
        {"name": "none", "type": "probabilistic", "probabilistic": {"sampling_percentage": 0}}
    ]
}
BLOCKS: dict[str, dict[str, object]] = {"all": ALL, "none": NONE}
WHOLE: dict[str, Any] = {
    semconv.GEN_AI_OPERATION_NAME: "chat",
    semconv.GEN_AI_PROVIDER_NAME: "openai",
    semconv.GEN_AI_REQUEST_MODEL: "gpt-4o",
    semconv.GEN_AI_RESPONSE_MODEL: "gpt-4o-2024-08-06",
    semconv.GEN_AI_RESPONSE_ID: "chatcmpl-1",
    semconv.GEN_AI_RESPONSE_FINISH_REASONS: ["stop"],
    semconv.GEN_AI_USAGE_INPUT_TOKENS: 1200,
    semconv.GEN_AI_USAGE_OUTPUT_TOKENS: 150,
    semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: 800,
    semconv.GEN_AI_OUTPUT_TYPE: "text",
    semconv.SERVER_ADDRESS: "api.openai.com",
}
WEB: dict[str, Any] = {
    "http.request.method": "GET",
    "http.route": "/orders/{id}",
    "http.response.status_code": 200,
    "url.path": "/orders/7",
    "url.scheme": "https",
    "server.address": "shop.example.org",
    "network.protocol.version": "1.1",
    "user_agent.original": "curl/8",
}


class Nowhere(SpanExporter):
    """Exports nothing, or the encoded bytes of it."""

    def __init__(self, encode: Callable[[Sequence[ReadableSpan]], Any] | None) -> None:
        """Take an encoder, None for none."""
        self._encode = encode
        self.spans = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Count the spans."""
        self.spans += len(spans)
        if self._encode is not None:
            self._encode(spans).SerializeToString()
        return SpanExportResult.SUCCESS


def encoder() -> Callable[[Sequence[ReadableSpan]], Any]:
    """Return what the SDK's own exporters encode with."""
    from importlib import import_module

    encode: Callable[[Sequence[ReadableSpan]], Any] = import_module(
        f"{ENCODER}.trace_encoder"
    ).encode_spans
    return encode


def agents(traces: int) -> int:
    """Run agents: two model calls and a tool a run, told by other instrumentations."""
    tracer = trace.get_tracer("opentelemetry.instrumentation.genai.openai")
    tool = {semconv.GEN_AI_OPERATION_NAME: "execute_tool", semconv.GEN_AI_TOOL_NAME: "search"}
    for number in range(traces):
        with instrument.agent("support", group="desk", conversation=f"c{number}"):
            tracer.start_span("chat gpt-4o", attributes=WHOLE).end()
            tracer.start_span("execute_tool search", attributes=tool).end()
            tracer.start_span("chat gpt-4o", attributes=WHOLE).end()
    return 4 * traces


def web(traces: int) -> int:
    """Serve requests that have nothing to do with agents."""
    tracer = trace.get_tracer("opentelemetry.instrumentation.wsgi")
    for _ in range(traces):
        with tracer.start_as_current_span("GET /orders/{id}", attributes=WEB):
            for _ in range(3):
                tracer.start_span("SELECT", attributes=WEB).end()
    return 4 * traces


LOADS = {"agents": agents, "web": web}


def made(kind: str, exporter: SpanExporter) -> SpanProcessor | None:
    """Return a processor by its kind: `none`, `batch`, or `ours` with its policies."""
    if kind == "none":
        return None
    if kind == "batch":
        return BatchSpanProcessor(exporter, max_queue_size=PLENTY)
    policies = BLOCKS.get(kind.removeprefix("ours-"))
    options = Options(
        policies=load(policies) if policies else None, flush=Flush.DECIDE, max_waiting_spans=PLENTY
    )
    metering = MeterProvider([InMemoryMetricReader()], shutdown_on_exit=False)
    return AgentSpanProcessor(exporter, options, meter_provider=metering)


def measure(kind: str, encodes: bool, load_of: str, traces: int) -> tuple[float, float, int]:  # noqa: FBT001 a word of the command line
    """Return microseconds a span: of the application's thread, and of the process."""
    exporter = Nowhere(encoder() if encodes else None)
    provider = TracerProvider(shutdown_on_exit=False)
    processor = made(kind, exporter)
    if processor is not None:
        provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    LOADS[load_of](200)
    provider.force_flush()
    exporter.spans = 0
    gc.collect()
    thread_ns, process_ns = thread_time_ns(), process_time_ns()
    spans = LOADS[load_of](traces)
    thread_ns = thread_time_ns() - thread_ns
    provider.force_flush()
    process_ns = process_time_ns() - process_ns
    provider.shutdown()
    return thread_ns / spans / 1000, process_ns / spans / 1000, exporter.spans


def best(kind: str, load_of: str, traces: int, *, encodes: bool = False) -> tuple[float, ...]:
    """Measure in processes of their own; a shared machine only adds."""
    command = [sys.executable, "-m", "benchmarks.sdk", "--measure", kind, str(int(encodes))]
    found = [
        json.loads(subprocess.check_output([*command, load_of, str(traces)])) for _ in range(ROUNDS)
    ]
    return tuple(min(column) for column in zip(*found, strict=True))


def main(traces: int) -> None:
    """Print what each processor adds to a span of the bare SDK."""
    rows = [
        ("BatchSpanProcessor", "batch"),
        ("AgentSpanProcessor, default", "ours"),
        ("AgentSpanProcessor, keeps all", "ours-all"),
        ("AgentSpanProcessor, keeps none", "ours-none"),
    ]
    if find_spec("opentelemetry.exporter") is None:
        print(f"{ENCODER} is not installed: nothing is encoded")
    for load_of in LOADS:
        bare = best("none", load_of, traces)
        print(f"{load_of}: the bare SDK {bare[0]:.1f} µs a span; on top of that, µs a span")
        print(f"  {'':38} {'thread':>7} {'CPU':>7}  exported")
        for encodes in (False, True) if find_spec("opentelemetry.exporter") else (False,):
            for name, kind in rows:
                thread, process, exported = best(kind, load_of, traces, encodes=encodes)
                label = f"{name}{' + OTLP' if encodes else ''}"
                share = exported / (4 * traces)
                print(f"  {label:38} {thread - bare[0]:7.1f} {process - bare[1]:7.1f}  {share:.0%}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], sys.argv[3] == "1", sys.argv[4], int(sys.argv[5]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
