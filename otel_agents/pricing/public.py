"""The public price list, genai-prices, read without its caches and compiled to tables.

Importing this module imports genai-prices, which takes a while: only a price book that has
something to price does so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from genai_prices import __version__ as _version
from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from genai_prices.types import ModelInfo, Provider

from otel_agents.pricing.sellers import squash

# Who made the model that it sells; a name alone may be looked up with them, in this order.
MAKERS = (
    "openai",
    "anthropic",
    "google",
    "mistral",
    "cohere",
    "deepseek",
    "x-ai",
    "moonshotai",
    "perplexity",
    "voyageai",
    "minimax",
    "zai",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A model on the public list.

    Attributes:
        seller: The seller's id.
        model: The model's entry.
        own: Whether the entry is the seller's own, rather than of the model's maker.
    """

    seller: str
    model: ModelInfo
    own: bool


class PublicPrices:
    """One edition of genai-prices.

    Attributes:
        edition: Its name and version, and the date if it was fetched.
        ids: The sellers' ids by their letters and digits.
    """

    __slots__ = ("_all", "_by_id", "edition", "ids")

    def __init__(self, snapshot: DataSnapshot | None = None) -> None:
        """Take a snapshot, or the one that genai-prices uses now."""
        snapshot = snapshot or get_snapshot()
        self._all = snapshot.providers
        self._by_id = {provider.id: provider for provider in self._all}
        self.ids: Mapping[str, str] = {squash(id_): id_ for id_ in self._by_id}
        fetched = f" of {snapshot.timestamp:%Y-%m-%d}" if snapshot.from_auto_update else ""
        self.edition = f"genai-prices {_version}{fetched}"

    def find(self, seller_id: str, spellings: Iterable[str]) -> Listed | None:
        """Find a model on one seller's list; a similar name is not found."""
        provider = self._by_id.get(seller_id)
        if provider is None:
            return None
        for name in spellings:
            # Never DataSnapshot.find_provider_model: it remembers every name for ever.
            if model := provider.find_model(name, all_providers=self._all):
                own = any(model is each for each in provider.models)
                return Listed(seller_id, model, own)
        return None

    def find_maker(self, spellings: Iterable[str]) -> Listed | None:
        """Find a model by its name alone, at its maker's and nowhere else."""
        for name in spellings:
            found = list(self._at_makers(name))
            branded = [each for each in found if self._is_brand(self._by_id[each.seller], name)]
            if branded:
                return branded[0]
            if len(found) == 1:
                return found[0]
        return None

    def _at_makers(self, name: str) -> Iterator[Listed]:
        for maker in MAKERS:
            if (provider := self._by_id.get(maker)) and (model := provider.find_model(name)):
                yield Listed(maker, model, own=True)

    @staticmethod
    def _is_brand(provider: Provider, name: str) -> bool:
        return provider.model_match is not None and provider.model_match.is_match(name)
