"""What the trace buffer costs: taking spans in, deciding, and whether that stays linear.

Run: python -m benchmarks.buffer [spans] [python with logfire]

The peer is logfire's tail sampler, where an interpreter that has it is given: a failed or
slow trace is kept and a tenth of the rest, the same 10-span traces, without sending.
"""

import gc
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import process_time_ns
from typing import Any, NamedTuple

from otel_agents.pipeline.agent_span import AgentSpan, Origin, Role
from otel_agents.pipeline.buffer import Options, TraceBuffer
from otel_agents.pipeline.policies import NonAgent, PolicySet, default, load
from otel_agents.record import Resource, Scope, SpanRecord

SPANS_A_TRACE = 10
CHUNK = 1_000
"""Spans are made so many at a time, outside what is measured."""

SLICE = 256
"""Traces that one tick looks at."""

SPAN_BYTES = 500
SCOPE, RESOURCE, EMPTY = Scope("bench", "1"), Resource({}), {}  # type: ignore[var-annotated]
TENTH: dict[str, object] = {
    "policies": [
        {
            "name": "tenth",
            "type": "probabilistic",
            "probabilistic": {"sampling_percentage": 10},
        }
    ]
}


def for_all() -> PolicySet:
    """Return the default policy, for every trace."""
    return default(non_agent=NonAgent.POLICIES)


class Figures(NamedTuple):
    """What a run took of CPU.

    Attributes:
        offer_us: A span's offer.
        decide_us: A trace's decision, with all that leaving the buffer takes.
        best_offer_us: The same, of the thousand spans that were least disturbed.
        best_decide_us: The same, of the slice that was least disturbed.
        slice_ms: The longest slice of decisions.
        spans: The spans that were held at once.
    """

    offer_us: float
    decide_us: float
    best_offer_us: float
    best_decide_us: float
    slice_ms: float
    spans: int


