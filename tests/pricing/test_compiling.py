"""Every model of the public list, priced by us and by genai-prices itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from decimal import Decimal
from itertools import product

import pytest
from genai_prices import Usage as PublicUsage
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, Provider

from otel_agents.pricing import Rate
from otel_agents.pricing.compiling import price_at, table_of, times_of_day
from otel_agents.pricing.names import STANDARD
from otel_agents.pricing.rates import Origin, rate_of
from otel_agents.record import Usage

USAGES = (
    Usage(42, 7, 10),
    Usage(1_000_000, 1_000_000, 300_000, 200_000, 50_000),
    Usage(128_001, 3, 0, 128_000),
    Usage(200_000, 0),
    Usage(0, 11, None, None, 11),
)
MOMENTS = (
    datetime(2023, 3, 1, tzinfo=UTC),
    datetime(2025, 5, 1, 16, 29, 59, 999_999, tzinfo=UTC),
    datetime(2025, 11, 1, 16, 30, tzinfo=UTC),
    datetime(2026, 11, 23, 3, 59, tzinfo=UTC),
    datetime(2099, 12, 31, 12, tzinfo=UTC),
)
PROVIDERS = sorted(get_snapshot().providers, key=lambda provider: provider.id)


def public_usage(usage: Usage) -> PublicUsage:
    """Say the same in the words of genai-prices."""
    return PublicUsage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_input_tokens,
        cache_write_tokens=usage.cache_write_input_tokens,
        output_reasoning_tokens=usage.reasoning_output_tokens,
    )


def ours(model: ModelInfo, moment: datetime, tier: str) -> Rate | None:
    """Compile the price that holds at a moment."""
    at = max(time for time in times_of_day(model) if time <= moment.time())
    start = datetime.combine(moment.date(), at, UTC)
    price = price_at(model, start, tier, own=True)
    table = table_of(price) if price is not None else None
    origin = Origin("p", model.id, "genai-prices", "book", tier)
    return rate_of(table, origin) if table else None


def theirs(model: ModelInfo, provider: Provider, moment: datetime, usage: Usage) -> Decimal:
    """Ask genai-prices for the whole price."""
    said = model.calc_price(public_usage(usage), provider, genai_request_timestamp=moment)
    return said.total_price


def differences(provider: Provider) -> Iterator[str]:
    """Price every model of a seller on every date, both ways."""
    for model, moment in product(provider.models, MOMENTS):
        rate = ours(model, moment, STANDARD)
        price = model.get_prices(moment)
        if rate is None:
            if price.input_mtok is not None or price.output_mtok is not None:
                yield f"{model.id} on {moment}: not priced"
            continue
        for usage in USAGES:
            expected = theirs(model, provider, moment, usage)
            if rate.cost_usd_exact(usage) != expected:
                yield f"{model.id} on {moment}: {rate.cost_usd_exact(usage)}, not {expected}"


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: str(provider.id))
def test_every_model_costs_to_the_last_digit_what_genai_prices_says(provider: Provider) -> None:
    assert list(differences(provider)) == []


LATE = MOMENTS[-1]
TIERED = [
    pytest.param(provider, model, key, tier, id=f"{model.id}-{tier}")
    for provider in PROVIDERS
    for model in provider.models
    for variant in model.price_variants or ()
    for key, tier in variant.when.items()
    if key in {"processing", "service_tier", "speed"} and tier != "default"
]


@pytest.mark.parametrize(("provider", "model", "key", "tier"), TIERED)
def test_every_tier_costs_what_genai_prices_says_of_the_right_key(
    provider: Provider, model: ModelInfo, key: str, tier: str
) -> None:
    rate = ours(model, LATE, tier)

    standard = ours(model, LATE, STANDARD)

    assert (rate is None) == (standard is None)
    for usage in USAGES if rate else ():
        said = model.calc_price(
            public_usage(usage), provider, genai_request_timestamp=LATE, price_context={key: tier}
        )
        assert rate is not None
        assert rate.cost_usd_exact(usage) == said.total_price


def model_of(seller: str, name: str) -> ModelInfo:
    """Find a model as the list has it."""
    provider = next(provider for provider in PROVIDERS if provider.id == seller)
    return next(model for model in provider.models if model.id == name)


# Output prices per million tokens; the list has batches from 2026-10-14 on.
@pytest.mark.parametrize(
    ("model", "day", "tier", "usd"),
    [
        ("o3", datetime(2025, 5, 1, tzinfo=UTC), "standard", "40"),
        ("o3", datetime(2025, 11, 1, tzinfo=UTC), "standard", "8"),
        ("o3", datetime(2025, 11, 1, tzinfo=UTC), "batch", "4"),
        ("o3", datetime(2025, 5, 1, tzinfo=UTC), "batch", None),
        ("o3", datetime(2026, 11, 1, tzinfo=UTC), "batch", "4"),
        ("o3", datetime(2026, 11, 1, tzinfo=UTC), "scale", None),
        ("gpt-4o", datetime(2026, 11, 1, tzinfo=UTC), "flex", None),
    ],
)
def test_a_tier_is_carried_back_only_while_the_standard_price_was_the_same(
    model: str, day: datetime, tier: str, usd: str | None
) -> None:
    rate = ours(model_of("openai", model), day, tier)

    assert (rate and rate.cost_usd_exact(Usage(0, 1_000_000))) == (usd and Decimal(usd))


def test_a_seller_that_lists_another_makers_model_has_no_tiers_of_it() -> None:
    assert price_at(model_of("openai", "gpt-4o"), LATE, "batch", own=False) is None


def test_a_cache_write_that_lasts_an_hour_has_its_own_price() -> None:
    price = model_of("anthropic", "claude-sonnet-4-5").get_prices(LATE)
    short, long = table_of(price), table_of(price, long_cache=True)

    assert short is not None
    assert long is not None
    assert (short.base.cache_write, long.base.cache_write) == (Decimal("3.75e-6"), Decimal("6e-6"))


@pytest.mark.parametrize("name", ["whisper-1", "tts-1"])
def test_a_model_without_a_price_of_tokens_has_no_table(name: str) -> None:
    assert table_of(model_of("openai", name).get_prices(LATE)) is None


def test_prices_that_follow_the_clock_change_at_their_times_in_utc() -> None:
    times = times_of_day(model_of("deepseek", "deepseek-chat"))

    assert [f"{at:%H:%M}" for at in times] == ["00:00", "00:30", "16:30"]
    assert times_of_day(model_of("openai", "gpt-4o")) == [time.min]
