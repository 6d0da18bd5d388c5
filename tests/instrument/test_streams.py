"""Streams: what is current inside stays inside, and however they end, their block ends."""

import asyncio
import contextlib
import contextvars
import gc
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator
from threading import Thread

import pytest
from opentelemetry import context

from otel_agents.instrument import agent, current, tool
from tests.instrument.told import Told, lines


@agent("stream")
def numbers() -> Generator[int, str | None, str]:
    """Yield two numbers with a tool call around each `yield`; answer an error with -1."""
    said: str | None = None
    for number in (1, 2):
        with tool(f"step-{number}"):
            try:
                said = yield number
            except ValueError:
                said = yield -1
    return f"said {said}"


@agent("stream")
async def numbers_later() -> AsyncGenerator[int, str | None]:
    for number in (1, 2):
        with tool(f"step-{number}"):
            await asyncio.sleep(0)
            try:
                yield number
            except ValueError:
                yield -1


def here() -> str:
    run = current()
    return run.agent if run else "-"


WHOLE = lines("""
    invoke_agent stream
      execute_tool step-1 status=ok
      execute_tool step-2 status=ok
""")
LEFT = lines("""
    invoke_agent stream outcome=cancelled
      execute_tool step-1 status=cancelled
""")


def test_a_consumer_never_sees_what_is_current_inside_a_stream(told: Told) -> None:
    with agent("consumer"):
        assert [(number, here()) for number in numbers()] == [(1, "consumer"), (2, "consumer")]
    assert here() == "-"

    assert told.tree() == "invoke_agent consumer\n" + "\n".join(
        f"  {line}" for line in WHOLE.splitlines()
    )


def test_a_consumer_never_sees_what_is_current_inside_an_async_stream(told: Told) -> None:
    async def main() -> list[tuple[int, str]]:
        with agent("consumer"):
            return [(number, here()) async for number in numbers_later()]

    assert asyncio.run(main()) == [(1, "consumer"), (2, "consumer")]
    assert told.tree().count("\n") == 3


def test_what_a_stream_left_open_at_an_item_is_current_again_when_it_goes_on(told: Told) -> None:
    @agent("stream")
    def stream() -> Generator[int, None, None]:
        with tool("outer"):
            yield 1
            with tool("inner"):
                yield 2

    assert list(stream()) == [1, 2]
    assert told.tree() == lines("""
        invoke_agent stream
          execute_tool outer status=ok
            execute_tool inner status=ok
    """)


def test_two_streams_in_turn_keep_to_their_own(told: Told) -> None:
    assert [(a, b, here()) for a, b in zip(numbers(), numbers(), strict=True)] == [
        (1, 1, "-"),
        (2, 2, "-"),
    ]
    first, *_, second = [span for span in told.spans if span.name == "invoke_agent stream"]
    steps = [span for span in told.spans if span.name.startswith("execute_tool")]

    assert first.context.trace_id != second.context.trace_id
    for run in (first, second):
        below = [s.name for s in steps if s.parent and s.parent.span_id == run.context.span_id]
        assert below == ["execute_tool step-1", "execute_tool step-2"]


def closed(stream: Generator[int, str | None, str]) -> None:
    assert next(stream) == 1
    stream.close()


def dropped(stream: Generator[int, str | None, str]) -> None:
    assert next(stream) == 1
    del stream
    gc.collect()


def broken_out_of(stream: Generator[int, str | None, str]) -> None:
    for _ in stream:
        break


@pytest.mark.parametrize("leave", [closed, dropped, broken_out_of])
def test_a_stream_that_is_left_ends_its_block_and_is_no_failure(
    told: Told, leave: Callable[[Generator[int, str | None, str]], None]
) -> None:
    with agent("consumer"):
        leave(numbers())
        gc.collect()
        assert here() == "consumer"
        ended = [span.name for span in told.spans]

    assert ended == ["execute_tool step-1", "invoke_agent stream"]
    assert LEFT.splitlines()[1].strip() in told.tree()
    assert "outcome=cancelled" in told.tree()
    assert "ERROR" not in told.tree()


async def async_closed(stream: AsyncGenerator[int, str | None]) -> None:
    assert await anext(stream) == 1
    await stream.aclose()


async def async_dropped(stream: AsyncGenerator[int, str | None]) -> None:
    assert await anext(stream) == 1
    del stream
    gc.collect()


async def async_broken_out_of(stream: AsyncGenerator[int, str | None]) -> None:
    async for _ in stream:
        break


@pytest.mark.parametrize("leave", [async_closed, async_dropped, async_broken_out_of])
def test_an_async_stream_that_is_left_ends_its_block_and_is_no_failure(
    told: Told, leave: Callable[[AsyncGenerator[int, str | None]], Awaitable[None]]
) -> None:
    async def main() -> list[str]:
        with agent("consumer"):
            await leave(numbers_later())
            gc.collect()
            for _ in range(5):
                await asyncio.sleep(0)
            assert here() == "consumer"
            return [span.name for span in told.spans]

    assert asyncio.run(main()) == ["execute_tool step-1", "invoke_agent stream"]
    assert "ERROR" not in told.tree()


def test_an_async_stream_whose_loop_ends_first_still_ends_its_block(told: Told) -> None:
    async def main() -> AsyncIterator[int]:
        stream = numbers_later()
        await anext(stream)
        return stream

    stream = asyncio.run(main())

    assert told.tree() == LEFT
    del stream


