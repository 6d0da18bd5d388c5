import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.errors import ConfigError
from otel_agents.pricing.ledger import Entry, Ledger
from otel_agents.pricing.ledger_file import _ENTRY, _TOP, ledger_of

DOCS = Path(__file__).resolve().parents[2] / "docs" / "ledger.md"
EXAMPLES = re.findall(r"(?ms)^```yaml\n(.*?)^```$", DOCS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_documentation_is_a_ledger(example: str) -> None:
    ledger = ledger_of(example, "docs/ledger.md")

    assert ledger.entries or ledger.deployments


def entry(text: str) -> Entry:
    return ledger_of(f"prices: [{{{text}}}]", "f").entries[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("multiply: 0.8", Entry(multiply=Decimal("0.8"))),
        (
            "provider: azure.ai.openai, model: [GPT-4o, o*], cache_write_ttl: 1h",
            Entry(providers=("azure",), models=("gpt-4o", "o*"), long_cache=True),
        ),
        (
            "cache_write_ttl: 5m, from: 2026-01-01, to: 2026-01-01",
            Entry(first_day=date(2026, 1, 1), last_day=date(2026, 1, 1)),
        ),
        (
            "provider: [x_ai, acme], batch: 0.5x",
            Entry(providers=("xai", "acme"), tiers={"batch": Decimal("0.5")}),
        ),
    ],
)
def test_an_entry_is_read_key_by_key(text: str, expected: Entry) -> None:
    assert entry(text) == expected


def test_own_prices_are_for_a_million_tokens_unless_said_otherwise() -> None:
    files = ("prices: [{input: 1, output: 1}]", "per: 1k\nprices: [{input: 1, output: 1}]")
    tables = [ledger_of(text, "f").entries[0].own for text in files]

    assert [table and table.base.input for table in tables] == [Decimal("1e-6"), Decimal("1e-3")]


KEYS = st.sampled_from([*_TOP, *_ENTRY, "above", "usd_per_gpu_hour", "tokens_per_second", "flex"])
SCALARS = st.sampled_from(["0.5", "0.5x", "1h", "USD", "1k", "2026-01-01", "-1", "x", "~", "1e-30"])
YAML = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(KEYS, inner), max_size=5).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        )
    ),
    max_leaves=12,
)


@given(YAML | st.text(max_size=60) | YAML.map(lambda entry: f"prices: [{entry}]"))
def test_any_text_is_a_ledger_or_a_mistake_with_its_place(text: str) -> None:
    assert problem(text) is None or re.match(r"f(:\d+)?: ", str(problem(text)))


def problem(text: str) -> str | None:
    """Read a ledger and return its error, if it has one; any other error is a bug."""
    try:
        ledger_of(text, "f")
    except ConfigError as error:
        return str(error)
    return None


def test_an_edition_is_the_files_name_or_its_hash() -> None:
    assert ledger_of("name: acme", "f").edition == "ledger acme"
    assert re.fullmatch("ledger [0-9a-f]{8}", ledger_of("prices: []", "f").edition)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("price: []", r"^f:1: price: got 'price', expected one of .*; did you mean prices\?"),
        ("currency: EUR", r"^f:1: currency: got 'EUR', expected USD; amounts in another"),
        ("prices: {}", r"^f:1: prices: got 'a mapping', expected a list"),
        (
            "prices:\n- model: x",
            r"^f:2: prices\[0\]: got 'no price', expected input and output, or",
        ),
        ("prices: [{imput: 1}]", r"prices\[0\]\.imput: .* did you mean input\?"),
        ("prices: [{input: 1, output: 1, multiply: 2}]", "multiply: got '2', expected no own"),
        ("prices: [{gpu: {}, input: 1}]", "input: got '1', expected nothing beside gpu"),
        ("prices: [{multiply: -1}]", "multiply: got '-1', expected a factor"),
        ("prices: [{cache_write_ttl: 2h}]", "got '2h', expected 5m or 1h"),
        (
            "prices: [{multiply: 1, from: 2026-02-01, to: 2026-01-01}]",
            "a day not before 2026-02-01",
        ),
        ("prices: [{multiply: 1, from: soon}]", "from: got 'soon', expected a day"),
        ("deployments: {azure: [a]}", "deployments.azure: got 'a list', expected a mapping"),
    ],
)
def test_a_mistake_is_refused_with_file_line_and_key(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ledger_of(text, "f")


def test_deployments_are_kept_by_what_a_provider_is_compared_by() -> None:
    ledger = ledger_of("deployments: {azure.ai.openai: {Prod: gpt-4o}}", "f")

    assert ledger == Ledger(edition=ledger.edition, deployments={"azure": {"prod": "gpt-4o"}})
