"""The price book: what a model costs, found once a day and remembered."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from otel_agents.errors import ConfigError
from otel_agents.pricing.ledger import Ledger
from otel_agents.pricing.names import MAX_NAME, named, tier_of
from otel_agents.pricing.rates import DAY_NS, Daily, Rate, Unpriced
from otel_agents.semconv import UnpricedReason

if TYPE_CHECKING:
    from otel_agents.pricing.lookup import Lookup
    from otel_agents.pricing.public import PublicPrices

_EPOCH = date(1970, 1, 1).toordinal()
_NO_MODEL = Unpriced(UnpricedReason.NO_MODEL, "the call names no model")
_TOO_LONG = Unpriced(UnpricedReason.UNKNOWN_MODEL, f"a name is longer than {MAX_NAME} characters")


Key: TypeAlias = tuple[str | None, str | None, str | None, str | None, int]
Compiled: TypeAlias = Rate | Unpriced | Daily


class Statistics(NamedTuple):
    """What a price book holds.

    Attributes:
        compiled: Remembered sets of names.
        max_compiled: Their bound.
        edition: The public list in use; empty until it was needed.
    """

    compiled: int
    max_compiled: int
    edition: str


class PriceBook:
    """What each model costs, by the names on a span and the moment of the call.

    Names come from the wire, so memory is bounded: half of `max_compiled` names are the
    young; when they are full they become the old, and the old that nobody asked for again
    are forgotten. genai-prices is imported on first need. Nothing uses the network unless
    `updates` is true.
    """

    __slots__ = (
        "_edition",
        "_half",
        "_ledger",
        "_lookup",
        "_max_compiled",
        "_old",
        "_stop",
        "_updates",
        "_young",
    )

    def __init__(
        self, ledger: Ledger | None = None, *, max_compiled: int = 4096, updates: bool = False
    ) -> None:
        """Make a book; it opens and imports nothing yet.

        Args:
            ledger: The user's own prices.
            max_compiled: How many sets of names, tiers and days to remember.
            updates: Whether to fetch new public prices every hour.

        Raises:
            ConfigError: If `max_compiled` is below 2.
        """
        if max_compiled < 2:  # noqa: PLR2004 - one young and one old
            raise ConfigError("max_compiled", max_compiled, "2 or more")
        self._ledger = ledger or Ledger()
        self._max_compiled = max_compiled
        self._half = max_compiled // 2
        self._updates = updates
        self._young: dict[Key, Compiled] = {}
        self._old: dict[Key, Compiled] = {}
        self._lookup: Lookup | None = None
        self._edition = ""
        self._stop: Callable[[], None] | None = None

    def rate(
        self,
        provider: str | None,
        response_model: str | None,
        request_model: str | None,
        context: str | None,
        start_ns: int,
    ) -> Rate | Unpriced:
        """Find what a call costs, or why nobody knows.

        Args:
            provider: The provider's name, in any dialect.
            response_model: The model that answered; tried first.
            request_model: The model that was asked for.
            context: The service tier, or `batch`; `auto`, `default` and `standard` are none.
            start_ns: When the call began, in nanoseconds since the Unix epoch.
        """
        key = (provider, response_model, request_model, context, start_ns // DAY_NS)
        found = self._young.get(key)
        if found is None:
            found = self._missed(key)
        return found.at(start_ns) if type(found) is Daily else found

    def load(self) -> None:
        """Load the prices now rather than with the first call; safe twice."""
        self._loaded()

    def close(self) -> None:
        """Stop fetching new prices; safe twice, and unstarted."""
        stop, self._stop = self._stop, None
        if stop is not None:
            stop()

    def statistics(self) -> Statistics:
        """Tell how much the book remembers."""
        compiled = len(self._young) + len(self._old)
        return Statistics(compiled, self._max_compiled, self._edition)

    def _loaded(self) -> "Lookup":
        if self._lookup is not None:
            return self._lookup
        # genai-prices takes half a second to import, and a book may never be asked.
        from otel_agents.pricing.public import PublicPrices  # noqa: PLC0415

        lookup = self._adopt(PublicPrices())
        if self._updates:
            from otel_agents.pricing.updates import follow  # noqa: PLC0415

            self._stop = follow(lambda snapshot: self._adopt(PublicPrices(snapshot)))
        return lookup

    def _adopt(self, public: "PublicPrices") -> "Lookup":
        from otel_agents.pricing.lookup import Lookup  # noqa: PLC0415 - imports genai-prices

        self._lookup = lookup = Lookup(self._ledger, public)
        self._edition = public.edition
        self._young, self._old = {}, {}
        return lookup

    def _missed(self, key: Key) -> Compiled:
        found = self._old.get(key)
        if found is None:
            if any(len(name) > MAX_NAME for name in key[:4] if name):
                return _TOO_LONG
            lookup = self._loaded()
            found = _compile(lookup, key)
            if lookup is not self._lookup:
                return found  # new prices came meanwhile: this one is not remembered
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        self._young[key] = found
        return found


def _compile(lookup: "Lookup", key: Key) -> Compiled:
    provider, response_model, request_model, context, day = key
    names = [name for name in (response_model, request_model) if name and named(name)]
    if not names:
        return _NO_MODEL
    # Years that no calendar has are priced like the last one that it has.
    ordinal = min(max(day + _EPOCH, date.min.toordinal()), date.max.toordinal())
    prices = lookup.price(
        provider, dict.fromkeys(names), tier_of(context), date.fromordinal(ordinal)
    )
    return Daily(prices) if len(prices) > 1 else prices[0][1]
