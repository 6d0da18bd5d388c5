"""The one shape that a span has inside, whatever door it came through.

A door builds a `SpanRecord`; nothing behind the doors sees OTLP bytes, JSON or the
SDK's own objects. Attributes are reached only through `SpanRecord.get`: behind the SDK
door it asks a dict, behind the wire it looks in undecoded bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any, NamedTuple, TypeAlias

Value: TypeAlias = "str | bool | int | float | bytes | Sequence[Value] | Mapping[str, Value] | None"
"""An attribute's value, as OTLP's AnyValue has it."""


class SpanKind(IntEnum):
    """The kinds of a span, with the numbers of OTLP."""

    UNSPECIFIED = 0
    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


class StatusCode(IntEnum):
    """The states of a span, with the numbers of OTLP."""

    UNSET = 0
    OK = 1
    ERROR = 2


class Scope(NamedTuple):
    """The instrumentation scope: which library made the span."""

    name: str = ""
    version: str = ""


class Event(NamedTuple):
    """One event of a span, such as an exception."""

    name: str
    attributes: Mapping[str, Value]


class Resource:
    """Who emitted the span; one object for all spans of a batch.

    Attributes:
        attributes: The resource's attributes.
    """

    __slots__ = ("attributes",)

    def __init__(self, attributes: Mapping[str, Value]) -> None:
        """Hold the attributes as they came."""
        self.attributes = attributes


class Usage(NamedTuple):
    """Tokens of one model call; None means that nobody reported it.

    Input includes cache reads and writes, output includes reasoning (OpenTelemetry
    GenAI conventions, token usage).
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_write_input_tokens: int | None = None
    reasoning_output_tokens: int | None = None


def _no_events() -> Sequence[Event]:
    return ()


class SpanRecord:
    """A finished span.

    Attributes:
        trace_id: 128-bit trace id; never 0.
        span_id: 64-bit span id; never 0.
        parent_id: The parent's span id, 0 for a root.
        name: The span's name.
        kind: A `SpanKind` number.
        start_ns: Start, in nanoseconds since the Unix epoch.
        end_ns: End, likewise.
        status: A `StatusCode` number.
        scope: The instrumentation scope.
        resource: Who emitted it.
        find: An attribute's value by its key as the door holds it, None where it is not
            there. Of a key that is there twice, the first value counts.
        decode: From what `find` returns to a value; None where that is one already. Kept
            apart, since most look-ups find nothing.
        events: The span's events, decoded when called.
    """

    __slots__ = (
        "decode",
        "end_ns",
        "events",
        "find",
        "kind",
        "name",
        "parent_id",
        "resource",
        "scope",
        "span_id",
        "start_ns",
        "status",
        "trace_id",
    )

    def __init__(  # noqa: PLR0913, PLR0917 a door fills all of it; names would cost each span
        self,
        trace_id: int,
        span_id: int,
        parent_id: int,
        name: str,
        kind: int,
        start_ns: int,
        end_ns: int,
        status: int,
        scope: Scope,
        resource: Resource,
        find: Callable[[str], Any],
        events: Callable[[], Sequence[Event]] = _no_events,
        decode: Callable[[Any], Value] | None = None,
    ) -> None:
        """Hold what the door read."""
        self.trace_id = trace_id
        self.span_id = span_id
        self.parent_id = parent_id
        self.name = name
        self.kind = kind
        self.start_ns = start_ns
        self.end_ns = end_ns
        self.status = status
        self.scope = scope
        self.resource = resource
        self.find = find
        self.events = events
        self.decode = decode

    def get(self, key: str) -> Value:
        """Return an attribute's value, None where it is not there."""
        found: Value = self.find(key)
        if found is None or self.decode is None:
            return found
        return self.decode(found)
