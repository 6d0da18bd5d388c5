"""The paths of OTTL that are understood: what each reads of a span or an event."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from otel_agents.pipeline.policies.block import hint
from otel_agents.pipeline.policies.decision import SpanContext
from otel_agents.pipeline.policies.node import PolicyFailure
from otel_agents.pipeline.policies.ottl_text import OttlRefused
from otel_agents.pipeline.policies.randomness import vendor_value
from otel_agents.record import Event, SpanKind, SpanRecord, StatusCode, Value

_KINDS: Final = {int(kind): kind.name.capitalize() for kind in SpanKind}
NO_EVENT: Final = Event("", {})


class Seen(NamedTuple):
    """What a condition looks at.

    Attributes:
        record: The span.
        context: Its tracestate and flags.
        event: The event, where the condition is about events.
    """

    record: SpanRecord
    context: SpanContext
    event: Event = NO_EVENT


Getter: TypeAlias = Callable[[Seen], Value]
Key: TypeAlias = str | int

ENUMS: Final = {
    **{f"SPAN_KIND_{kind.name}": int(kind) for kind in SpanKind},
    **{f"STATUS_CODE_{code.name}": int(code) for code in StatusCode},
}

SPAN: Final[dict[str, Getter]] = {
    "name": lambda seen: seen.record.name,
    "kind": lambda seen: seen.record.kind,
    "kind.string": lambda seen: _KINDS.get(seen.record.kind, ""),
    "status.code": lambda seen: seen.record.status,
    "trace_id.string": lambda seen: f"{seen.record.trace_id:032x}",
    "span_id.string": lambda seen: f"{seen.record.span_id:016x}",
    "parent_span_id.string": lambda seen: f"{seen.record.parent_id:016x}",
    "start_time_unix_nano": lambda seen: seen.record.start_ns,
    "end_time_unix_nano": lambda seen: seen.record.end_ns,
    "trace_state": lambda seen: seen.context.trace_state,
    "flags": lambda seen: seen.context.flags,
}
SCOPE: Final[dict[str, Getter]] = {
    "name": lambda seen: seen.record.scope.name,
    "version": lambda seen: seen.record.scope.version,
}
EVENT: Final[dict[str, Getter]] = {"name": lambda seen: seen.event.name}

PLAIN: Final = {
    "span": SPAN,
    "scope": SCOPE,
    "instrumentation_scope": SCOPE,
    "spanevent": EVENT,
    "resource": {},
}


def path(names: Sequence[str], keys: Sequence[Key], column: int, *, events: bool) -> Getter:
    """Return what reads a path.

    Args:
        names: Its names, as they stand between dots.
        keys: Its keys, as they stand in square brackets.
        column: Where it begins.
        events: Whether the condition is about events.

    Raises:
        OttlRefused: If there is no such path here.
    """
    room, rest = names[0], ".".join(names[1:])
    if room not in PLAIN or not rest:
        room, rest = ("spanevent" if events else "span"), ".".join(names)
    if room == "spanevent" and not events:
        raise OttlRefused(column, "spanevent is read only by conditions of `spanevent`")
    if rest == "attributes" and room not in ("scope", "instrumentation_scope"):
        return _attribute(room, keys, column)
    if rest == "trace_state" and room == "span" and keys:
        return _member(keys, column)
    getter = PLAIN[room].get(rest)
    if getter is None:
        known = [*PLAIN[room], *([] if PLAIN[room] is SCOPE else ['attributes["key"]'])]
        expected = f"known are {', '.join(known)}{hint(rest, known)}"
        raise OttlRefused(column, f"there is no path {'.'.join(names)}; of {room}, {expected}")
    if keys:
        raise OttlRefused(column, f"{'.'.join(names)} takes no key")
    return getter


def _attribute(room: str, keys: Sequence[Key], column: int) -> Getter:
    if not keys or not isinstance(keys[0], str):
        raise OttlRefused(column, 'attributes want a key, such as attributes["http.route"]')
    first, deeper = keys[0], keys[1:]
    reads: dict[str, Getter] = {
        "span": lambda seen: seen.record.get(first),
        "resource": lambda seen: seen.record.resource.attributes.get(first),
        "spanevent": lambda seen: seen.event.attributes.get(first),
    }
    read = reads[room]
    if not deeper:
        return read

    def inner(seen: Seen) -> Value:
        value = read(seen)
        for key in deeper:
            value = _index(value, key)
        return value

    return inner


def _index(value: Value, key: Key) -> Value:
    """Look into a value as OTTL does: a wrong kind of value or place is an error."""
    if value is None:
        return None
    if isinstance(key, str) and isinstance(value, Mapping):
        return value.get(key)
    if isinstance(key, int) and isinstance(value, list | tuple) and 0 <= key < len(value):
        found: Value = value[key]
        return found
    raise PolicyFailure(f"{type(value).__name__} has no [{key!r}]")


def _member(keys: Sequence[Key], column: int) -> Getter:
    key = keys[0]
    if len(keys) > 1 or not isinstance(key, str):
        raise OttlRefused(column, 'trace_state takes one key, such as trace_state["vendor"]')

    return lambda seen: vendor_value(seen.context.trace_state, key)
