"""How the values of fields are read, however their emitter wrote them."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.errors import SpanRefused
from otel_agents.pipeline.agent_span import Role
from otel_agents.pipeline.fields import FIELDS, MAX_SECONDS, MAX_TOKENS, flag, seconds, text, tokens
from otel_agents.record import Value

COUNTS: list[tuple[Value, int | None]] = [
    (0, 0),
    (42, 42),
    (MAX_TOKENS, MAX_TOKENS),
    (42.0, 42),
    (-0.0, 0),
    ("42", 42),
    (" 42 ", 42),
    ("42.0", 42),
    ("4.2e1", 42),
    (math.nan, None),
    ("NaN", None),
    ("nan", None),
    ("-nan", None),
    ("", None),
]
NO_COUNTS: list[Value] = [
    -1,
    -1.0,
    "-1",
    0.5,
    "0.5",
    MAX_TOKENS + 1,
    2**63,
    -(2**63),
    1e300,
    "1e300",
    math.inf,
    -math.inf,
    "inf",
    "-Infinity",
    True,
    False,
    "abc",
    "0x10",
    " ",
    "9" * 5000,
    [42],
    [],
    {"value": 42},
    b"42",
    None,
]


@pytest.mark.parametrize(("value", "count"), COUNTS)
def test_counts_of_tokens(value: Value, count: int | None) -> None:
    read = tokens("k", value)

    assert read == count
    assert type(read) is type(count)


@pytest.mark.parametrize("value", NO_COUNTS, ids=lambda value: repr(value)[:20])
def test_what_is_no_count_refuses_the_span_and_says_which_key(value: Value) -> None:
    with pytest.raises(SpanRefused, match=r"^bad_token_count: some\.key is ") as refused:
        tokens("some.key", value)

    assert refused.value.reason == "bad_token_count"
    assert len(refused.value.problem) < 120


@given(st.integers(0, MAX_TOKENS))
def test_a_count_is_the_same_as_a_number_and_as_text(count: int) -> None:
    assert tokens("k", count) == tokens("k", float(count)) == tokens("k", str(count)) == count


TEXTS: list[tuple[Value, str | None]] = [
    ("a", "a"),
    (" ", " "),
    ("", None),
    (7, "7"),
    (0.5, "0.5"),
    (None, None),
    (b"a", None),
    (["a"], None),
    ({"a": "b"}, None),
]


@pytest.mark.parametrize(("value", "expected"), TEXTS)
def test_texts(value: Value, expected: str | None) -> None:
    assert text("k", value) == expected


DURATIONS: list[tuple[Value, float | None]] = [
    (0, 0.0),
    (2, 2.0),
    (0.25, 0.25),
    (MAX_SECONDS, float(MAX_SECONDS)),
    (MAX_SECONDS + 1, None),
    (-0.1, None),
    (math.nan, None),
    (math.inf, None),
    (2**80, None),
    (True, None),
    ("1", None),
    (None, None),
]


@pytest.mark.parametrize(("value", "expected"), DURATIONS)
def test_durations(value: Value, expected: float | None) -> None:
    assert seconds("k", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), (False, False), (1, None), ("true", None), (None, None)]
)
def test_flags(value: Value, expected: bool | None) -> None:
    assert flag("k", value) is expected


def test_a_field_and_its_newest_name_stand_in_the_table_once() -> None:
    repeated = [
        name
        for name, times in Counter(n for f in FIELDS for n in (f.slot, f.key)).items()
        if times > 1
    ]

    assert repeated == []


def test_an_older_name_is_the_older_name_of_one_field_and_the_newest_of_none() -> None:
    older = [name for field in FIELDS for name in field.older]

    assert len(older) == len(set(older))
    assert set(older).isdisjoint(field.key for field in FIELDS)


def test_usage_is_read_of_model_calls_alone() -> None:
    counting = {f.slot: f.roles for f in FIELDS if f.parse is tokens}

    assert len(counting) == 7
    assert set(counting.values()) == {frozenset({Role.INFERENCE})}
