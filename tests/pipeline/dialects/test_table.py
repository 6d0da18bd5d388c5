"""What a dialect's table may ask of a span."""

import math

import pytest

from otel_agents.pipeline.dialects.table import (
    MAX_JSON_CHARS,
    NO_OPERATION,
    Dialect,
    Read,
    after_name,
    always,
    by_attribute,
    by_name,
    by_name_start,
    constant,
    in_json,
    in_map,
    json_map,
    json_text,
    map_in,
    never,
    number,
    part,
    python_map,
    scaled,
    when,
    whole_name,
)
from otel_agents.record import Value
from tests.trees import record

DEEP = '{"a":' * 100_000

READS: dict[str, tuple[Read, Value, Value]] = {
    "by_attribute, in any case": (by_attribute("k", {"llm": "chat"}), "LLM", "chat"),
    "by_attribute, a table in any case": (by_attribute("k", {"LLM": "chat"}), "llm", "chat"),
    "by_attribute, unknown": (by_attribute("k", {"llm": "chat"}), "x", None),
    "by_attribute, no text": (by_attribute("k", {"1": "chat"}), 1, None),
    "by_attribute of what is found": (by_attribute(constant("a"), {"a": "b"}), None, "b"),
    "when": (when("k", "chat"), 0, "chat"),
    "when, absent": (when("k", "chat"), None, None),
    "scaled": (scaled("k", 0.001), 250, 0.25),
    "scaled, no number": (scaled("k", 0.001), "250", None),
    "scaled, a flag": (scaled("k", 0.001), True, None),
    "scaled, absent": (scaled("k", 0.001), None, None),
    "constant": (constant("c"), None, "c"),
    "in_json": (in_json("k", "model"), '{"model": "m"}', "m"),
    "in_json, first path that is there": (in_json("k", "x", "a.b"), '{"a": {"b": 1}}', 1),
    "in_json, a map": (in_json("k", "a.b"), {"a": {"b": 1}}, 1),
    "in_json, a step into no map": (in_json("k", "a.b"), '{"a": [1]}', None),
    "in_json, a list": (in_json("k", "a"), "[1]", None),
    "in_json, no JSON": (in_json("k", "a"), "{a: 1}", None),
    "in_json, cut off": (in_json("k", "a"), '{"a": 1', None),
    "in_json, nested without end": (in_json("k", "a"), DEEP, None),
    "in_json, a number without end": (in_json("k", "a"), '{"a": ' + "9" * 5000 + "}", None),
    "in_json, a null": (in_json("k", "a", "b"), '{"a": null, "b": 2}', 2),
    "in_json, longer than any usage": (in_json("k", "a"), '{"a": 1}' + " " * MAX_JSON_CHARS, None),
    "in_map": (in_map(lambda span: json_map(span, "k"), "a.b"), '{"a": {"b": 1}}', 1),
    "json_text, quoted": (json_text("k"), '"m"', "m"),
    "json_text, plain": (json_text("k"), "m", "m"),
    "json_text, absent": (json_text("k"), None, None),
}


@pytest.mark.parametrize(("read", "value", "expected"), READS.values(), ids=list(READS))
def test_reads_of_an_attribute(read: Read, value: Value, expected: Value) -> None:
    assert read(record({"k": value})) == expected


NAMES: dict[str, tuple[Read, str, Value]] = {
    "the whole name": (whole_name, "my span", "my span"),
    "an operation": (by_name({"agent run": "invoke_agent"}), "agent run", "invoke_agent"),
    "no operation": (by_name({"agent run": "invoke_agent"}), "agent run 2", None),
    "a beginning": (by_name_start({"tool: ": "execute_tool"}), "tool: x", "execute_tool"),
    "the first beginning": (by_name_start({"a": "1", "ab": "2"}), "abc", "1"),
    "no beginning": (by_name_start({"tool: ": "execute_tool"}), "a tool: x", None),
    "the rest": (after_name("send tools/call ", "tools/call "), "tools/call  x ", "x"),
    "no rest": (after_name("tools/call "), "ping", None),
}


@pytest.mark.parametrize(("read", "name", "expected"), NAMES.values(), ids=list(NAMES))
def test_reads_of_the_span_s_name(read: Read, name: str, expected: Value) -> None:
    assert read(record(name=name)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [({"a": 1}, {"a": 1}), ('{"a": 1}', {"a": 1}), ("[1]", {}), ("a", {}), (None, {}), (1, {})],
)
def test_a_map_or_its_text(value: Value, expected: dict[str, Value]) -> None:
    assert map_in(value) == expected


PYTHON: dict[str, tuple[str, dict[str, Value]]] = {
    "numbers and words": ("{'a': 1, 'b': None, 'c': True}", {"a": 1, "b": None, "c": True}),
    "nested": ("{'a': {'b': 2}}", {"a": {"b": 2}}),
    "double quotes are something else": ('{"a": 1}', {}),
    "escapes are something else": ("{'a': '\\x41'}", {}),
    "a list": ("[1]", {}),
    "no dict": ("usage", {}),
}


@pytest.mark.parametrize(("written", "expected"), PYTHON.values(), ids=list(PYTHON))
def test_dicts_as_python_shows_them(written: str, expected: dict[str, Value]) -> None:
    assert python_map(record({"k": written}), "k") == expected


NUMBERS: list[tuple[Value, float]] = [
    (3, 3),
    (0.5, 0.5),
    (math.nan, 0),
    (math.inf, 0),
    (True, 0),
    ("3", 0),
    (None, 0),
]


@pytest.mark.parametrize(("value", "expected"), NUMBERS)
def test_a_number_or_nothing(value: Value, expected: float) -> None:
    assert number(value) == expected


def test_a_map_inside_a_map_or_an_empty_one() -> None:
    whole: dict[str, Value] = {"a": {"b": 1}, "c": 2}

    assert (part(whole, "a"), part(whole, "c"), part(whole, "d")) == ({"b": 1}, {}, {})


def test_tests_answer_for_every_span() -> None:
    assert (always(record()), never(record())) == (True, False)


def test_a_table_says_nothing_by_itself() -> None:
    table = Dialect(name="x")

    assert (table.scopes, table.markers, table.operations, dict(table.fields)) == ((), (), (), {})
    assert not table.failed(record())


def test_no_operation_is_an_answer() -> None:
    assert NO_OPERATION is not None
    assert NO_OPERATION == ""
