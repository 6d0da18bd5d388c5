"""A block: around a piece of code, or around every call of a function."""

from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import Any, Generic, TypeVar

from opentelemetry.context import attach
from opentelemetry.trace import Tracer

from otel_agents.instrument import providers
from otel_agents.instrument.functions import wrap
from otel_agents.instrument.opened import Opened, innermost, trouble

Use = TypeVar("Use", bound=Opened)
Function = TypeVar("Function", bound=Callable[..., Any])

_BEGINNING = Lock()


class Block(Generic[Use]):
    """What `agent`, `tool` and the others are: a context manager and a decorator.

    One block may be used again, also inside itself and by many threads and tasks at once.
    Where nobody takes traces it does nothing.
    """

    __slots__ = ("_uses", "name")

    idle: Use
    """What stands in for a use that tells nobody; each kind of block has one."""

    name: str
    _uses: list[Use] | None  # None until it is used where somebody is told

    def start(self, tracer: Tracer) -> Use:
        """Start a use of the block, below what is current."""
        raise NotImplementedError

    def open(self) -> Use:
        """Start a use without making it current; a stand-in where nobody is told."""
        tracer = providers.tracer()
        if tracer is None:
            return self.idle
        try:
            return self.start(tracer)
        except Exception:  # noqa: BLE001 telemetry never hurts the application
            trouble()
            return self.idle

    def __enter__(self) -> Use:
        if providers.tracer() is None:
            return self.idle
        use = self.open()
        if use.live:
            # Of two threads that begin at once, one must not throw away the other's list.
            with _BEGINNING:
                if self._uses is None:
                    self._uses = []
            self._uses.append(use)
            attach(use.context)
        return use

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._uses:
            use = self._last(self._uses)
            if use is not None:
                use.leave()
                use.end(error)

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

    def _last(self, uses: list[Use]) -> Use | None:
        """Take the use that ends now: of several, the one that is current here."""
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