def test_a_cancelled_task_is_told_on_the_stream_that_it_waited_for(told: Told) -> None:
    @agent("stream")
    async def endless() -> AsyncIterator[int]:
        yield 1
        await asyncio.Event().wait()

    async def consume() -> None:
        async for _ in endless():
            pass

    async def main() -> None:
        task = asyncio.create_task(consume())
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())

    assert told.tree() == (
        "invoke_agent stream ERROR error=asyncio.exceptions.CancelledError outcome=cancelled"
    )


@pytest.mark.parametrize("traced", [True, False])
def test_what_is_sent_thrown_and_returned_goes_through(
    request: pytest.FixtureRequest, traced: bool
) -> None:
    if traced:
        request.getfixturevalue("told")
    stream = numbers()
    seen = [next(stream), stream.throw(ValueError("x")), stream.send("a")]
    with pytest.raises(StopIteration) as stop:
        stream.send("b")

    assert (seen, stop.value.value) == ([1, -1, 2], "said b")


@pytest.mark.parametrize("traced", [True, False])
def test_what_is_sent_to_and_thrown_into_an_async_stream_goes_through(
    request: pytest.FixtureRequest, traced: bool
) -> None:
    if traced:
        request.getfixturevalue("told")

    async def main() -> list[int]:
        stream = numbers_later()
        seen = [await anext(stream), await stream.athrow(ValueError("x")), await stream.asend("a")]
        with pytest.raises(StopAsyncIteration):
            await stream.asend("b")
        return seen

    assert asyncio.run(main()) == [1, -1, 2]


def test_a_thrown_error_that_nobody_catches_ends_the_block_with_it(told: Told) -> None:
    stream = numbers()
    next(stream)
    error = KeyError("x")
    with pytest.raises(KeyError) as raised:
        stream.throw(error)

    assert raised.value is error
    assert told.tree() == lines("""
        invoke_agent stream ERROR error=KeyError outcome=failed
          execute_tool step-1 ERROR error=KeyError status=error
    """)


def test_an_error_while_a_closed_stream_cleans_up_is_the_one_that_counts(told: Told) -> None:
    @agent("stream")
    def stream() -> Generator[int, None, None]:
        try:
            yield 1
        finally:
            raise OSError

    running = stream()
    next(running)
    with pytest.raises(OSError, match=r"^$"):
        running.close()

    assert told.tree() == "invoke_agent stream ERROR error=OSError outcome=failed"


def test_a_stream_that_is_never_begun_tells_nothing(told: Told) -> None:
    stream = numbers()
    del stream

    assert told.spans == []


def test_wrong_arguments_end_the_block_with_their_error(told: Told) -> None:
    with pytest.raises(TypeError):
        next(numbers(1))  # type: ignore[call-arg]

    assert told.tree() == "invoke_agent stream ERROR error=TypeError outcome=failed"


def test_a_stream_may_be_carried_from_thread_to_thread(told: Told) -> None:
    stream = numbers()
    seen = [next(stream)]
    for _ in range(2):
        thread = Thread(target=lambda: seen.append(next(stream, 0)))
        thread.start()
        thread.join()

    assert (seen, here()) == ([1, 2, 0], "-")
    assert told.tree() == WHOLE


def test_an_async_stream_may_be_carried_from_task_to_task(told: Told) -> None:
    async def main() -> list[int]:
        stream = numbers_later()
        seen = [await asyncio.create_task(step(stream)) for _ in range(2)]
        return [*seen, await asyncio.create_task(step(stream))]

    async def step(stream: AsyncGenerator[int, str | None]) -> int:
        return await anext(stream, 0)

    assert asyncio.run(main()) == [1, 2, 0]
    assert told.tree() == WHOLE


def test_a_step_that_is_thrown_away_half_done_touches_no_other_context(told: Told) -> None:
    @agent("stream")
    async def stream() -> AsyncGenerator[int, None]:
        await asyncio.Event().wait()
        yield 1

    async def main() -> None:
        step = stream().__anext__()
        contextvars.copy_context().run(step.send, None)
        with agent("elsewhere"):
            before = context.get_current()
            with pytest.raises(GeneratorExit):
                step.throw(GeneratorExit)
            assert context.get_current() is before

    asyncio.run(main())

    assert told.tree() == lines("""
        invoke_agent stream outcome=cancelled
        invoke_agent elsewhere
    """)


class Odd(Exception):
    """An exception that can be watched."""


def test_an_exception_that_passed_through_a_stream_is_no_garbage(told: Told) -> None:
    stream, error = numbers(), Odd()
    next(stream)
    watched = weakref.ref(error)
    gc.disable()
    try:
        with contextlib.suppress(Odd):
            stream.throw(error)
        del error
        assert watched() is None
    finally:
        gc.enable()
    assert len(told.spans) == 2


@pytest.mark.parametrize("traced", [True, False])
def test_an_exception_that_passed_through_an_async_stream_is_no_garbage(
    request: pytest.FixtureRequest, traced: bool
) -> None:
    if traced:
        request.getfixturevalue("told")
    errors = [Odd()]
    watched = weakref.ref(errors[0])

    @agent("stream")
    async def stream() -> AsyncGenerator[int, None]:
        yield 1

    async def throw() -> None:
        running = stream()
        await anext(running)
        with contextlib.suppress(Odd):
            await running.athrow(errors.pop())

    gc.disable()
    try:
        with contextlib.suppress(StopIteration):
            throw().send(None)
        assert watched() is None
    finally:
        gc.enable()
