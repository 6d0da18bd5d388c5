"""From an entry of genai-prices to price tables: by tier, by day, by time of day."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal

from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from otel_agents.pricing.names import STANDARD
from otel_agents.pricing.tables import EXACT, Band, Prices, PriceTable

# The words of a service tier stand under different keys with different sellers.
_TIER_KEYS = ("processing", "service_tier", "speed")
_PER_TOKEN = Decimal("1e-6")
_PER_CALL = Decimal("1e-3")


def times_of_day(model: ModelInfo) -> list[time]:
    """List the times in UTC at which a price may change; midnight is the first."""
    entries = [*_conditional(model), *(model.price_variants or ())]
    limits = (entry.constraint for entry in entries)
    times = {time.min}
    for limit in limits:
        if isinstance(limit, TimeOfDateConstraint):
            times |= {_in_utc(limit.start_time), _in_utc(limit.end_time)}
    return sorted(times)


def price_at(model: ModelInfo, moment: datetime, tier: str, *, own: bool) -> ModelPrice | None:
    """Find the price at a moment, or None where the list has none for this tier.

    A tier's price is listed from the day on which somebody wrote it down. It is carried back
    over the days on which the standard price was the same, and no further.
    """
    if tier == STANDARD:
        return model.get_prices(moment)
    if not own:
        return None
    context = dict.fromkeys(_TIER_KEYS, tier)
    variants = [v for v in model.price_variants or () if v.when.items() <= context.items()]
    if any(v.constraint is None or v.constraint.active(moment) for v in variants):
        return model.get_prices(moment, context)
    first = min(_first_days(variants, moment), default=None)
    if first is None or model.get_prices(first) != model.get_prices(moment):
        return None
    return model.get_prices(first, context)


def table_of(price: ModelPrice, *, long_cache: bool = False) -> PriceTable | None:
    """Compile a price to a table; None where it has no price of tokens.

    Args:
        price: The price of genai-prices, per million tokens and thousand calls.
        long_cache: Whether cache writes are kept for an hour rather than five minutes.
    """
    if price.input_mtok is None and price.output_mtok is None:
        return None
    starts = {
        tier.start
        for each in vars(price).values()
        if isinstance(each, TieredPrices)
        for tier in each.tiers
    }
    bands = (Band(start, _prices(price, start, long_cache=long_cache)) for start in sorted(starts))
    return PriceTable(_prices(price, -1, long_cache=long_cache), tuple(bands))


def _conditional(model: ModelInfo) -> list[ConditionalPrice]:
    return [] if isinstance(model.prices, ModelPrice) else model.prices


def _in_utc(moment: time) -> time:
    if moment.tzinfo is None:
        return moment
    return datetime.combine(date(2000, 1, 1), moment).astimezone(UTC).time()


def _first_days(variants: Iterable[PriceVariant], moment: datetime) -> Iterator[datetime]:
    for variant in variants:
        if isinstance(variant.constraint, StartDateConstraint):
            yield datetime.combine(variant.constraint.start_date, moment.timetz())


def _prices(price: ModelPrice, whole: int, *, long_cache: bool) -> Prices:
    """Read the prices of a call whose input is just longer than `whole` tokens."""

    def usd(per: Decimal, *keys: str) -> Decimal:
        found = next((value for key in keys if (value := getattr(price, key)) is not None), None)
        if isinstance(found, TieredPrices):
            past = [tier.price for tier in found.tiers if tier.start <= whole]
            found = past[-1] if past else found.base
        return EXACT.multiply(found or Decimal(0), per)

    written = ("cache_write_mtok", "input_mtok")
    return Prices(
        input=usd(_PER_TOKEN, "input_mtok"),
        output=usd(_PER_TOKEN, "output_mtok"),
        cache_read=usd(_PER_TOKEN, "cache_read_mtok", "input_mtok"),
        cache_write=usd(_PER_TOKEN, *(("cache_write_1h_mtok",) if long_cache else ()), *written),
        reasoning=usd(_PER_TOKEN, "output_reasoning_mtok", "output_mtok"),
        request=usd(_PER_CALL, "requests_kcount"),
    )
