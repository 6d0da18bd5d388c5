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
        self._outer = get_current()
        attach(self._inner)

    def __exit__(self, *_: object) -> None:
        here = get_current()
        # A step that is thrown away half done may be closed in a context of others.
        if self._use.within(here):
            self._inner = here
            attach(self._outer)


class _Nothing:
    """Stands in for what is put on, where nobody is told."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


_NOTHING = _Nothing()


def generator(block: "Block[Any]", function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a generator function that runs another one inside a block."""

    def stream(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 as the function has it
        if tracer() is None:
            return (yield from function(*args, **kwargs))
        use = block.open()
        if not use.live:
            return (yield from function(*args, **kwargs))
        return (yield from _told(use, function, args, kwargs))

    return stream


def async_generator(block: "Block[Any]", function: Callable[..., Any]) -> Callable[..., Any]:
    """Return an asynchronous generator function that runs another one inside a block."""

    async def stream(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 as the function has it
        # One loop for both cases, since nothing passes a step on to another such generator whole:
        # one that is thrown away half done would not reach the one inside.
        use, inside = _begun(block)
        error = value = None
        try:
            with inside:
                use.called(function, args, kwargs)
                body = function(*args, **kwargs)
            resume = body.asend
            while True:
                try:
                    with inside:
                        item = await resume(value)
                except StopAsyncIteration:
                    return
                try:
                    resume, value = body.asend, (yield item)
                except GeneratorExit:
                    with inside:
                        await body.aclose()
                    raise
                except BaseException as thrown:  # noqa: BLE001 the body's to handle
                    resume, value = body.athrow, thrown
        except BaseException as raised:
            error = raised
            raise
        finally:
            use.end(error)
            # An exception must not hold the frame that holds it.
            error = value = None

    return stream


def _begun(block: "Block[Any]") -> tuple[Opened, Inside | _Nothing]:
    use: Opened = block.idle if tracer() is None else block.open()
    return use, Inside(use) if use.live else _NOTHING


def _told(
    use: Opened, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:  # noqa: ANN401 as the function has it
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
