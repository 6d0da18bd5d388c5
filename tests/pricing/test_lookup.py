from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelPrice

from otel_agents.pricing.ledger import Ledger
from otel_agents.pricing.lookup import Lookup
from otel_agents.pricing.public import PublicPrices
from otel_agents.pricing.rates import Rate, Unpriced
from otel_agents.record import Usage
from otel_agents.semconv import UnpricedReason

PUBLIC = PublicPrices()
DAY = date(2026, 11, 1)
MILLION = Usage(1_000_000, 0)
LEDGER = """
name: acme
prices:
  - {model: house-1, input: 7, output: 9, batch: 0.5x}
  - {provider: openai, model: gpt-4o, from: 2026-10-01, to: 2026-11-30, multiply: 0.8}
  - {provider: openai, model: gpt-4o, to: 2026-09-30, multiply: 0.9}
  - {provider: [vllm, ollama], gpu: {usd_per_gpu_hour: 3.6, tokens_per_second: 1000}}
  - {provider: azure, multiply: 1, batch: 0.5x}
  - {provider: anthropic, multiply: 0.5}
"""


def one(
    provider: str | None, name: str, tier: str = "standard", day: date = DAY
) -> Rate | Unpriced:
    lookup = Lookup(Ledger.parse(LEDGER), PUBLIC)
    ((_, price),) = lookup.price(provider, [name], tier, day)
    return price


@pytest.mark.parametrize(
    ("provider", "name", "tier", "usd", "book"),
    [
        ("openai", "gpt-4o-2024-08-06", "standard", "2", "ledger acme on genai-prices"),
        ("openai", "gpt-4o", "batch", "1", "ledger acme on genai-prices"),
        ("openai", "gpt-4o-mini", "standard", "0.15", "genai-prices"),
        ("acme", "house-1", "standard", "7", "ledger acme"),
        (None, "House-1", "batch", "3.5", "ledger acme"),
        ("ollama", "llama3", "standard", "1", "ledger acme"),
        ("vllm", "gpt-4o", "priority", "1", "ledger acme"),
        ("azure", "gpt-4o", "batch", "1.25", "ledger acme on genai-prices"),
        ("litellm", "anthropic/claude-haiku-4-5", "standard", "0.5", "ledger acme on"),
    ],
)
def test_the_ledger_stands_before_the_public_list(
    provider: str | None, name: str, tier: str, usd: str, book: str
) -> None:
    rate = one(provider, name, tier)

    assert isinstance(rate, Rate)
    assert rate.cost_usd_exact(MILLION) == Decimal(usd)
    assert rate.price_book.startswith(book)
    assert rate.source == ("ledger" if book.startswith("ledger") else "genai-prices")
    assert rate.tier == tier


def test_an_entry_holds_from_its_first_day_to_its_last() -> None:
    days = (date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 30), date(2026, 12, 1))
    rates = [one("openai", "gpt-4o", day=day) for day in days]

    assert [rate.cost_usd(MILLION) for rate in rates if isinstance(rate, Rate)] == [2.25, 2, 2, 2.5]


@pytest.mark.parametrize(
    ("provider", "name", "tier", "reason", "detail"),
    [
        (None, "nothing", "standard", "unknown_model", "from an unnamed provider"),
        ("langgraph", "nothing", "standard", "unknown_model", "from langgraph"),
        ("openai", "nothing", "standard", "unknown_model", "no price for nothing from openai"),
        ("acme", "nothing", "standard", "unknown_provider", "no price for nothing from acme"),
        ("test", "test", "standard", "unknown_provider", "from test"),
        ("function", "function:fm:", "standard", "unknown_provider", "from function"),
        ("replicate", "gpt-4o", "standard", "unknown_provider", "from replicate"),
        ("lmstudio", "gpt-4o", "standard", "self_hosted", "from lm_studio"),
        ("litellm", "hosted_vllm/qwen3", "standard", "self_hosted", "from hosted_vllm"),
        ("openai", "whisper-1", "standard", "unknown_model", "whisper-1 has no price of tokens"),
        ("openai", "gpt-4o-mini", "scale", "unknown_model", "has no price in the tier scale"),
        ("acme", "house-1", "flex", "unknown_model", "house-1 has no price in the tier flex"),
        ("azure", "gpt-4o", "priority", "unknown_model", "has no price in the tier priority"),
    ],
)
def test_what_has_no_price_has_a_reason(
    provider: str | None, name: str, tier: str, reason: str, detail: str
) -> None:
    price = one(provider, name, tier)

    assert isinstance(price, Unpriced)
    assert price.reason == UnpricedReason(reason)
    assert detail in price.detail


def test_the_first_name_that_has_a_price_prices_the_call() -> None:
    lookup = Lookup(Ledger(), PUBLIC)
    cases = (["gpt-4o", "gpt-4o-mini"], ["served-7b", "gpt-4o-mini"], ["served-7b", "asked-7b"])
    prices = [lookup.price("openai", names, "standard", DAY)[0][1] for names in cases]

    assert [price.model if isinstance(price, Rate) else None for price in prices] == [
        "gpt-4o",
        "gpt-4o-mini",
        None,
    ]


def test_a_price_that_follows_the_clock_has_a_rate_for_each_part_of_the_day() -> None:
    prices = Lookup(Ledger(), PUBLIC).price("deepseek", ["deepseek-chat"], "standard", DAY)

    assert [(at, rate.cost_usd(MILLION)) for at, rate in prices if isinstance(rate, Rate)] == [
        (time(0, 0), 0.135),
        (time(0, 30), 0.27),
        (time(16, 30), 0.135),
    ]


PROVIDERS = sorted(get_snapshot().providers, key=lambda provider: provider.id)


@pytest.mark.parametrize("seller", [provider.id for provider in PROVIDERS])
def test_a_listed_name_is_the_model_that_genai_prices_takes_it_for(seller: str) -> None:
    provider = next(provider for provider in PROVIDERS if provider.id == seller)
    lookup = Lookup(Ledger(), PUBLIC)
    names = [model.id for model in provider.models]
    prices = {name: lookup.price(seller, [name], "standard", DAY)[0][1] for name in names}
    found = {name: provider.find_model(name, all_providers=PROVIDERS) for name in names}
    theirs = {
        name: (seller, model.id)
        for name, model in found.items()
        if model and _has_tokens(model.get_prices(datetime(2026, 11, 1, tzinfo=UTC)))
    }
    ours = {n: (p.provider, p.model) for n, p in prices.items() if isinstance(p, Rate)}

    assert {name: ours.get(name) for name in theirs} == theirs


def _has_tokens(price: ModelPrice) -> bool:
    return price.input_mtok is not None or price.output_mtok is not None
