"""Streams: the block's context is on while the body runs, and off between its items.

The block ends with the stream: exhausted, failed, closed, left by `break`, or collected as
garbage (an asynchronous one by its event loop, as Python has it).
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from opentelemetry.context import attach, get_current

from otel_agents.instrument.opened import Opened
from otel_agents.instrument.providers import tracer

if TYPE_CHECKING:
    from otel_agents.instrument.block import Block


class Inside:
    """Puts on what is current inside a stream, a step at a time.

    What the body leaves current at an item, such as that of a block around the `yield`, is
    current again when it goes on, whoever asks for the next item, in whatever task.
    """

    __slots__ = ("_inner", "_outer", "_use")

    def __init__(self, use: Opened) -> None:
        """Begin with the block's own context."""
        self._use = use
        self._inner = use.context
        self._outer = self._inner

    def __enter__(self) -> None:
        if self._use.live:
            self._outer = get_current()
            attach(self._inner)

    def __exit__(self, *_: object) -> None:
        if self._use.live:
            here = get_current()
            # A step that is thrown away half done may be closed in a context of others.
            if self._use.within(here):
                self._inner = here
                attach(self._outer)


def generator(block: "Block[Any]", function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a generator function that runs another one inside a block."""

    def stream(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 as the function has it
        if tracer() is None:
            return (yield from function(*args, **kwargs))
        use = block.open()
        inside, error, step = Inside(use), None, None
        try:
            with inside:
                use.called(function, args, kwargs)
                body = function(*args, **kwargs)
            step = partial(next, body)
            while True:
                try:
                    with inside:
                        item = step()
                except StopIteration as stop:
                    return stop.value
                try:
                    step = partial(body.send, (yield item))
                except GeneratorExit:
                    with inside:
                        body.close()
                    raise
                except BaseException as thrown:  # noqa: BLE001 the body's to handle
                    step = partial(body.throw, thrown)
        except BaseException as raised:
            error = raised
            raise
        finally:
            use.end(error)
            # An exception must not hold the frame that holds it.
            error = step = None

    return stream


def async_generator(block: "Block[Any]", function: Callable[..., Any]) -> Callable[..., Any]:
    """Return an asynchronous generator function that runs another one inside a block."""

    async def stream(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 as the function has it
        use = block.open()
        inside, error, step = Inside(use), None, None
        try:
            with inside:
                use.called(function, args, kwargs)
                body = function(*args, **kwargs)
            step = body.__anext__
            while True:
                try:
                    with inside:
                        item = await step()
                except StopAsyncIteration:
                    return
                try:
                    step = partial(body.asend, (yield item))
                except GeneratorExit:
                    with inside:
                        await body.aclose()
                    raise
                except BaseException as thrown:  # noqa: BLE001 the body's to handle
                    step = partial(body.athrow, thrown)
        except BaseException as raised:
            error = raised
            raise
        finally:
            use.end(error)
            error = step = None

    return stream
