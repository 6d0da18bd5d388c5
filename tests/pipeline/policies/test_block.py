from collections.abc import Callable
from typing import Any

import pytest

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies.block import Block, hint

KNOWN = ("k",)


def block(value: object) -> Block:
    return Block("a.b", {"k": value}, KNOWN)


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (lambda b: b.text("k"), 5, "a text that is not empty"),
        (lambda b: b.text("k"), "", "a text that is not empty"),
        (lambda b: b.flag("k"), "yes", "true or false"),
        (lambda b: b.flag("k"), 1, "true or false"),
        (lambda b: b.flag("k"), None, "true or false"),
        (lambda b: b.whole("k", 0), "7", "a whole number of at least 0"),
        (lambda b: b.whole("k", 0), True, "a whole number of at least 0"),
        (lambda b: b.whole("k", 0), 1.0, "a whole number of at least 0"),
        (lambda b: b.whole("k", 0, 3), 2, "a whole number of at least 3"),
        (lambda b: b.whole("k", 0, None), "x", "a whole number"),
        (lambda b: b.number("k", 0.0), "x", "a number"),
        (lambda b: b.number("k", 0.0), float("nan"), "a number"),
        (lambda b: b.number("k", 0.0), float("inf"), "a number"),
        (lambda b: b.number("k", 0.0, 1), 0.5, "a number of at least 1"),
        (lambda b: b.word("k", ("drop", "next"), "drop"), "nxt", "did you mean next?"),
        (lambda b: b.items("k", "a list of x"), [], "a list of x"),
        (lambda b: b.items("k", "a list of x", empty=True), "x", "a list of x"),
        (lambda b: b.duration_ns("k", 0), "5x", "a duration such as 30s"),
        (lambda b: b.duration_ns("k", 0), "", "a duration such as 30s"),
        (lambda b: b.duration_ns("k", 0), 30, "a duration such as 30s"),
        (lambda b: b.duration_ns("k", 0), "-1s", "a duration such as 30s"),
    ],
)
def test_a_wrong_value_is_named_with_its_path(
    read: Callable[[Block], Any], value: object, expected: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(block(value))

    assert str(caught.value).startswith("a.b.k: got ")
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("30s", 30 * 10**9),
        ("1m30s", 90 * 10**9),
        ("1.5s", 1_500_000_000),
        ("500ms", 500_000_000),
        ("2h", 7_200 * 10**9),
        ("7us", 7_000),
        (0, 0),
        (None, 11),
    ],
)
def test_a_duration_is_read_as_go_writes_it(text: object, ns: int) -> None:
    assert block(text).duration_ns("k", 11) == ns


def test_an_unknown_key_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match=r"a\.treshold: .*did you mean threshold\?"):
        Block("a", {"treshold": 1}, ("threshold",))
    with pytest.raises(ConfigError, match="a: got 'x', expected a mapping"):
        Block("a", "x", ("threshold",))


def test_a_list_of_texts_names_the_one_that_is_none() -> None:
    with pytest.raises(ConfigError, match=r"a\.b\.k\[1\]: got 5, expected a text"):
        block(["x", 5]).texts("k")
    assert block(["x"]).texts("k") == ["x"]


def test_what_must_be_there_is_asked_for() -> None:
    with pytest.raises(ConfigError, match=r"a\.b\.k: got None, expected a policy"):
        block(None).need("k", "a policy")
    assert block(5).need("k", "a policy") == 5
    assert Block("", None, KNOWN).at("k") == "k"


def test_a_hint_is_given_only_where_one_is_near() -> None:
    assert (hint("latncy", ["latency"]), hint("zzz", ["latency"])) == (
        "; did you mean latency?",
        "",
    )
