"""Every block, around a piece of code and around functions of every kind."""

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from otel_agents.instrument import (
    agent,
    current,
    decision,
    escalate,
    handoff,
    model_call,
    tool,
)
from otel_agents.instrument.block import Block
from tests.instrument.told import Told, lines

BLOCKS: dict[str, Callable[[], Block[Any]]] = {
    "invoke_agent triage": lambda: agent("triage"),
    "execute_tool search": lambda: tool("search"),
    "decision route": lambda: decision("route"),
    "handoff billing": lambda: handoff("billing"),
    "escalation unsure": lambda: escalate("unsure"),
    "chat gpt-5": lambda: model_call("openai", "gpt-5"),
}
OPENINGS = ("invoke_agent", "execute_tool", "decision", "handoff", "escalation", "chat")


def leaf() -> str:
    """Tell of something inside the block that is tried."""
    with tool("leaf"):
        return "done"


def with_block(make: Callable[[], Block[Any]]) -> object:
    with make():
        return leaf()


def with_async_block(make: Callable[[], Block[Any]]) -> object:
    async def main() -> str:
        async with make():
            await asyncio.sleep(0)
            return leaf()

    return asyncio.run(main())


def decorated(make: Callable[[], Block[Any]]) -> object:
    return make()(leaf)()


def decorated_async(make: Callable[[], Block[Any]]) -> object:
    @make()
    async def function() -> str:
        await asyncio.sleep(0)
        return leaf()

    assert inspect.iscoroutinefunction(function)
    return asyncio.run(function())


def decorated_generator(make: Callable[[], Block[Any]]) -> object:
    @make()
    def stream() -> Iterator[str]:
        yield leaf()

    assert inspect.isgeneratorfunction(stream)
    return "".join(stream())


def decorated_async_generator(make: Callable[[], Block[Any]]) -> object:
    @make()
    async def stream() -> AsyncIterator[str]:
        await asyncio.sleep(0)
        yield leaf()

    async def main() -> str:
        return "".join([item async for item in stream()])

    assert inspect.isasyncgenfunction(stream)
    return asyncio.run(main())


WAYS = [
    with_block,
    with_async_block,
    decorated,
    decorated_async,
    decorated_generator,
    decorated_async_generator,
]


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("way", WAYS)
def test_what_happens_inside_a_block_nests_below_its_span(
    told: Told, way: Callable[[Callable[[], Block[Any]]], object], name: str
) -> None:
    assert way(BLOCKS[name]) == "done"

    top, below = told.tree().splitlines()
    assert top.startswith(name)
    assert below == "  execute_tool leaf status=ok"


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("way", WAYS)
def test_without_an_sdk_a_block_lets_everything_pass(
    way: Callable[[Callable[[], Block[Any]]], object], name: str
) -> None:
    assert way(BLOCKS[name]) == "done"


ENDS: dict[str, tuple[Callable[[], BaseException], str]] = {
    "an error": (lambda: ValueError("no"), "ERROR error=ValueError outcome=failed"),
    "a timeout": (lambda: TimeoutError("late"), "ERROR error=TimeoutError outcome=timed_out"),
    "a cancellation": (
        asyncio.CancelledError,
        "ERROR error=asyncio.exceptions.CancelledError outcome=cancelled",
    ),
    "the keyboard": (KeyboardInterrupt, "ERROR error=KeyboardInterrupt outcome=cancelled"),
    "an exit": (lambda: SystemExit(0), "ERROR error=SystemExit outcome=cancelled"),
    "a closed stream": (GeneratorExit, "outcome=cancelled"),
}


def raise_in_block(error: BaseException) -> None:
    with agent("triage"):
        raise error


def raise_in_function(error: BaseException) -> None:
    @agent("triage")
    def run() -> None:
        raise error

    run()


def raise_in_generator(error: BaseException) -> None:
    @agent("triage")
    def stream() -> Iterator[int]:
        yield 1
        raise error

    for _ in stream():
        pass


def step(coroutine: Any) -> None:  # noqa: ANN401 a coroutine of any kind
    """Run a coroutine that waits for nothing, without a loop that would catch an exit."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


def raise_in_coroutine(error: BaseException) -> None:
    @agent("triage")
    async def run() -> None:
        raise error

    step(run())


def raise_in_async_generator(error: BaseException) -> None:
    @agent("triage")
    async def stream() -> AsyncIterator[int]:
        yield 1
        raise error

    async def main() -> None:
        async for _ in stream():
            pass

    step(main())


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    "way",
    [
        raise_in_block,
        raise_in_function,
        raise_in_generator,
        raise_in_coroutine,
        raise_in_async_generator,
    ],
)
def test_an_exception_passes_unchanged_and_is_told_on_the_run(
    told: Told, way: Callable[[BaseException], None], end: str
) -> None:
    make, expected = ENDS[end]
    error = make()
    with pytest.raises(type(error)) as raised:
        way(error)

    assert raised.value is error
    assert told.tree() == f"invoke_agent triage {expected}"


def test_a_decorated_function_keeps_its_name_its_signature_and_its_text() -> None:
    @tool("search")
    def search(query: str, limit: int = 3) -> list[str]:
        """Find what fits."""
        return [query] * limit

    assert (search.__name__, search.__doc__) == ("search", "Find what fits.")
    assert list(inspect.signature(search).parameters) == ["query", "limit"]
    assert search("a", limit=2) == ["a", "a"]


def test_methods_of_every_kind_are_decorated(told: Told) -> None:
    class Desk:
        @tool("method")
        def method(self) -> type:
            return type(self)

        @classmethod
        @tool("classmethod")
        def of_class(cls) -> type:
            return cls

        @staticmethod
        @tool("staticmethod")
        def of_none() -> type:
            return Desk

    assert [Desk().method(), Desk.of_class(), Desk.of_none()] == [Desk] * 3
    assert told.tree() == lines("""
        execute_tool method status=ok
        execute_tool classmethod status=ok
        execute_tool staticmethod status=ok
    """)


def test_partial_functions_and_callable_objects_are_what_they_call(told: Told) -> None:
    class Search:
        async def __call__(self, query: str) -> str:
            await asyncio.sleep(0)
            return query

    async def find(query: str, _: int) -> str:
        await asyncio.sleep(0)
        return query

    for function in (Search(), functools.partial(find, _=1)):
        wrapped = tool("search")(function)
        assert asyncio.run(wrapped("a")) == "a"
    assert told.tree() == "\n".join(["execute_tool search status=ok"] * 2)


class Class:
    pass


def of_class(_: type[Class]) -> None:
    pass


@pytest.mark.parametrize("given", [Class, staticmethod(leaf), classmethod(of_class), "leaf", None])
def test_what_is_no_function_is_refused_at_once(given: Any) -> None:  # noqa: ANN401 the test
    with pytest.raises(TypeError, match=r"search: got .*, expected a function"):
        tool("search")(given)


def test_a_recursive_function_nests_and_finds_its_way_back(told: Told) -> None:
    @agent("triage")
    def run(depth: int) -> list[bool]:
        here = current()
        assert here is not None
        return [here.nested, *(run(depth - 1) if depth else [])]

    assert run(2) == [False, True, True]
    assert told.tree() == lines("""
        invoke_agent triage
          invoke_agent triage
            invoke_agent triage
    """)
    assert current() is None
