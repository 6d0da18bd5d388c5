"""What a model call costs to measure, beside the OpenTelemetry SDK for the same measurements.

    python -m benchmarks.metrics [CALLS]

Both sides take the same calls: six pairs of agent and model, each call with all the
measurements that the pipeline makes of it. The SDK's side is given its attributes ready made
for each call, and does nothing but `Counter.add`, `Histogram.record` and `Gauge.set`.
"""

import gc
import sys
import time
from collections.abc import Callable
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan, Origin, Role
from otel_agents.pipeline.counted import ModelCall, Owner
from otel_agents.pipeline.metrics import Metrics
from otel_agents.pipeline.series import Series

NOW_NS = 1_790_000_000_000_000_000
MODELS = (("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("anthropic", "claude-sonnet-4-5"))
AGENTS = ("triage", "refunds")
ROUNDS = 5
IN_CACHE = 200


def model_calls(number: int) -> list[ModelCall]:
    """Make up calls, no two alike in their figures."""
    origin = Origin(environment="prod", service="support", group="support")
    calls = []
    for i in range(number):
        span = AgentSpan()
        span.dialect, span.role, span.origin = "otel-genai", Role.INFERENCE, origin
        span.span_id, span.parent_id, span.kind = i + 1, 1, 3
        span.provider, span.request_model = MODELS[i % len(MODELS)]
        span.start_ns = NOW_NS - 5_000_000_000 + i
        span.duration_ns = 200_000_000 + i * 7_919 % 30_000_000_000
        span.input_tokens, span.output_tokens = 1_000 + i % 977, 100 + i % 89
        span.cache_read_input_tokens = 500
        span.time_to_first_chunk_s = 0.4
        span.context_limit_tokens = 128_000
        owner = Owner(agent=AGENTS[i % len(AGENTS)], group="support", conversation=str(i))
        calls.append(
            ModelCall(span, owner, 1, decided=True, usage=span.usage, rate=None, cost_usd=0.003)
        )
    return calls


def sdk_calls(calls: list[ModelCall]) -> list[list[tuple[Callable[..., Any], float, Any]]]:
    """Prepare the same measurements for the SDK's own instruments."""
    meter = MeterProvider(metric_readers=[InMemoryMetricReader()]).get_meter("benchmark")
    take: dict[str, Callable[..., Any]] = {}
    for instrument in semconv.INSTRUMENTS:
        name, unit = instrument.name, instrument.unit
        if instrument.kind == "counter":
            take[name] = meter.create_counter(name, unit).add
        elif instrument.kind == "histogram":
            bounds = list(instrument.buckets)
            take[name] = meter.create_histogram(
                name, unit, explicit_bucket_boundaries_advisory=bounds
            ).record
        else:
            take[name] = meter.create_gauge(name, unit).set
    metrics = Metrics(Series())
    prepared = []
    for call in calls:
        measured = []
        for instrument, labels, value in metrics.measure(call, NOW_NS):
            keys = (*semconv.IDENTITY[instrument.scope], *instrument.labels)
            measured.append((take[instrument.name], value, dict(zip(keys, labels, strict=True))))
        prepared.append(measured)
    return prepared


def timed_us(run: Callable[[], None], number: int) -> float:
    """Return the best of some rounds, per call, in this process's own time."""
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        gc.disable()
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
        gc.enable()
    return best / number * 1e6


def main() -> None:
    """Print both figures."""
    times = max(1, (int(sys.argv[1]) if len(sys.argv) > 1 else 20_000) // IN_CACHE)
    number = times * IN_CACHE
    # In the pipeline a call is measured right after it was made, while the cache holds it.
    calls = model_calls(IN_CACHE)
    series = Series()
    metrics = Metrics(series)
    prepared = sdk_calls(calls)
    each = sum(map(len, prepared)) / len(calls)

    def ours() -> None:
        for _ in range(times):
            for call in calls:
                metrics.add(call, NOW_NS)

    def theirs() -> None:
        for _ in range(times):
            for measured in prepared:
                for take, value, attributes in measured:
                    take(value, attributes)

    ours_us, sdk_us = timed_us(ours, number), timed_us(theirs, number)
    held = series.statistics(NOW_NS).series
    print(f"{number} model calls, {each:.0f} measurements each, {held} series, best of {ROUNDS}")
    print(f"  this package        {ours_us:7.2f} us a call  {ours_us / each:6.3f} a measurement")
    print(f"  OpenTelemetry SDK   {sdk_us:7.2f} us a call  {sdk_us / each:6.3f} a measurement")
    print(f"  {sdk_us / ours_us:.0f} times as fast")


if __name__ == "__main__":
    main()
