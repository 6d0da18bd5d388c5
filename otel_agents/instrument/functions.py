"""Decorating: functions, coroutines and streams, each as what it was."""

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from otel_agents.instrument.providers import tracer
from otel_agents.instrument.streams import async_generator, generator

if TYPE_CHECKING:
    from otel_agents.instrument.block import Block

Function = TypeVar("Function", bound=Callable[..., Any])


def wrap(block: "Block[Any]", function: Function) -> Function:
    """Return the function with a block around each of its calls.

    A stream's block lasts from its first item to its end, however it ends.

    Raises:
        TypeError: If it is no function: a class, or the object of a decorator such as
            `staticmethod` that belongs outside of this one.
    """
    given: object = function
    if inspect.isclass(given) or isinstance(given, staticmethod) or not callable(given):
        raise TypeError(
            f"{block.name}: got {function!r}, expected a function;"
            " decorate the methods of a class, below staticmethod or classmethod"
        )
    code = function if inspect.isroutine(function) else _code(function)
    make = next((make for is_kind, make in _KINDS if is_kind(code)), _plain)
    return cast("Function", functools.wraps(function)(make(block, function)))


def _code(function: Callable[..., Any]) -> object:
    """Return what runs when a callable object or a partial function is called."""
    while isinstance(function, functools.partial):
        function = function.func
    return function if inspect.isroutine(function) else type(function).__call__


def _plain(block: "Block[Any]", function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 as the function has it
        if tracer() is None:
            return function(*args, **kwargs)
        with block.open() as use:
            use.called(function, args, kwargs)
            value = function(*args, **kwargs)
            use.returned(value)
            return value

    return call


def _coroutine(block: "Block[Any]", function: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 as the function has it
        if tracer() is None:
            return await function(*args, **kwargs)
        with block.open() as use:
            use.called(function, args, kwargs)
            value = await function(*args, **kwargs)
            use.returned(value)
            return value

    return call


_KINDS: tuple[
    tuple[Callable[[object], bool], Callable[["Block[Any]", Callable[..., Any]], Any]], ...
] = (
    (inspect.iscoroutinefunction, _coroutine),
    (inspect.isasyncgenfunction, async_generator),
    (inspect.isgeneratorfunction, generator),
)
