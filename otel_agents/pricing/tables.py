"""Prices as people write them: exact decimals per token, by size of the input."""

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import NamedTuple

_ZERO = Decimal(0)
# Wide enough that nothing a table can hold is ever rounded.
EXACT = Context(prec=200)


class Prices(NamedTuple):
    """Exact prices in USD.

    Attributes:
        input: A token of input that no cache served or stored.
        output: A token of output.
        cache_read: A token of input read from the cache.
        cache_write: A token of input written to the cache.
        reasoning: A token of output spent on reasoning.
        request: The call itself.
    """

    input: Decimal = _ZERO
    output: Decimal = _ZERO
    cache_read: Decimal = _ZERO
    cache_write: Decimal = _ZERO
    reasoning: Decimal = _ZERO
    request: Decimal = _ZERO

    def times(self, factor: Decimal) -> "Prices":
        """Multiply every price."""
        return Prices(*(EXACT.multiply(price, factor) for price in self))


class Band(NamedTuple):
    """The prices of a call whose input is longer than `above` tokens."""

    above: int
    prices: Prices


@dataclass(frozen=True, slots=True)
class PriceTable:
    """The prices of a model at one moment, by size of the input.

    Attributes:
        base: Prices below the first band.
        bands: What replaces them for the whole call, by rising `above`.
    """

    base: Prices
    bands: tuple[Band, ...] = ()

    def times(self, factor: Decimal) -> "PriceTable":
        """Multiply every price."""
        bands = tuple(Band(band.above, band.prices.times(factor)) for band in self.bands)
        return PriceTable(self.base.times(factor), bands)
