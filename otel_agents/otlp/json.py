"""OTLP/JSON to records, as exporters and the Collector really write it.

The mapping is proto3's JSON with OTLP's own exceptions: ids are hexadecimal, enums are
numbers. Written elsewhere it varies, so 64-bit numbers come as text or as numbers, enums
also as names, and keys also in snake_case.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf, nan
from typing import Final, TypeAlias

from otel_agents.errors import SpanRefused
from otel_agents.otlp.refusal import EARLIEST_START_NS, LATEST_START_NS, Refusal
from otel_agents.otlp.value import MAX_DEPTH
from otel_agents.record import Event, Resource, Scope, SpanKind, SpanRecord, StatusCode, Value

Json: TypeAlias = "str | bool | int | float | list[Json] | dict[str, Json] | None"
"""What `json.loads` gives."""

Refuse: TypeAlias = Callable[[SpanRefused], None]
"""Called with every span that cannot be read."""

_KINDS: Final = {f"SPAN_KIND_{kind.name}": int(kind) for kind in SpanKind}
_STATUSES: Final = {f"STATUS_CODE_{code.name}": int(code) for code in StatusCode}
_INTEGER: Final = re.compile(r"-?[0-9]{1,20}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,5})?")
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4}){2,5}[A-Za-z0-9+/]{2,3}={1,2}")
_ROOTS: Final = (None, "", "0" * 16, "AAAAAAAAAAA=")
_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_URL_SAFE: Final = str.maketrans("-_", "+/")
_SHOWN_CHARS: Final = 60
_FLOATS: Final = {"NaN": nan, "Infinity": inf, "-Infinity": -inf}


class FrameError(Exception):
    """The document around the spans is not OTLP; the message says where and why.

    Attributes:
        path: The JSON path of what is wrong.
        problem: What was found and what was expected.
    """

    def __init__(self, path: str, problem: str) -> None:
        """Make the message from the path and the problem."""
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


def read_resource_spans(element: Json, path: str, refuse: Refuse) -> Iterator[SpanRecord]:
    """Read one element of ``resourceSpans``.

    Raises:
        FrameError: It is no ResourceSpans.
    """
    frame = _object(element, path)
    its_resource = resource(frame.get("resource"), f"{path}.resource")
    for at, item in _items(frame, "scopeSpans", "scope_spans", path):
        yield from read_scope_spans(item, at, its_resource, refuse)


def read_scope_spans(
    element: Json, path: str, its_resource: Resource, refuse: Refuse
) -> Iterator[SpanRecord]:
    """Read one element of ``scopeSpans``.

    Raises:
        FrameError: It is no ScopeSpans.
    """
    frame = _object(element, path)
    its_scope = scope(frame.get("scope"), f"{path}.scope")
    for where, span in _items(frame, "spans", "spans", path):
        record = record_or_refuse(span, where, its_scope, its_resource, refuse)
        if record is not None:
            yield record


def record_or_refuse(
    span: Json, path: str, its_scope: Scope, its_resource: Resource, refuse: Refuse
) -> SpanRecord | None:
    """Read one span; refuse it, and give None, if it cannot be."""
    try:
        return span_record(span, its_scope, its_resource)
    except SpanRefused as refused:
        refuse(SpanRefused(refused.reason, f"{path}: {refused.problem}"))
        return None


def span_record(span: Json, its_scope: Scope, its_resource: Resource) -> SpanRecord:
    """Read one span.

    Raises:
        SpanRefused: A field has a wrong type, or says something impossible.
    """
    if not isinstance(span, dict):
        raise _wrong("the span", span, "an object")
    start_ns = _integer(_either(span, "startTimeUnixNano", "start_time_unix_nano"), "start")
    if not EARLIEST_START_NS <= start_ns < LATEST_START_NS:
        raise SpanRefused(
            Refusal.BAD_START, f"it starts at {start_ns} ns, expected a date from 2000 to 2099"
        )
    events = span.get("events")
    if not isinstance(events, list | None):
        raise _wrong("events", events, "an array")
    return SpanRecord(
        _id(_either(span, "traceId", "trace_id"), 32, Refusal.BAD_TRACE_ID),
        _id(_either(span, "spanId", "span_id"), 16, Refusal.BAD_SPAN_ID),
        _parent(_either(span, "parentSpanId", "parent_span_id")),
        _text(span.get("name"), "name"),
        _enum(span.get("kind"), _KINDS),
        start_ns,
        _end(_either(span, "endTimeUnixNano", "end_time_unix_nano")),
        _status(span.get("status")),
        its_scope,
        its_resource,
        _attributes(span.get("attributes"), "attributes").get,
        lambda: _events(events),
    )


def _attributes(found: Json, what: str, depth: int = 0) -> Mapping[str, Value]:
    if found is None:
        return {}
    if not isinstance(found, list):
        raise _wrong(what, found, "an array of {key, value}")
    held: dict[str, Value] = {}
    for item in found:
        if not isinstance(item, dict):
            raise _wrong(f"an entry of {what}", item, "an object {key, value}")
        key = item.get("key", "")
        if not isinstance(key, str):
            raise _wrong(f"a key of {what}", key, "text")
        if key not in held:
            held[key] = _value(item.get("value"), key, depth)
    return held


def _value(found: Json, key: str, depth: int) -> Value:
    if found is None:
        return None
    if not isinstance(found, dict):
        raise _wrong(f"the value of {key!r}", found, "an object such as {stringValue: …}")
    value: Value = None
    for name, inner in found.items():
        read = _VALUES.get(name)
        if read is not None and inner is not None:
            value = read(inner, key, depth)
    return value


def _string(found: Json, key: str, _depth: int) -> Value:
    if isinstance(found, str):
        return found
    raise _wrong(f"the stringValue of {key!r}", found, "text")


def _bool(found: Json, key: str, _depth: int) -> Value:
    if isinstance(found, bool):
        return found
    raise _wrong(f"the boolValue of {key!r}", found, "true or false")


def _int(found: Json, key: str, _depth: int) -> Value:
    number = _integer(found, key)
    if -(1 << 63) <= number < 1 << 63:
        return number
    raise SpanRefused(Refusal.OUT_OF_RANGE, f"{key!r} is {number}, which is no 64-bit integer")


def _double(found: Json, key: str, _depth: int) -> Value:
    if isinstance(found, str):
        if found in _FLOATS:
            return _FLOATS[found]
        if _NUMBER.fullmatch(found):
            return float(found)
    elif isinstance(found, int | float) and not isinstance(found, bool):
        try:
            return float(found)
        except OverflowError:
            return inf if found > 0 else -inf
    raise _wrong(f"the doubleValue of {key!r}", found, "a number")


def _array(found: Json, key: str, depth: int) -> Value:
    values = _listed(found, f"the arrayValue of {key!r}")
    return None if depth >= MAX_DEPTH else [_value(item, key, depth + 1) for item in values]


def _kvlist(found: Json, key: str, depth: int) -> Value:
    values = _listed(found, f"the kvlistValue of {key!r}")
    return None if depth >= MAX_DEPTH else _attributes(values, f"{key!r}", depth + 1)


def _bytes(found: Json, key: str, _depth: int) -> Value:
    if isinstance(found, str):
        plain = found.translate(_URL_SAFE).rstrip("=")
        try:
            return b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        except ValueError:
            pass
    raise _wrong(f"the bytesValue of {key!r}", found, "base64")


_VALUES: Final[Mapping[str, Callable[[Json, str, int], Value]]] = {
    "stringValue": _string,
    "intValue": _int,
    "boolValue": _bool,
    "doubleValue": _double,
    "arrayValue": _array,
    "kvlistValue": _kvlist,
    "bytesValue": _bytes,
    "string_value": _string,
    "int_value": _int,
    "bool_value": _bool,
    "double_value": _double,
    "array_value": _array,
    "kvlist_value": _kvlist,
    "bytes_value": _bytes,
}


def _listed(found: Json, what: str) -> list[Json]:
    values = found.get("values") if isinstance(found, dict) else found
    if values is None:
        return []
    if isinstance(values, list) and isinstance(found, dict):
        return values
    raise _wrong(what, found, "an object {values: […]}")


def _integer(found: Json, what: str) -> int:
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    if isinstance(found, str) and _INTEGER.fullmatch(found):
        return int(found)
    if isinstance(found, float) and found.is_integer():
        return int(found)
    if found is None:
        return 0
    raise _wrong(repr(what), found, "an integer, as number or text")


def _end(found: Json) -> int:
    end_ns = _integer(found, "end")
    if 0 <= end_ns < 1 << 64:
        return end_ns
    raise SpanRefused(Refusal.OUT_OF_RANGE, f"it ends at {end_ns} ns, expected 64 bits")


def _id(found: Json, digits: int, reason: Refusal) -> int:
    if isinstance(found, str):
        number = 0
        if len(found) == digits and _HEX.fullmatch(found):
            number = int(found, 16)
        elif _BASE64.fullmatch(found) and len(raw := b64decode(found)) * 2 == digits:
            # Protobuf's own JSON, which Grafana Tempo and MessageToJson write.
            number = int.from_bytes(raw, "big")
        if number:
            return number
    raise SpanRefused(reason, f"got {shown(found)}, expected {digits} hex digits, not all 0")


def _parent(found: Json) -> int:
    if found in _ROOTS:
        return 0
    return _id(found, 16, Refusal.BAD_PARENT_ID)


def _enum(found: Json, names: Mapping[str, int]) -> int:
    if isinstance(found, str):
        if not found.isdecimal():
            return names.get(found, 0)
        found = int(found[:4])
    if isinstance(found, int | float) and not isinstance(found, bool):
        return int(found) if 0 <= found < len(names) else 0
    if found is None:
        return 0
    raise _wrong("kind or status code", found, "a number or a name")


def _text(found: Json, what: str) -> str:
    if isinstance(found, str):
        return found
    if found is None:
        return ""
    raise _wrong(what, found, "text")


def _status(found: Json) -> int:
    if found is None:
        return 0
    if not isinstance(found, dict):
        raise _wrong("status", found, "an object")
    return _enum(found.get("code"), _STATUSES)


def _events(found: Json) -> Sequence[Event]:
    events = []
    for item in found if isinstance(found, list) else ():
        try:
            if isinstance(item, dict):
                name = _text(item.get("name"), "name")
                events.append(Event(name, _attributes(item.get("attributes"), "attributes")))
        except SpanRefused:
            continue
    return events


def scope(found: Json, path: str) -> Scope:
    """Read a scope.

    Raises:
        FrameError: It is no InstrumentationScope.
    """
    if found is None:
        return Scope()
    frame = _object(found, path)
    try:
        return Scope(_text(frame.get("name"), "name"), _text(frame.get("version"), "version"))
    except SpanRefused as wrong:
        raise FrameError(path, wrong.problem) from None


def resource(found: Json, path: str) -> Resource:
    """Read a resource.

    Raises:
        FrameError: It is no Resource.
    """
    if found is None:
        return Resource({})
    frame = _object(found, path)
    try:
        return Resource(_attributes(frame.get("attributes"), "attributes"))
    except SpanRefused as wrong:
        raise FrameError(path, wrong.problem) from None


def _items(frame: dict[str, Json], name: str, snake: str, path: str) -> Iterator[tuple[str, Json]]:
    found = _either(frame, name, snake)
    if found is None:
        return
    if not isinstance(found, list):
        raise FrameError(f"{path}.{name}", f"got {shown(found)}, expected an array")
    for index, item in enumerate(found):
        yield f"{path}.{name}[{index}]", item


def _object(found: Json, path: str) -> dict[str, Json]:
    if isinstance(found, dict):
        return found
    raise FrameError(path, f"got {shown(found)}, expected an object")


def _either(frame: dict[str, Json], name: str, snake: str) -> Json:
    found = frame.get(name)
    return frame.get(snake) if found is None else found


def _wrong(what: str, found: Json, expected: str) -> SpanRefused:
    return SpanRefused(Refusal.WRONG_TYPE, f"{what} is {shown(found)}, expected {expected}")


def shown(found: Json) -> str:
    """Say what was found, for a person."""
    if isinstance(found, dict):
        return "an object"
    if isinstance(found, list):
        return "an array"
    shown = repr(found)
    return shown if len(shown) <= _SHOWN_CHARS else shown[:_SHOWN_CHARS] + "…"
