"""What telling costs, where nobody is told and with the SDK, beside OpenTelemetry's own API.

Run: python -m benchmarks.instrument [uses]
"""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from time import process_time_ns
from typing import TypeAlias

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from otel_agents.instrument import (
    Limits,
    agent,
    context_window,
    decision,
    model_call,
    outcome,
    queue_depth,
    state_diverged,
    tool,
)

MAX_IDLE_US = 1.0
"""What a use may cost where nobody is told."""

MAX_IDLE_ASYNC_STREAM_US = 2.5
"""The same for an asynchronous stream, whose items Python passes on only one by one."""

Work: TypeAlias = Callable[[], object]


def run() -> None:
    """Tell of a run, as an application does."""
    with agent("support", group="desk", conversation="c1"):
        pass


def limited_run() -> None:
    """Tell of a run that has limits."""
    with agent("support", group="desk", limits=Limits(tokens=10_000)):
        pass


def tool_call() -> None:
    """Tell of a tool call."""
    with tool("search", effect="read"):
        pass


@tool("search", effect="read")
def decorated() -> None:
    """Tell of a tool call by a decorator."""


@tool("search", effect="read")
def stream() -> Iterator[int]:
    """Tell of a stream."""
    yield 1


def plain_stream() -> Iterator[int]:
    """Yield without telling."""
    yield 1


@tool("search", effect="read")
async def later() -> AsyncIterator[int]:
    """Tell of an asynchronous stream."""
    yield 1


async def plain_later() -> AsyncIterator[int]:
    """Yield later without telling."""
    yield 1


def exhaust(stream: AsyncIterator[int]) -> None:
    """Take all items of an asynchronous stream that waits for nothing."""
    try:
        while True:
            with suppress(StopIteration):
                stream.__anext__().__await__().__next__()
    except StopAsyncIteration:
        pass


def call() -> None:
    """Tell of a model call with its usage."""
    with model_call("openai", "gpt-5") as asked:
        asked.usage(input_tokens=10, output_tokens=2)


def decide() -> None:
    """Tell of a decision."""
    with decision("route"):
        pass


OURS: dict[str, Work] = {
    "with agent(…)": run,
    "with tool(…)": tool_call,
    "with decision(…)": decide,
    "with model_call(…), usage": call,
    "@tool, a call": decorated,
    "outcome": lambda: outcome("completed"),
    "context_window": lambda: context_window(1, 2),
    "state_diverged": lambda: state_diverged("memory"),
    "queue_depth": lambda: queue_depth(1),
}
ASYNC_STREAM = "@tool, an async stream of one"
STREAMS: dict[str, tuple[Work, Work]] = {
    "@tool, a stream of one item": (lambda: list(stream()), lambda: list(plain_stream())),
    ASYNC_STREAM: (lambda: exhaust(later()), lambda: exhaust(plain_later())),
}
"""Streams, each beside the same one without telling, whose cost is taken off."""


def opentelemetry_span() -> None:
    """Open a span by OpenTelemetry's API, as its documents show."""
    tracer = trace.get_tracer("benchmarks.instrument")
    with tracer.start_as_current_span("invoke_agent support", attributes={"a": "b", "c": "d"}):
        pass


def kept_tracer(tracer: trace.Tracer) -> Work:
    """Do the same with a tracer that the caller keeps."""

    def span() -> None:
        with tracer.start_as_current_span("invoke_agent support", attributes={"a": "b", "c": "d"}):
            pass

    return span


def per_use_us(uses: int, work: Work) -> float:
    """Time a use in CPU, the best of seven rounds; a shared machine only ever adds."""
    best = min(_round_ns(uses, work) for _ in range(7))
    return best / uses / 1000


def _round_ns(uses: int, work: Work) -> int:
    started = process_time_ns()
    for _ in range(uses):
        work()
    return process_time_ns() - started


def measured(uses: int) -> dict[str, float]:
    """Time every use, and what telling adds to a stream."""
    figures = {name: per_use_us(uses, work) for name, work in OURS.items()}
    for name, (work, plain) in STREAMS.items():
        figures[name] = per_use_us(uses, work) - per_use_us(uses, plain)
    return figures


def import_ms() -> float:
    """Time the import of this room over that of the API that it stands on."""
    code = (
        "import opentelemetry.trace, opentelemetry.baggage, opentelemetry._logs; import time;"
        " t = time.process_time(); import otel_agents.instrument;"
        " print((time.process_time() - t) * 1e3)"
    )
    command = [sys.executable, "-c", code]
    return min(
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    )


def main(uses: int) -> None:
    """Measure both ways, print the figures, and fail where idle telling costs too much."""
    idle = measured(uses)
    idle_api = per_use_us(uses, opentelemetry_span)
    idle_kept = per_use_us(uses, kept_tracer(trace.get_tracer("benchmarks.instrument")))
    trace.set_tracer_provider(TracerProvider(shutdown_on_exit=False))
    told = measured(uses // 10)
    told_api = per_use_us(uses // 10, opentelemetry_span)
    told_kept = per_use_us(uses // 10, kept_tracer(trace.get_tracer("benchmarks.instrument")))
    print(f"{'µs of CPU a use':36}{'nobody told':>12}{'SDK, no exporter':>18}")
    for name in idle:
        print(f"{name:36}{idle[name]:>12.2f}{told[name]:>18.1f}")
    print(f"{'run with limits':36}{'':>12}{per_use_us(uses // 10, limited_run):>18.1f}")
    print(f"{'get_tracer + start_as_current_span':36}{idle_api:>12.2f}{told_api:>18.1f}")
    print(f"{'start_as_current_span':36}{idle_kept:>12.2f}{told_kept:>18.1f}")
    print(f"{'import, ms over the API':36}{import_ms():>12.1f}")
    allowed = dict.fromkeys(idle, MAX_IDLE_US) | {ASYNC_STREAM: MAX_IDLE_ASYNC_STREAM_US}
    slow = {name: us for name, us in idle.items() if us >= allowed[name]}
    assert not slow, f"costs too much where nobody is told: {slow}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
