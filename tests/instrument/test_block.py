"""One block used many times, at once, and by a telling that itself goes wrong."""

import asyncio
import contextvars
import gc
import logging as python_logging
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from opentelemetry import context, trace
from opentelemetry.sdk._logs import LogRecordProcessor, ReadWriteLogRecord
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from otel_agents.instrument import Run, agent, current, tool
from otel_agents.instrument.opened import QUIET_NS
from otel_agents.instrument.tools import OpenTool
from tests.instrument.told import FakeClock, Told, lines


def test_one_block_may_be_used_again_and_inside_itself(told: Told) -> None:
    block = tool("search")
    with block, block:
        pass
    with block:
        pass

    assert told.tree() == lines("""
        execute_tool search status=ok
          execute_tool search status=ok
        execute_tool search status=ok
    """)


def test_threads_that_share_a_block_end_their_own_use(told: Told) -> None:
    block = tool("search")
    barrier = Barrier(4)

    def use(number: int) -> None:
        with agent(f"a{number}"):
            around = context.get_current()
            with block:
                barrier.wait()
                with tool(f"inner-{number}"):
                    barrier.wait()
            assert context.get_current() is around

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, range(4)))

    runs = told.tree().split("invoke_agent ")[1:]
    assert sorted(run.split()[0] for run in runs) == ["a0", "a1", "a2", "a3"]
    for run in runs:
        assert f"execute_tool inner-{run[1]} status=ok" in run
        assert run.count("execute_tool search status=ok") == 1


def test_of_several_uses_that_one_ends_which_is_current_where_it_is_left(told: Told) -> None:
    block = agent("worker")
    first, second = contextvars.Context(), contextvars.Context()
    first.run(block.__enter__)
    second.run(block.__enter__)
    first.run(block.__exit__, None, None, None)

    assert (first.run(current), second.run(current)) == (None, Run(agent="worker"))
    second.run(block.__exit__, None, None, None)
    assert second.run(current) is None
    assert len(told.spans) == 2


def test_tasks_that_share_a_block_keep_their_parents_apart(told: Told) -> None:
    block = agent("worker")

    async def work(number: int) -> None:
        async with block:
            await asyncio.sleep(0)
            with tool(f"t{number}"):
                await asyncio.sleep(0)

    async def main() -> None:
        with agent("boss"):
            await asyncio.gather(*map(work, range(3)))

    asyncio.run(main())

    assert sorted(told.tree().splitlines()) == sorted(
        lines("""
            invoke_agent boss
              invoke_agent worker
                execute_tool t0 status=ok
              invoke_agent worker
                execute_tool t1 status=ok
              invoke_agent worker
                execute_tool t2 status=ok
        """).splitlines()
    )
    parents = {span.name: span.parent.span_id for span in told.spans if span.parent}
    assert len({parents[f"execute_tool t{number}"] for number in range(3)}) == 3


def test_a_task_that_outlives_its_run_keeps_it_as_its_parent(told: Told) -> None:
    async def later(go: asyncio.Event) -> None:
        before = context.get_current()
        await go.wait()
        for name in ("first", "second"):
            with tool(name):
                pass
            assert context.get_current() is before

    async def main() -> None:
        go = asyncio.Event()
        with agent("triage"):
            task = asyncio.create_task(later(go))
            await asyncio.sleep(0)
        go.set()
        await task

    asyncio.run(main())

    assert told.tree() == lines("""
        invoke_agent triage
          execute_tool first status=ok
          execute_tool second status=ok
    """)


def test_a_thread_with_a_copied_context_nests_and_a_bare_one_does_not(told: Told) -> None:
    def work() -> str:
        with tool("search"):
            run = current()
            return run.agent if run else "-"

    with agent("triage"), ThreadPoolExecutor(1) as pool:
        copied = pool.submit(contextvars.copy_context().run, work)
        assert (copied.result(), pool.submit(work).result()) == ("triage", "-")

    assert told.tree() == lines("""
        invoke_agent triage
          execute_tool search status=ok
        execute_tool search status=ok
    """)


