import socket
import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pytest
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.errors import ConfigError
from otel_agents.pricing import Ledger, PriceBook, Rate, Statistics, Unpriced
from otel_agents.record import Usage
from otel_agents.semconv import UnpricedReason

BOOK = PriceBook()
NOW_NS = int(datetime(2026, 11, 1, 12, tzinfo=UTC).timestamp()) * 10**9
DAY_NS = 86_400 * 10**9
SECOND_NS = 10**9


def cost(usage: Usage, provider: str | None, model: str, context: str | None = None) -> Decimal:
    rate = BOOK.rate(provider, model, None, context, NOW_NS)
    assert isinstance(rate, Rate), rate
    return rate.cost_usd_exact(usage)


# What scripted models really consumed, at the prices that their sellers publish.
@pytest.mark.parametrize(
    ("provider", "model", "usage", "usd"),
    [
        ("openai", "gpt-4o-2024-08-06", Usage(42, 7, 10), "0.0001625"),
        ("azure.ai.openai", "gpt-4o-2024-08-06", Usage(42, 7, 10), "0.0001625"),
        ("openai", "text-embedding-3-small", Usage(3), "0.00000006"),
        ("anthropic", "claude-sonnet-4-5", Usage(94, 14, 20, 10), "0.0004455"),
        ("openai", "o3", Usage(1_000_000, 1_000_000), "10"),
        ("google", "gemini-2.5-pro", Usage(200_000), "0.25"),
        ("google", "gemini-2.5-pro", Usage(200_001), "0.5000025"),
        ("perplexity", "sonar", Usage(0, 0), "0.012"),
    ],
)
def test_a_call_costs_what_its_seller_publishes(
    provider: str, model: str, usage: Usage, usd: str
) -> None:
    assert cost(usage, provider, model) == Decimal(usd)


@pytest.mark.parametrize(
    ("model", "context", "usd"),
    [
        ("claude-sonnet-4-5", None, "3"),
        ("claude-sonnet-4-5", "standard", "3"),
        ("claude-sonnet-4-5", "batch", "1.5"),
        ("claude-sonnet-4-5", "BATCH", "1.5"),
        ("gpt-5", "default", "1.25"),
        ("gpt-5", "auto", "1.25"),
        ("gpt-5", "flex", "0.625"),
        ("gpt-5", "priority", "2.5"),
    ],
)
def test_a_tier_has_its_own_price(model: str, context: str | None, usd: str) -> None:
    assert cost(Usage(100_000), None, model, context) * 10 == Decimal(usd)


@pytest.mark.parametrize("context", ["scale", "ultra", "x" * 400, "priority"])
def test_a_tier_that_nobody_lists_is_never_charged_at_the_standard_price(context: str) -> None:
    price = BOOK.rate("anthropic", "claude-sonnet-4-5", None, context, NOW_NS)

    assert price == Unpriced(UnpricedReason.UNKNOWN_MODEL)


@pytest.mark.parametrize("names", [(None, None), ("", " "), ("unknown", None)])
def test_a_call_without_a_model_has_no_price(names: tuple[str | None, str | None]) -> None:
    assert BOOK.rate("strands-agents", *names, None, NOW_NS) == Unpriced(UnpricedReason.NO_MODEL)


@pytest.mark.parametrize(
    ("day", "usd"),
    [
        (date(1, 1, 1), 40),
        (date(1969, 12, 31), 40),
        (date(2025, 6, 9), 40),
        (date(2025, 6, 10), 8),
        (date(2100, 1, 1), 8),
        (date(9999, 12, 31), 8),
    ],
)
def test_a_call_costs_what_its_model_cost_on_that_day(day: date, usd: int) -> None:
    start_ns = (day.toordinal() - date(1970, 1, 1).toordinal()) * DAY_NS
    rate = BOOK.rate("openai", "o3", None, None, start_ns)

    assert isinstance(rate, Rate)
    assert rate.cost_usd(Usage(0, 1_000_000)) == usd


@given(st.integers(-(2**70), 2**70))
def test_no_date_however_absurd_goes_unpriced(start_ns: int) -> None:
    assert isinstance(PriceBook.rate(BOOK, "openai", "o3", None, None, start_ns), Rate)


NAMES = st.none() | st.text(max_size=40) | st.from_regex(r"(models|openai|arn|azure)[:/.].*")
CONTEXTS = st.none() | st.text(max_size=10) | st.sampled_from(["batch", "flex", "fast"])


