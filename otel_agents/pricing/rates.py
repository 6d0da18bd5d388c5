"""Prices as a hot path multiplies them: whole numbers of one small unit of money.

The sum of a call is exact in integers and is rounded once, when it becomes a float.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from typing import NamedTuple, TypeAlias, final

from otel_agents.pricing.tables import EXACT, Prices, PriceTable
from otel_agents.record import Usage
from otel_agents.semconv import UnpricedReason

DAY_NS = 86_400 * 1_000_000_000
_NEVER = 1 << 200

Money: TypeAlias = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Why a call has no price.

    Attributes:
        reason: The closed reason, fit for a metric label.
        detail: The same for a person, in a few words.
    """

    reason: UnpricedReason
    detail: str = field(default="", compare=False)


class Origin(NamedTuple):
    """Where a price comes from.

    Attributes:
        provider: Who sells, as genai-prices or the ledger names it.
        model: The model that the price belongs to.
        source: `ledger` or `genai-prices`.
        price_book: Which edition of the source.
        tier: `standard`, or the service tier or processing that was priced.
    """

    provider: str
    model: str
    source: str
    price_book: str
    tier: str


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of one model at one moment, ready to be multiplied.

    Usage that contradicts itself is priced as far as it agrees: the reported input is the
    ceiling, writes to the cache fill it first and reads next; the reported output is the
    ceiling of reasoning. Where the whole is not reported, its parts stand for it.

    Attributes:
        provider: As in `Origin`, like the four that follow.
        model: See there.
        source: See there.
        price_book: See there.
        tier: See there.
        currency: The currency of every amount.
        scale: How many of the units that `base` counts make one USD.
        unit: One such unit in USD.
        base: Prices in units, in the order of `Prices`.
        threshold: The input size past which a band applies.
        bands: What applies past which size, largest first.
    """

    provider: str
    model: str
    source: str
    price_book: str
    tier: str
    currency: str
    scale: int
    unit: Decimal
    base: Money
    threshold: int
    bands: tuple[tuple[int, Money], ...]

    def cost_usd(self, usage: Usage) -> float:
        """Price a call as a float: the exact cost, rounded once."""
        return self._units(usage) / self.scale

    def cost_usd_exact(self, usage: Usage) -> Decimal:
        """Price a call exactly, for money that is summed for people."""
        return EXACT.multiply(self._units(usage), self.unit)

    def _units(self, usage: Usage) -> int:
        whole, out, read, write, reasoning = usage
        read = read or 0
        write = write or 0
        if whole is None:
            whole = read + write
        plain = whole - read - write
        if plain < 0:
            write = min(write, whole)
            read = whole - write
            plain = 0
        money = self.base if whole <= self.threshold else self._band(whole)
        units = money[5] + plain * money[0]
        if read:
            units += read * money[2]
        if write:
            units += write * money[3]
        if reasoning and (out is None or money[4] != money[1]):
            out = reasoning if out is None else out
            reasoning = min(reasoning, out)
            return units + (out - reasoning) * money[1] + reasoning * money[4]
        return units + out * money[1] if out else units

    def _band(self, whole: int) -> Money:
        return next(money for above, money in self.bands if whole > above)


@final
class Daily:
    """Prices that change with the time of day."""

    __slots__ = ("_prices", "_starts")

    def __init__(self, prices: list[tuple[time, Rate | Unpriced]]) -> None:
        """Take prices by the time, in UTC, from which each holds; midnight is the first."""
        self._starts = [_ns(start) for start, _ in prices]
        self._prices = [price for _, price in prices]

    def at(self, start_ns: int) -> Rate | Unpriced:
        """Find the price of a call by the nanosecond at which it began."""
        return self._prices[bisect_right(self._starts, start_ns % DAY_NS) - 1]


def rate_of(table: PriceTable, origin: Origin) -> Rate:
    """Turn a table of decimals into whole numbers of their smallest common unit."""
    every = (table.base, *(band.prices for band in table.bands))
    decimals = max(0, *(_decimals(price) for prices in every for price in prices))
    bands = tuple((band.above, _money(band.prices, decimals)) for band in reversed(table.bands))
    return Rate(
        *origin,
        currency="USD",
        scale=10**decimals,
        unit=EXACT.scaleb(Decimal(1), -decimals),
        base=_money(table.base, decimals),
        threshold=table.bands[0].above if table.bands else _NEVER,
        bands=bands,
    )


def _decimals(price: Decimal) -> int:
    return -int(price.normalize(EXACT).as_tuple().exponent)


def _money(prices: Prices, decimals: int) -> Money:
    a, b, c, d, e, f = (int(EXACT.scaleb(price, decimals)) for price in prices)
    return a, b, c, d, e, f


def _ns(at: time) -> int:
    seconds = (at.hour * 60 + at.minute) * 60 + at.second
    return (seconds * 1_000_000 + at.microsecond) * 1000
