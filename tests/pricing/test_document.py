from datetime import date
from decimal import Decimal

import pytest

from otel_agents.errors import ConfigError
from otel_agents.pricing.document import Node, read

EXPECTED = "a number"


def value(text: str) -> Node:
    return dict(read(f"key: {text}", "f.yaml").entries())["key"]


@pytest.mark.parametrize("text", ["0.1", "0", "12", "2.50", "$5", "0.000000000000000001", "1e-6"])
def test_a_number_is_what_is_written(text: str) -> None:
    assert value(text).number(EXPECTED) == Decimal(text.lstrip("$"))


@pytest.mark.parametrize(
    "text",
    ["-1", ".nan", ".inf", "1_000", "0x10", "1:30", "1e9", "1e-30", "ten", "''", "[1]", "~", "٣"],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^f\.yaml:1: key: got .*, expected a"):
        value(text).number(EXPECTED)


def test_a_number_may_have_to_be_above_zero_or_to_carry_a_unit() -> None:
    assert value("0.5x").number(EXPECTED, suffix="x") == Decimal("0.5")
    with pytest.raises(ConfigError, match="expected a number"):
        value("0.5").number(EXPECTED, suffix="x")
    with pytest.raises(ConfigError, match="expected a number"):
        value("0").number(EXPECTED, positive=True)


def test_a_day_is_a_day_of_the_calendar() -> None:
    assert value("2026-02-28").day() == date(2026, 2, 28)
    for text in ("2026-02-30", "20260228", "today", "2026-02-28T00:00:00Z"):
        with pytest.raises(ConfigError, match=r"expected a day such as 2026-01-31"):
            value(text).day()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"^f: got 'an empty document', expected a mapping"),
        ("a: [1", r"^f:1: got .*, expected one YAML document"),
        ("a: 1\n---\nb: 2", r"^f:2: got .*, expected one YAML document"),
        ("a: 1\nb:\n\t- 2", r"^f:3: got .*, expected one YAML document"),
        ("\x00", r"^f: got 'ReaderError', expected one YAML document"),
        ("[" * 2_000, r"^f: got 'RecursionError', expected one YAML document"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(text, "f")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- 1", r"^f:1: got 'a list', expected a mapping"),
        ("imput: 1", r"^f:1: imput: got 'imput', expected one of input, output; .* input\?"),
        ("zzz: 1", r"^f:1: zzz: got 'zzz', expected one of input, output$"),
        ("input: 1\ninput: 2", r"^f:2: input: got 'input', expected each key once"),
        ("<<: {input: 1}", r"expected one of input, output"),
        ("? [a]\n: 1", r"^f:1: got 'a list', expected a text"),
    ],
)
def test_a_mapping_takes_known_keys_once(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(text, "f").fields(("input", "output"))


def test_a_text_may_stand_for_a_list_of_one() -> None:
    assert value("a").texts() == ("a",)
    assert value("[a, b]").texts() == ("a", "b")
    with pytest.raises(ConfigError, match="expected at least one text"):
        value("[]").texts()
    with pytest.raises(ConfigError, match="expected a list"):
        value("a").items()
