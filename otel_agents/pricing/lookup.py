"""From the names on a span to a rate: the ledger first, then the public list.

This is the slow way, walked once per set of names and day; `PriceBook` remembers the end.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import partial

from otel_agents.pricing.calls import Call, Reader
from otel_agents.pricing.compiling import price_at, table_of, times_of_day
from otel_agents.pricing.ledger import Ledger
from otel_agents.pricing.names import STANDARD
from otel_agents.pricing.public import Listed, PublicPrices
from otel_agents.pricing.rates import Origin, Rate, Unpriced, rate_of
from otel_agents.pricing.sellers import Kind
from otel_agents.pricing.tables import PriceTable
from otel_agents.semconv import UnpricedReason

_REASONS = {
    Kind.LOCAL: UnpricedReason.SELF_HOSTED,
    Kind.SELLER: UnpricedReason.UNKNOWN_MODEL,
    Kind.GENERIC: UnpricedReason.UNKNOWN_MODEL,
}


class Lookup:
    """One ledger on top of one edition of the public list."""

    __slots__ = ("_ledger", "_public", "_reader")

    def __init__(self, ledger: Ledger, public: PublicPrices) -> None:
        """Take both; neither is changed."""
        self._ledger = ledger
        self._public = public
        self._reader = Reader(ledger, public)

    def price(
        self, provider: str | None, names: Iterable[str], tier: str, day: date
    ) -> list[tuple[time, Rate | Unpriced]]:
        """Price the first name that has a price, from which time of the day on.

        Args:
            provider: Who sells, as the span says.
            names: Model names, the most trusted first; at least one.
            tier: The service tier.
            day: The day in UTC.
        """
        first: list[tuple[time, Rate | Unpriced]] = []
        for name in names:
            call = self._reader.read(provider, name)
            times = times_of_day(call.listed.model) if call.listed else [time.min]
            moments = [datetime.combine(day, at, UTC) for at in times]
            priced = [(at.time(), self._price_at(call, tier, at)) for at in moments]
            if any(isinstance(price, Rate) for _, price in priced):
                return priced
            first = first or priced
        return first

    def _price_at(self, call: Call, tier: str, moment: datetime) -> Rate | Unpriced:
        public = partial(_public_table, call.listed, moment)
        provider, name = call.label
        model = call.listed.model.id if call.listed else name
        for entry in self._ledger.entries:
            if not entry.covers(call.providers, call.models, moment.date()):
                continue
            edition = self._ledger.edition
            if entry.own is None:
                edition = f"{edition} on {self._public.edition}"
            if table := entry.table(tier, public):
                return rate_of(table, Origin(provider, model, "ledger", edition, tier))
            if entry.own is not None or call.listed:
                return _no_tier(tier, model)
        if table := public(tier):
            return rate_of(
                table, Origin(provider, model, "genai-prices", self._public.edition, tier)
            )
        return self._unpriced(call, tier, public(STANDARD))

    @staticmethod
    def _unpriced(call: Call, tier: str, standard: PriceTable | None) -> Unpriced:
        provider, name = call.label
        if standard is not None:
            return _no_tier(tier, name)
        if call.listed:
            return Unpriced(UnpricedReason.UNKNOWN_MODEL, f"{name} has no price of tokens")
        reason = _REASONS.get(call.seller.kind, UnpricedReason.UNKNOWN_PROVIDER)
        return Unpriced(reason, f"no price for {name} from {provider or 'an unnamed provider'}")


def _no_tier(tier: str, model: str) -> Unpriced:
    return Unpriced(UnpricedReason.UNKNOWN_MODEL, f"{model} has no price in the tier {tier}")


def _public_table(
    listed: Listed | None,
    moment: datetime,
    tier: str,
    long_cache: bool = False,  # noqa: FBT001, FBT002 - Entry.table calls it by position
) -> PriceTable | None:
    if listed is None:
        return None
    price = price_at(listed.model, moment, tier, own=listed.own)
    return table_of(price, long_cache=long_cache) if price is not None else None
