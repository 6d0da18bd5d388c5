"""A block: around a piece of code, or around every call of a function."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar

from opentelemetry.trace import Tracer

from otel_agents.instrument.functions import wrap
from otel_agents.instrument.opened import Opened, innermost, trouble
from otel_agents.instrument.providers import tracer as tracer_now

Use = TypeVar("Use", bound=Opened)
Function = TypeVar("Function", bound=Callable[..., Any])


class Block(Generic[Use]):
    """What `agent`, `tool` and the others are: a context manager and a decorator.

    One block may be used again, also inside itself and by many threads and tasks at once.
    Where nobody takes traces it does nothing.
    """

    __slots__ = ("_uses", "name")

    idle: Use
    """What stands in for a use that tells nobody; each kind of block has one."""

    name: str
    _uses: list[Use]

    def start(self, tracer: Tracer) -> Use:
        """Start a use of the block, below what is current."""
        raise NotImplementedError

    def open(self) -> Use:
        """Start a use without making it current; a stand-in where nobody is told."""
        tracer = tracer_now()
        if tracer is None:
            return self.idle
        try:
            return self.start(tracer)
        except Exception:  # noqa: BLE001 telemetry never hurts the application
            trouble()
            return self.idle

    def __enter__(self) -> Use:
        if tracer_now() is None:
            return self.idle
        use = self.open()
        if use.live:
            self._uses.append(use)
            use.__enter__()
        return use

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._uses:
            use = self._last()
            if use is not None:
                use.__exit__(kind, error, traceback)

    async def __aenter__(self) -> Use:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, function: Function) -> Function:
        """Return the function with the block around each of its calls."""
        return wrap(self, function)

    def _last(self) -> Use | None:
        """Take the use that ends now: of several, the one that is current here."""
        uses = self._uses
        here = innermost()
        while here is not None:
            for use in uses:
                if use is here:
                    uses.remove(use)
                    return use
            here = here.above
        try:
            return uses.pop()
        except IndexError:
            return None