@given(NAMES, NAMES, NAMES, CONTEXTS)
def test_no_name_however_absurd_breaks_a_call(
    provider: str | None, response: str | None, request: str | None, context: str | None
) -> None:
    price = BOOK.rate(provider, response, request, context, NOW_NS)

    assert isinstance(price, Rate | Unpriced)


@pytest.mark.parametrize(
    ("after_midnight_ns", "usd"),
    [
        (0, 0.135),
        (1800 * SECOND_NS - 1, 0.135),
        (1800 * SECOND_NS, 0.27),
        (59_400 * SECOND_NS - 1, 0.27),
        (59_400 * SECOND_NS, 0.135),
        (DAY_NS - 1, 0.135),
    ],
)
def test_a_price_that_follows_the_clock_changes_on_the_nanosecond(
    after_midnight_ns: int, usd: float
) -> None:
    midnight_ns = NOW_NS // DAY_NS * DAY_NS
    rate = BOOK.rate("deepseek", "deepseek-chat", None, None, midnight_ns + after_midnight_ns)

    assert isinstance(rate, Rate)
    assert rate.cost_usd(Usage(1_000_000)) == usd


def test_names_from_the_wire_never_grow_memory_past_the_bound() -> None:
    book = PriceBook(max_compiled=64)
    snapshot = get_snapshot()
    held = (len(snapshot._lookup_cache), len(snapshot._provider_cache))  # noqa: SLF001
    missed = len(snapshot._provider_misses)  # noqa: SLF001
    for number in range(2_000):
        book.rate(f"p-{number}", f"m-{number}", None, None, NOW_NS)
        book.rate("openai", "gpt-4o", None, None, NOW_NS)
        assert book.statistics().compiled <= 64

    assert (len(snapshot._lookup_cache), len(snapshot._provider_cache)) == held  # noqa: SLF001
    assert len(snapshot._provider_misses) == missed  # noqa: SLF001


def test_what_is_asked_for_again_is_remembered_while_the_rest_is_forgotten() -> None:
    book = PriceBook(max_compiled=4)
    first = book.rate("openai", "gpt-4o", None, None, NOW_NS)
    for number in range(20):
        book.rate("openai", f"m-{number}", None, None, NOW_NS)
        assert book.rate("openai", "gpt-4o", None, None, NOW_NS) is first


def test_a_name_too_long_to_be_one_is_neither_looked_up_nor_kept() -> None:
    book = PriceBook()

    assert book.rate("openai", "m" * 513, None, None, NOW_NS) == Unpriced(
        UnpricedReason.UNKNOWN_MODEL
    )
    assert book.statistics() == Statistics(0, 4096, "")


def test_a_book_too_small_to_remember_is_refused() -> None:
    with pytest.raises(ConfigError, match="max_compiled: got 1, expected 2 or more"):
        PriceBook(max_compiled=1)


def refuse(*_: object, **__: object) -> NoReturn:
    raise AssertionError("the network was used, or a thread to use it")


def test_a_price_is_found_without_network_or_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    book = PriceBook(Ledger.parse("prices: [{model: x, input: 1, output: 1}]"))

    assert isinstance(book.rate("openai", "gpt-4o", None, None, NOW_NS), Rate)
    assert isinstance(book.rate("acme", "nothing", "x", None, NOW_NS), Rate)
    book.close()


def test_a_book_loads_once_and_closes_twice() -> None:
    book = PriceBook()
    book.close()
    assert book.statistics().edition == ""
    book.load()
    book.load()
    book.close()
    book.close()

    assert book.statistics().edition.startswith("genai-prices ")


def test_a_ledger_from_a_file_prices_its_own_models(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text("name: acme\nprices: [{provider: vllm, input: 0.1, output: 0.2}]")
    rate = PriceBook(Ledger.load(file)).rate("vllm", None, "qwen3", "flex", NOW_NS)
    standard = PriceBook(Ledger.load(file)).rate("vllm", None, "qwen3", None, NOW_NS)

    assert rate == Unpriced(UnpricedReason.UNKNOWN_MODEL)
    assert isinstance(standard, Rate)
    assert (standard.provider, standard.model, standard.currency) == ("vllm", "qwen3", "USD")
    assert (standard.source, standard.price_book) == ("ledger", "ledger acme")
    assert standard.cost_usd_exact(Usage(3, 1)) == Decimal("0.0000005")
