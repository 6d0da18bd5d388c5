"""A new span that says more, or less, than the one that came; that one stays as it is."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, SpanContext, Status, TraceState

from otel_agents.sdk.convert import attributes_of

_STATES: Final = 1024


class Changes:
    """What differs from the span as it came; None for what does not.

    Attributes:
        attributes: All attributes.
        events: All events.
        links: All links.
        status: The status.
        trace_state: The tracestate as text.
    """

    __slots__ = ("attributes", "events", "links", "status", "trace_state")

    def __init__(self) -> None:
        """Change nothing yet."""
        self.attributes: dict[str, Any] | None = None
        self.events: Sequence[Event] | None = None
        self.links: Sequence[Link] | None = None
        self.status: Status | None = None
        self.trace_state: str | None = None

    def add(self, span: ReadableSpan, added: dict[str, Any]) -> None:
        """Add attributes that the span lacks; what it says itself stays."""
        if not added:
            return
        if self.attributes is None:
            self.attributes = attributes_of(span)
        self.attributes = {**added, **self.attributes}

    @property
    def none(self) -> bool:
        """Whether the span may go as it came."""
        return (
            self.attributes is None
            and self.events is None
            and self.links is None
            and self.status is None
            and self.trace_state is None
        )


class ChangedSpan(ReadableSpan):
    """A span with changes; how much its SDK had dropped is told as of the first one."""

    def __init__(self, span: ReadableSpan, changes: Changes) -> None:
        """Take everything else from the span as it came."""
        context = span.get_span_context()
        if context is not None and changes.trace_state is not None:
            context = _with_state(context, changes.trace_state)
        super().__init__(
            name=span.name,
            context=context,
            parent=span.parent,
            resource=span.resource,
            attributes=span.attributes if changes.attributes is None else changes.attributes,
            events=span.events if changes.events is None else changes.events,
            links=span.links if changes.links is None else changes.links,
            kind=span.kind,
            status=span.status if changes.status is None else changes.status,
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )
        self._came = span

    @property
    def dropped_attributes(self) -> int:
        """How many attributes its SDK had no room for."""
        return self._came.dropped_attributes

    @property
    def dropped_events(self) -> int:
        """How many events its SDK had no room for."""
        return self._came.dropped_events

    @property
    def dropped_links(self) -> int:
        """How many links its SDK had no room for."""
        return self._came.dropped_links


def changed(span: ReadableSpan, changes: Changes) -> ReadableSpan:
    """Return the span with the changes; the very same where there are none."""
    return span if changes.none else ChangedSpan(span, changes)


def _with_state(context: SpanContext, text: str) -> SpanContext:
    return SpanContext(
        context.trace_id,
        context.span_id,
        context.is_remote,
        context.trace_flags,
        _state(text),
    )


@lru_cache(_STATES)
def _state(text: str) -> TraceState:
    return TraceState.from_header([text]) if text else TraceState()
