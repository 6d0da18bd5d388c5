"""One use of a block: its span, and the context that is current inside it."""

import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from opentelemetry.context import Context, attach, create_key, get_current, set_value
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace import set_span_in_context as with_span

from otel_agents import semconv
from otel_agents.instrument import content, providers
from otel_agents.instrument.failure import Failure, failure
from otel_agents.instrument.runs import Account, Run

Value: TypeAlias = str | bool | int | float | list[str]
Attributes: TypeAlias = dict[str, Value]

OPENED: Final = create_key("otel_agents.opened")
"""Where a context holds the innermost open block."""

QUIET_NS: Final = 20_000_000_000
"""So long after a complaint nothing is complained of."""

_EMPTY: Final = Context()
_complained_ns: int | None = None
_log = logging.getLogger("otel_agents.instrument")


class Opened:
    """One use of a block; of one that tells nobody, a stand-in that does nothing.

    Attributes:
        live: Whether somebody is told.
        span: Its span.
        context: What is current inside it.
        above: The open block around it.
        run: Who the innermost run is; None outside every run.
        account: What that run has used.
        block: The block that is used, as the user holds it.
        buried: Whether it ended while the context of a block inside it was current.
    """

    __slots__ = (
        "_previous",
        "above",
        "account",
        "block",
        "buried",
        "context",
        "live",
        "run",
        "span",
    )

    kind = SpanKind.INTERNAL

    def __init__(self) -> None:
        """Stand in for a block that tells nobody."""
        self.live = False
        self.span: Span = INVALID_SPAN
        self.context = self._previous = _EMPTY
        self.above: Opened | None = None
        self.run: Run | None = None
        self.account: Account | None = None
        self.block: object = None
        self.buried = False

    def begin(self, tracer: Tracer, block: object, name: str, attributes: Attributes) -> None:
        """Start the span below what is current; the context waits to be entered."""
        self._previous = get_current()
        above = self._previous.get(OPENED)
        if isinstance(above, Opened):
            self.above, self.run, self.account = above, above.run, above.account
        if self.account is not None:
            attributes = {**self.account.stamp, **attributes}
        self.span = tracer.start_span(name, self._previous, self.kind, attributes)
        self.context = with_span(self.span, set_value(OPENED, self, self._previous))
        self.block = block
        self.live = True

    def __enter__(self) -> Self:
        if self.live:
            attach(self.context)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.live:
            self.leave()
            self.end(error)

    def leave(self) -> None:
        """Make current again what was current before, unless the block is left elsewhere."""
        here = get_current()
        if here is not self.context and here.get(OPENED) is not self:
            self.buried = self.within(here)
            return
        back = self._previous
        owner = back.get(OPENED)
        # What was buried under this block comes up no more. A task may well outlive the run that
        # began it: that run ended elsewhere, and goes on being the parent here.
        while isinstance(owner, Opened) and owner.buried:
            back = owner._previous  # noqa: SLF001 its own class
            owner = back.get(OPENED)
        attach(back)

    def within(self, context: Context) -> bool:
        """Whether a context is this block's own, or of a block inside it."""
        opened = context.get(OPENED)
        while isinstance(opened, Opened) and opened is not self:
            opened = opened.above
        return opened is self

    def end(self, error: BaseException | None) -> None:
        """End the span; what tells of it may fail without harm to the application."""
        if not self.live:
            return
        try:
            try:
                found = None if error is None else failure(error)
                if error is not None and found is not None and found.error_type:
                    self._fail(error, found)
                self.close(found)
            finally:
                self.span.end()
        except Exception:  # noqa: BLE001 telemetry never hurts the application
            trouble()

    def close(self, found: Failure | None) -> None:
        """Say what is only known at the end."""

    def called(self, function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:  # noqa: ANN401 any function may be decorated
        """Hear with what a decorated function is called."""

    def returned(self, value: object) -> None:
        """Hear what a decorated function returns."""

    def _set(self, key: str, value: Value | None) -> None:
        if value is not None and self.span.is_recording():
            self.span.set_attribute(key, value)

    def _fail(self, error: BaseException, found: Failure) -> None:
        self._set(semconv.ERROR_TYPE, found.error_type)
        # The text of an error may quote what a user or a model said.
        text = str(error) if content.on_spans() else None
        self.span.set_status(Status(StatusCode.ERROR, text))
        if text is not None:
            self.span.record_exception(error)


def innermost(context: Context | None = None) -> Opened | None:
    """Return the innermost open block of a context, by default of the current one."""
    found = (get_current() if context is None else context).get(OPENED)
    return found if isinstance(found, Opened) else None


def current(context: Context | None = None) -> Run | None:
    """Return who the run of the moment is, None outside every run.

    Args:
        context: Where to look, such as the parent context of a span; by default here.
    """
    found = (get_current() if context is None else context).get(OPENED)
    return found.run if isinstance(found, Opened) else None


def trouble() -> None:
    """Say that telling failed, seldom; the exception is the one being handled."""
    global _complained_ns  # noqa: PLW0603 a race costs a second line in the log
    now_ns = providers.CLOCK.monotonic_ns()
    if _complained_ns is None or now_ns - _complained_ns >= QUIET_NS:
        _complained_ns = now_ns
        _log.warning("telling of a block failed; the application goes on", exc_info=True)