def test_a_block_nests_below_spans_of_others_and_theirs_below_it(told: Told) -> None:
    tracer = told.tracing.get_tracer("web")
    span = tracer.start_as_current_span
    with span("GET /"), agent("triage"), span("SELECT"), tool("search"):
        pass

    assert told.tree() == lines("""
        GET /
          invoke_agent triage
            SELECT
              execute_tool search status=ok
    """)


def test_a_block_that_leaks_from_a_plain_generator_restores_what_was_there(told: Told) -> None:
    def leaking() -> Generator[int, None, None]:
        with agent("leaking"):
            yield 1

    before = context.get_current()
    stream = leaking()
    next(stream)
    with agent("consumer"):
        inside = context.get_current()
        stream.close()
        assert context.get_current() is inside

    assert context.get_current() is before
    assert "invoke_agent leaking outcome=cancelled" in told.tree()


def test_a_leaking_generator_that_ends_elsewhere_touches_nothing_there(told: Told) -> None:
    def leaking() -> Generator[int, None, None]:
        with agent("leaking"):
            yield 1

    stream = leaking()
    contextvars.Context().run(next, stream)
    with agent("elsewhere"):
        here = context.get_current()
        stream.close()
        assert context.get_current() is here

    assert told.tree() == lines("""
        invoke_agent leaking outcome=cancelled
        invoke_agent elsewhere
    """)


def test_a_context_that_others_left_behind_inside_is_taken_off(told: Told) -> None:
    before = context.get_current()
    with tool("search"):
        context.attach(context.set_value("left", 1))

    assert context.get_current() is before
    assert told.tree() == "execute_tool search status=ok"


def test_a_provider_that_comes_in_the_middle_is_used_from_then_on(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)

    @tool("search")
    def search() -> None:
        pass

    with agent("before"):
        search()
        monkeypatch.setattr(trace, "_TRACER_PROVIDER", told.tracing)
        search()

    assert told.tree() == "execute_tool search status=ok"


class Broken(SpanProcessor):
    """A processor of the user's that fails."""

    def on_start(self, span: Span, _: context.Context | None = None) -> None:
        if span.name.endswith("start"):
            raise RuntimeError("broken")

    def on_end(self, span: ReadableSpan) -> None:
        if span.name.endswith("end"):
            raise RuntimeError("broken")


@pytest.mark.parametrize("name", ["start", "end"])
def test_a_telling_that_fails_never_reaches_the_application(
    told: Told, clock: FakeClock, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    told.tracing.add_span_processor(Broken())
    for seconds in (0, 1, QUIET_NS / 1e9):
        clock.advance(seconds)
        with tool(name) as call:
            call.status("ok")

    assert [record.levelno for record in caplog.records] == [python_logging.WARNING] * 2


class BrokenLogs(LogRecordProcessor):
    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        raise RuntimeError(log_record)

    def shutdown(self) -> None:
        pass

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return timeout_millis > 0


def test_an_event_that_fails_does_not_keep_its_span_open(
    logging: Told, caplog: pytest.LogCaptureFixture
) -> None:
    logging.logging.add_log_record_processor(BrokenLogs())
    with agent("triage"), pytest.raises(OSError, match=r"^$"), tool("search"):
        raise OSError

    assert logging.tree() == lines("""
        invoke_agent triage
          execute_tool search ERROR error=OSError status=error
    """)
    assert "telling of a block failed" in caplog.text


def test_a_trace_that_is_not_sampled_still_knows_its_run(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told.tracing, "sampler", ALWAYS_OFF)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", told.tracing)
    remote = SpanContext(1, 2, is_remote=True, trace_flags=TraceFlags(0))
    token = context.attach(trace.set_span_in_context(NonRecordingSpan(remote)))
    with agent("triage") as run, tool("search"):
        run.outcome("completed")
        here = current()
    context.detach(token)

    assert here is not None
    assert here.agent == "triage"
    assert told.spans == []


def test_many_uses_at_once_leave_nothing_behind(told: Told) -> None:
    block = tool("search")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(block(lambda number: number), range(200)))

    assert len(told.spans) == 200
    gc.collect()
    assert [
        held for held in gc.get_objects() if isinstance(held, OpenTool) and held.block is block
    ] == []
