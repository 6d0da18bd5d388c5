"""The SDK's own spans to records.

A span is read where it stands, but for its attributes: of the SDK's own mapping a plain
copy is taken, in which a look-up costs a tenth. Its events are decoded only for who asks.
One resource and one scope of the SDK become one object of ours each, since what is behind
the door remembers by object what it has read of them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext

from otel_agents.errors import SpanRefused
from otel_agents.otlp.refusal import EARLIEST_START_NS, LATEST_START_NS, Refusal
from otel_agents.record import Event, Resource, Scope, SpanKind, SpanRecord, StatusCode, Value

MAX_INTERNED: Final = 1_024
"""Resources (and scopes) remembered; an application has one, and a scope a library."""

_MAX_TRACE_ID: Final = (1 << 128) - 1
_MAX_SPAN_ID: Final = (1 << 64) - 1
_MAX_TIME_NS: Final = (1 << 64) - 1
_KINDS: Final = {kind.name: int(kind) for kind in SpanKind}
_STATUSES: Final = {code.name: int(code) for code in StatusCode}

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


class _Interned(Generic[_Given, _Made]):
    """What was made of each object of the SDK.

    Kept by identity: the SDK's own hash of a resource is that of its whole JSON text.
    """

    def __init__(self, make: Callable[[_Given], _Made]) -> None:
        self._make = make
        self._held: dict[int, tuple[_Given, _Made]] = {}

    def __call__(self, given: _Given) -> _Made:
        # The object is held too, so that its id cannot pass to another one.
        found = self._held.get(id(given))
        if found is None:
            if len(self._held) >= MAX_INTERNED:
                self._held.clear()
            found = self._held[id(given)] = given, self._make(given)
        return found[1]

    def __len__(self) -> int:
        return len(self._held)


class Statistics(NamedTuple):
    """What a converter remembers.

    Attributes:
        resources: Resources of the SDK.
        scopes: Instrumentation scopes of the SDK.
    """

    resources: int
    scopes: int


class Converter:
    """Converts ended spans; one for the life of a door."""

    def __init__(self) -> None:
        """Start with no resource and no scope known."""
        self._resource = _Interned(_resource)
        self._scope = _Interned(_scope)

    def record(self, span: ReadableSpan) -> SpanRecord:
        """Return the record of an ended span; of one that has not ended, with end 0.

        Raises:
            SpanRefused: The span has no usable ids or no usable start.
        """
        context = span.get_span_context()
        if context is None:
            raise SpanRefused(Refusal.BAD_TRACE_ID, "the span has no context, expected its ids")
        trace_id, span_id, start_ns = context.trace_id, context.span_id, span.start_time
        if not _within(trace_id, 1, _MAX_TRACE_ID):
            raise _refusal(Refusal.BAD_TRACE_ID, "trace id", trace_id, "1 to 2^128 - 1")
        if not _within(span_id, 1, _MAX_SPAN_ID):
            raise _refusal(Refusal.BAD_SPAN_ID, "span id", span_id, "1 to 2^64 - 1")
        if start_ns is None or not _within(start_ns, EARLIEST_START_NS, LATEST_START_NS - 1):
            raise _refusal(
                Refusal.BAD_START,
                f"start of span {span_id:016x}",
                start_ns,
                "nanoseconds of a date from 2000 to 2099",
            )
        end_ns = span.end_time
        return SpanRecord(
            trace_id,
            span_id,
            _parent_id(span.parent),
            str(span.name),
            _KINDS.get(getattr(span.kind, "name", ""), SpanKind.UNSPECIFIED),
            start_ns,
            end_ns if end_ns is not None and _within(end_ns, 0, _MAX_TIME_NS) else 0,
            _status(span),
            self._scope(span.instrumentation_scope),
            self._resource(span.resource),
            attributes_of(span).get,
            lambda: _events(span),
        )

    def statistics(self) -> Statistics:
        """Return how much is remembered; neither number passes `MAX_INTERNED`."""
        return Statistics(len(self._resource), len(self._scope))


def attributes_of(span: ReadableSpan) -> dict[str, Any]:
    """Return a span's attributes as a dict of the caller's own."""
    found = span.attributes
    # The proxy hands this on to the mapping behind it, which copies the dict that it keeps.
    copy = getattr(found, "copy", None)
    attributes = copy() if copy is not None else found
    return attributes if type(attributes) is dict else dict(attributes or {})


def _within(value: object, lowest: int, highest: int) -> bool:
    # Nothing stops an application from making a span of whatever it holds.
    return isinstance(value, int) and lowest <= value <= highest


def _refusal(reason: Refusal, what: str, value: object, expected: str) -> SpanRefused:
    return SpanRefused(reason, f"{what} {value!r}, expected {expected}")


def _parent_id(parent: SpanContext | None) -> int:
    if parent is None:
        return 0
    span_id = parent.span_id
    if not _within(span_id, 0, _MAX_SPAN_ID):
        raise _refusal(Refusal.BAD_PARENT_ID, "parent span id", span_id, "0 to 2^64 - 1")
    return span_id


def _status(span: ReadableSpan) -> int:
    code = getattr(span.status, "status_code", None)
    return _STATUSES.get(getattr(code, "name", ""), StatusCode.UNSET)


def _resource(given: object) -> Resource:
    return Resource(_attributes(given))


def _scope(given: object) -> Scope:
    name, version = getattr(given, "name", None), getattr(given, "version", None)
    return Scope(name or "", version or "")


def _events(span: ReadableSpan) -> Sequence[Event]:
    return [Event(event.name, _attributes(event)) for event in span.events or ()]


def _attributes(holder: object) -> Mapping[str, Value]:
    return cast("Mapping[str, Value] | None", getattr(holder, "attributes", None)) or {}