def traces(count: int, seed: int, *, agents: bool) -> Iterator[tuple[SpanRecord, AgentSpan | None]]:
    """Yield the spans of so many traces of one process, each trace's root last."""
    drawn = random.Random(seed)
    origin = Origin()
    for _ in range(count):
        trace_id = drawn.getrandbits(128)
        ids = [drawn.getrandbits(64) | 1 for _ in range(SPANS_A_TRACE)]
        for place in range(SPANS_A_TRACE - 1, -1, -1):
            parent_id = ids[(place - 1) // 3] if place else 0
            start_ns = 10**18
            span = SpanRecord(
                trace_id,
                ids[place],
                parent_id,
                "span",
                1,
                start_ns,
                start_ns + 5 * 10**6,
                0,
                SCOPE,
                RESOURCE,
                EMPTY.get,
            )
            yield span, _said(span, place, origin) if agents and place < 4 else None


def _said(span: SpanRecord, place: int, origin: Origin) -> AgentSpan:
    said = AgentSpan()
    said.dialect, said.origin, said.kind = "genai", origin, span.kind
    said.role = (Role.AGENT, Role.INFERENCE, Role.TOOL, Role.INFERENCE)[place]
    said.span_id, said.parent_id, said.start_ns = span.span_id, span.parent_id, span.start_ns
    said.duration_ns = 5 * 10**6
    return said


def measure(policies: Callable[[], PolicySet], spans: int, *, agents: bool = False) -> Figures:
    """Hold so many spans at once, then decide on all their traces."""
    options = Options(max_bytes=2**40, max_traces=10**9)
    buffer: TraceBuffer[None] = TraceBuffer(policies(), options)
    now_ns = 0
    offers_ns: list[int] = []
    # A door freezes what it holds and collects in idle slices.
    gc.disable()
    for seed in range(spans // CHUNK):
        made = list(traces(CHUNK // SPANS_A_TRACE, seed, agents=agents))
        offer, started_ns = buffer.offer, process_time_ns()
        for record, said in made:
            now_ns += 100
            offer(None, record, said, None, SPAN_BYTES, now_ns)
        offers_ns.append(process_time_ns() - started_ns)
    held = buffer.statistics()
    slices_ns = list(_slices(buffer, now_ns + 3600 * 10**9))
    gc.enable()
    told = buffer.statistics()
    assert told.undecided == 0
    assert told.accepted == told.dropped + told.released
    return Figures(
        sum(offers_ns) / told.accepted / 1000,
        sum(slices_ns) / held.held_traces / 1000,
        min(offers_ns) / CHUNK / 1000,
        min(slices_ns[:-1]) / SLICE / 1000,
        max(slices_ns) / 10**6,
        held.undecided,
    )


def _slices(buffer: TraceBuffer[None], now_ns: int) -> Iterator[int]:
    while True:
        started_ns = process_time_ns()
        buffer.tick(now_ns, SLICE)
        yield process_time_ns() - started_ns
        if not buffer.behind:
            return


def best(runs: Sequence[Figures]) -> Figures:
    """Return the least of each figure; a shared machine only adds."""
    return Figures(*(min(figures) for figures in zip(*runs, strict=True)))


def costs(spans: int) -> None:
    """Print what taking in and deciding costs, by policy."""
    print(f"{'held at once: ' + format(spans, ','):42}{'offer':>9}{'offers/s':>12}{'decision':>10}")
    rows: tuple[tuple[str, Callable[[], PolicySet], bool], ...] = (
        ("a tenth of all, span heads", lambda: load(TENTH), False),
        ("the default policy, span heads", for_all, False),
        ("the default policy, agents in each trace", default, True),
    )
    for name, policies, agents in rows:
        took = best([measure(policies, spans, agents=agents) for _ in range(5)])
        rate = 10**6 / took.best_offer_us
        print(f"{name:42}{took.best_offer_us:6.2f} µs{rate:12,.0f}{took.best_decide_us:7.2f} µs")


def linearity(most: int) -> None:
    """Print how the cost of a span and of a trace grows with what is held."""
    print(f"\n{'spans held':>12}{'traces':>10}{'offer':>12}{'decision':>12}{'longest slice':>16}")
    sizes = [size for size in (10_000, 100_000, 1_000_000) if size <= most]
    for size in sizes:
        took = best([measure(for_all, size) for _ in range(3)])
        print(
            f"{took.spans:12,}{took.spans // SPANS_A_TRACE:10,}{took.offer_us:9.2f} µs"
            f"{took.decide_us:9.2f} µs{took.slice_ms:13.2f} ms"
        )


def peer() -> None:
    """Print what logfire's tail sampler takes of CPU for a span, in its own interpreter."""
    from logfire.sampling import SamplingOptions  # type: ignore[import-not-found]
    from logfire.sampling._tail_sampling import (  # type: ignore[import-not-found]
        TailSamplingProcessor,
    )
    from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

    made = _sdk_traces(1000)

    class Nowhere(SpanProcessor):
        def on_end(self, span: ReadableSpan) -> None:
            pass

    took = []
    for _ in range(7):
        tail = SamplingOptions.level_or_duration(background_rate=0.1).tail
        processor = TailSamplingProcessor(Nowhere(), tail)
        for first in range(0, len(made), CHUNK // SPANS_A_TRACE):
            chunk = made[first : first + CHUNK // SPANS_A_TRACE]
            started_ns = process_time_ns()
            for spans in chunk:
                for span in spans:
                    processor.on_start(span)
                for span in reversed(spans):
                    processor.on_end(span)
            took.append((process_time_ns() - started_ns) / CHUNK / 1000)
    print(f"{min(took):.2f}")


def _sdk_traces(count: int) -> list[list[Any]]:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import set_span_in_context

    tracer = TracerProvider().get_tracer("bench")
    made: list[list[Any]] = []
    for _ in range(count):
        root = tracer.start_span("root")
        below = set_span_in_context(root)
        made.append([root, *(tracer.start_span("span", below) for _ in range(SPANS_A_TRACE - 1))])
        for span in reversed(made[-1]):
            span.end()
    return made


def beside_peer(python: str) -> None:
    """Print logfire's figure beside ours for the same traces, all costs on a span."""
    ours = best([measure(for_all, 10_000) for _ in range(7)])
    root = Path(__file__).parent.parent
    command = [python, "-m", "benchmarks.buffer", "--peer"]
    theirs = float(subprocess.run(command, cwd=root, check=True, capture_output=True).stdout)
    whole_us = ours.best_offer_us + ours.best_decide_us / SPANS_A_TRACE
    print(f"\na span, taken in and decided: {whole_us:.2f} µs; logfire: {theirs:.2f} µs")


def main(arguments: Sequence[str]) -> None:
    """Print all figures."""
    if arguments[:1] == ["--peer"]:
        peer()
        return
    most = int(arguments[0]) if arguments else 1_000_000
    costs(min(most, 100_000))
    linearity(most)
    if len(arguments) > 1:
        beside_peer(arguments[1])


if __name__ == "__main__":
    main(sys.argv[1:])
