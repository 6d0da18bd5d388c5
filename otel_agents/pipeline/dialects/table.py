"""What a dialect is: a table of where the newest names stand under older or other ones.

A dialect never lists the newest names themselves: they are read first in every dialect.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import TypeAlias

from otel_agents.record import SpanRecord, Value

Read: TypeAlias = Callable[[SpanRecord], Value]
Source: TypeAlias = str | Read
"""An attribute's key, or a function that finds the value in the span."""

Sources: TypeAlias = Source | tuple[Source, ...]
Test: TypeAlias = Callable[[SpanRecord], bool]

NO_OPERATION = ""
"""An operation rule's answer for "known, but none that is counted"."""

HANDOFF = "handoff"
"""The operation of a hand-off; upstream has no name yet (semantic-conventions-genai #447)."""


MAX_JSON_CHARS = 2**20
"""Longer text is content and not parsed for the few numbers in it."""


def never(_: SpanRecord) -> bool:
    """Answer no for every span."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one instrumentation writes what the newest conventions say.

    Attributes:
        name: The name that reports and metrics show.
        scopes: Names of its instrumentation scopes; a trailing ``*`` stands for any rest.
        markers: Attribute keys, any of which gives the dialect away under another scope.
        operations: Where the operation stands, first answer wins; asked after
            `gen_ai.operation.name` unless `operation_first`.
        operation_first: Whether `operations` are asked before `gen_ai.operation.name`.
        fields: For a newest name, where its value stands in this dialect, first found wins.
        instead: For a newest name under which this dialect writes something else, where its
            value stands.
        excludes_cache: Whether input tokens read from `fields` leave out cache reads and
            writes, as the Anthropic API counts.
        native_excludes_cache: The same for an input count under the newest name.
        excludes_reasoning: Whether output tokens read from `fields` leave out reasoning.
        native_excludes_reasoning: The same for an output count under the newest name.
        providers: This dialect's own spellings of a provider.
        failed: Whether the span failed though its status does not say so.
    """

    name: str
    scopes: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    operations: tuple[Read, ...] = ()
    operation_first: bool = False
    fields: Mapping[str, Sources] = field(default_factory=dict)
    instead: Mapping[str, Sources] = field(default_factory=dict)
    excludes_cache: Test = never
    native_excludes_cache: Test = never
    excludes_reasoning: Test = never
    native_excludes_reasoning: Test = never
    providers: Mapping[str, str] = field(default_factory=dict)
    failed: Test = never


def always(_: SpanRecord) -> bool:
    """Answer yes for every span."""
    return True


def by_attribute(source: Source, operations: Mapping[str, str]) -> Read:
    """Take the operation from an attribute's value, in any case."""
    of = {value.lower(): operation for value, operation in operations.items()}

    def read(record: SpanRecord) -> Value:
        value = record.get(source) if isinstance(source, str) else source(record)
        return of.get(value.lower()) if isinstance(value, str) else None

    return read


def by_name(operations: Mapping[str, str]) -> Read:
    """Take the operation from the span's name."""

    def read(record: SpanRecord) -> Value:
        return operations.get(record.name)

    return read


def by_name_start(operations: Mapping[str, str]) -> Read:
    """Take the operation from how the span's name begins; the first that fits wins."""
    starts = tuple(operations.items())

    def read(record: SpanRecord) -> Value:
        name = record.name
        return next((operation for start, operation in starts if name.startswith(start)), None)

    return read


def when(key: str, operation: str) -> Read:
    """Take the operation for granted where an attribute is there."""

    def read(record: SpanRecord) -> Value:
        return None if record.get(key) is None else operation

    return read


def after_name(*starts: str) -> Read:
    """Take the rest of the span's name after one of the given beginnings."""

    def read(record: SpanRecord) -> Value:
        name = record.name
        return next((name[len(s) :].strip() for s in starts if name.startswith(s)), None)

    return read


def whole_name(record: SpanRecord) -> Value:
    """Take the span's name."""
    return record.name


def constant(value: Value) -> Read:
    """Take the same value for every span."""

    def read(_: SpanRecord) -> Value:
        return value

    return read


def scaled(key: str, factor: float) -> Read:
    """Take a number in another unit."""

    def read(record: SpanRecord) -> Value:
        value = record.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return value * factor

    return read


def in_json(key: str, *paths: str) -> Read:
    """Take a member of an attribute that holds JSON text or a map.

    Args:
        key: The attribute's key.
        paths: Members, tried in order; a dot steps into a nested object.
    """
    steps = _steps(paths)

    def read(record: SpanRecord) -> Value:
        return _first(json_map(record, key), steps)

    return read


def in_map(find: Callable[[SpanRecord], Mapping[str, Value]], *paths: str) -> Read:
    """Take a member of a map that a function finds in the span.

    Args:
        find: Finds the map; an empty one where there is none.
        paths: Members, tried in order; a dot steps into a nested map.
    """
    steps = _steps(paths)

    def read(record: SpanRecord) -> Value:
        return _first(find(record), steps)

    return read


def json_text(key: str) -> Read:
    """Take a value that its emitter wrote as JSON, such as a string in quotes."""

    def read(record: SpanRecord) -> Value:
        value = record.get(key)
        parsed = _parsed(value)
        return value if parsed is None else parsed

    return read


def json_map(record: SpanRecord, key: str) -> Mapping[str, Value]:
    """Return the map that an attribute holds, as such or as JSON text, else {}."""
    return map_in(record.get(key))


def map_in(value: Value) -> Mapping[str, Value]:
    """Return the map that a value is or holds as JSON text, else an empty one."""
    parsed = _parsed(value)
    return parsed if isinstance(parsed, Mapping) else {}


def python_map(record: SpanRecord, key: str) -> Mapping[str, Value]:
    """Return the map in an attribute that holds the text Python shows a dict by.

    Read are plain dicts of numbers, words, None and booleans, such as usage; a text with
    escapes or double quotes is something else and gives an empty map.
    """
    text = record.get(key)
    value = _from_python(text) if isinstance(text, str) else None
    return value if isinstance(value, Mapping) else {}


def part(parent: Mapping[str, Value], member: str) -> Mapping[str, Value]:
    """Return the map inside a map, or an empty one."""
    value = parent.get(member)
    return value if isinstance(value, Mapping) else {}


def number(value: Value) -> int | float:
    """Return a number as it is, and 0 for all that is none or not finite."""
    if isinstance(value, float):
        return value if isfinite(value) else 0
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


_JSON_WORDS = {"None": "null", "True": "true", "False": "false"}


def _parsed(value: Value) -> Value:
    return _from_json(value) if isinstance(value, str) else value


# A table asks one attribute for several members in a row, so its last text is remembered.
@lru_cache(maxsize=1)
def _from_json(text: str) -> Value:
    if len(text) > MAX_JSON_CHARS:
        return None
    try:
        parsed: Value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed


@lru_cache(maxsize=1)
def _from_python(text: str) -> Value:
    if '"' in text or "\\" in text:
        return None
    for word, json_word in _JSON_WORDS.items():
        text = re.sub(rf"\b{word}\b", json_word, text)
    return _from_json(text.replace("'", '"'))


def _steps(paths: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(path.split(".")) for path in paths)


def _first(value: Mapping[str, Value], paths: tuple[tuple[str, ...], ...]) -> Value:
    if value:
        for path in paths:
            found = _member(value, path)
            if found is not None:
                return found
    return None


def _member(value: Value, path: tuple[str, ...]) -> Value:
    for step in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value
