"""The processor in a real SDK: threads, forks, exporters that fail, ends in time."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import SpanContext, TraceFlags

from otel_agents import instrument
from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies import load
from otel_agents.sdk import AgentSpanProcessor, Flush
from otel_agents.sdk.guard import Where
from otel_agents.sdk.processor import MAX_OPEN
from tests.sdk.door import CHAT, Door, Kept, adds_up

ALL = {"policies": [{"name": "everything", "type": "always_sample"}]}
SECOND_NS = 10**9


class RecordOnly(Sampler):
    """Records everything and samples nothing."""

    def should_sample(self, *args: object, **kwargs: object) -> SamplingResult:
        del args, kwargs
        return SamplingResult(Decision.RECORD_ONLY, CHAT)

    def get_description(self) -> str:
        return "RecordOnly"


def end_some(door: Door, count: int, name: str = "s") -> None:
    for number in range(count):
        door.tracer().start_span(f"{name}{number}").end()


def test_spans_that_are_not_sampled_are_counted_and_not_exported() -> None:
    door = Door(sampler=RecordOnly(), policies=load(ALL))

    door.tracer().start_span("chat", attributes=CHAT).end()
    door.tracing.force_flush()

    assert door.exporter.spans == []
    assert door.processor.statistics().accepted == 0
    assert list(door.metrics()["gen_ai.client.inference.usage.input_tokens"].values()) == [1000]


def test_flushing_decides_only_where_the_options_say_so() -> None:
    found = []
    for flush in Flush:
        door = Door(flush=flush)
        door.tracer().start_span("chat", attributes={**CHAT, "error.type": "timeout"}).end()
        root = door.tracer().start_span("root")
        root.end()
        with door.tracer().start_as_current_span("open"):
            door.tracer().start_span("chat", attributes=CHAT).end()
            assert door.tracing.force_flush()
            now = door.processor.statistics()
            found.append((str(flush), now.undecided))
            assert adds_up(now)

    assert found == [("decided", 1), ("decide", 0)]


@pytest.mark.parametrize("exporter", [Kept(fails=True), Kept(error=OSError("gone"))])
def test_an_exporter_that_fails_does_not_harm_the_application(exporter: Kept) -> None:
    door = Door(exporter)

    end_some(door, 10)
    door.tracing.force_flush()

    now = door.processor.statistics()
    assert (now.sent, now.failed) == (0, 10)
    assert adds_up(now)


def test_behind_an_exporter_that_hangs_everything_stays_bounded_and_ends_in_time() -> None:
    exporter = Kept()
    exporter.go.clear()
    door = Door(exporter, shutdown_timeout_ns=SECOND_NS // 5)

    end_some(door, 2000)
    assert not door.tracing.force_flush(100)
    assert adds_up(door.processor.statistics())
    door.tracing.shutdown()

    now = door.processor.statistics()
    assert (now.queued, now.sent, now.failed) == (0, 0, 2000)
    assert adds_up(now)
    exporter.go.set()


def test_spans_that_end_after_shutdown_are_refused() -> None:
    door = Door()
    late = door.tracer().start_span("late")
    end_some(door, 3)

    door.tracing.shutdown()
    late.end()
    door.processor.shutdown()

    now = door.processor.statistics()
    assert (now.accepted, now.sent, now.refused) == (3, 3, 1)
    assert door.exporter.shut == 1


def test_shutdown_is_safe_before_the_first_span() -> None:
    door = Door()

    door.tracing.shutdown()

    assert door.processor.statistics().accepted == 0


def test_what_finds_the_worker_too_far_behind_is_refused() -> None:
    door = Door(max_waiting_spans=5, work_every_ns=3600 * SECOND_NS)

    end_some(door, 8)

    now = door.processor.statistics()
    assert now.accepted + now.refused == 8
    assert now.refused >= 2
    assert adds_up(now)
    door.tracing.shutdown()


def test_nothing_is_raised_into_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door()
    monkeypatch.setattr("otel_agents.sdk.processor.current", None)
    monkeypatch.setattr(door.processor, "_waiting", None)

    end_some(door, 2)

    errors = door.processor._guard.errors()  # noqa: SLF001 its account cannot be drawn up now
    assert errors == {Where.START: 2, Where.END: 2}


def test_spans_with_broken_ids_are_refused_and_the_rest_goes_on() -> None:
    door = Door()
    broken = SpanContext(0, 0, is_remote=False, trace_flags=TraceFlags(1))

    door.processor.on_end(ReadableSpan("broken", broken))
    end_some(door, 1)
    door.tracing.force_flush()

    now = door.processor.statistics()
    assert (now.accepted, now.refused, now.sent) == (1, 1, 1)


def test_many_threads_lose_and_double_nothing() -> None:
    door = Door(policies=load(ALL))
    together = Barrier(8)

    def run(thread: int) -> None:
        together.wait()
        for number in range(200):
            with door.tracer().start_as_current_span(f"r{thread}.{number}"):
                door.tracer().start_span(f"c{thread}.{number}", attributes=CHAT).end()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(run, range(8)))
    door.tracing.shutdown()

    expected = [f"{kind}{t}.{n}" for kind in "rc" for t in range(8) for n in range(200)]
    assert door.exporter.names() == sorted(expected)
    assert adds_up(door.processor.statistics())


def test_each_task_knows_its_own_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(policies=load(ALL))
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", door.tracing)

    async def work(agent: str) -> None:
        with instrument.agent(agent):
            await asyncio.sleep(0)
            span = door.tracer().start_span(f"chat {agent}", attributes=CHAT)
            await asyncio.sleep(0)
            span.end()

    async def all_together() -> None:
        await asyncio.gather(*(work(f"a{number}") for number in range(20)))

    asyncio.run(all_together())
    door.tracing.force_flush()

    said = {
        span.name: (span.attributes or {})["gen_ai.agent.name"]
        for span in door.exporter.spans
        if span.name.startswith("chat")
    }
    assert said == {f"chat a{number}": f"a{number}" for number in range(20)}


def test_spans_that_never_end_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_OPEN == 65_536
    monkeypatch.setattr("otel_agents.sdk.processor.MAX_OPEN", 3)
    door = Door()
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", door.tracing)

    with instrument.agent("support"):
        spans = [door.tracer().start_span("never") for _ in range(10)]

        assert door.processor.statistics().open == 3
    del spans


def test_each_of_several_exporters_gets_every_kept_span() -> None:
    first, second = Kept(), Kept(fails=True)
    processor = AgentSpanProcessor([first, second])
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)

    provider.get_tracer("app").start_span("s").end()
    provider.shutdown()

    now = processor.statistics()
    assert first.names() == ["s"]
    assert [account[:3] for account in now.exporters] == [(0, 1, 0), (0, 0, 1)]
    assert (now.sent, now.failed) == (0, 1)
    assert adds_up(now)


def test_no_exporter_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least one exporter"):
        AgentSpanProcessor([])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_starts_empty_and_works_and_the_parent_goes_on() -> None:
    door = Door(policies=load(ALL), work_every_ns=3600 * SECOND_NS)
    door.tracer().start_span("chat", attributes=CHAT).end()
    door.tracing.force_flush()
    door.tracer().start_span("parents").end()
    read, write = os.pipe()

    child = os.fork()
    if child == 0:
        try:
            empty = door.processor.statistics()[:7]
            door.exporter.spans.clear()
            door.tracer().start_span("childs", attributes=CHAT).end()
            flushed = door.tracing.force_flush(5000)
            seen = sum(door.metrics()["gen_ai.client.inference.usage.input_tokens"].values())
            told = repr((empty, flushed, door.exporter.names(), seen))
            os.write(write, told.encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    door.tracing.shutdown()

    assert said == repr(((0,) * 7, True, ["childs"], 1000))
    assert door.exporter.names() == ["chat", "parents"]
    assert adds_up(door.processor.statistics())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_waits_until_the_worker_is_at_rest() -> None:
    door = Door()
    held, done = Event(), Event()

    def work() -> None:
        with door.processor._lock:  # noqa: SLF001 as the worker does
            held.set()
            done.wait(0.2)
            done.set()

    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(work)
        assert held.wait(5)
        child = os.fork()
        if child == 0:
            os._exit(0 if done.is_set() else 1)
        working.result()

    assert os.waitpid(child, 0)[1] == 0
    assert door.processor.work() is False
