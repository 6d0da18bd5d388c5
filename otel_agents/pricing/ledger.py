"""The user's own prices: entries that stand before the public list, and deployment names."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from os import PathLike
from pathlib import Path
from types import MappingProxyType

from otel_agents.errors import ConfigError
from otel_agents.pricing.names import STANDARD
from otel_agents.pricing.sellers import seller_of, squash
from otel_agents.pricing.tables import PriceTable


def provider_key(provider: str) -> str:
    """Reduce a provider's name to what entries and calls are compared by."""
    return squash(seller_of(provider, {}).id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry of a ledger.

    Attributes:
        providers: Keys of the providers that it is for; none means any.
        models: Names or globs, in lower case.
        own: The user's own prices; None to take the public ones.
        multiply: What the public prices are multiplied by.
        tiers: Own prices of a service tier or of batches, or a multiple of the standard.
        every_tier: Whether a call costs the same in every tier, as on an own machine.
        long_cache: Whether cache writes are of the kind kept for an hour.
        first_day: The first day, in UTC, on which it holds.
        last_day: The last one.
    """

    providers: tuple[str, ...] = ()
    models: tuple[str, ...] = ("*",)
    own: PriceTable | None = None
    multiply: Decimal = Decimal(1)
    tiers: Mapping[str, PriceTable | Decimal] = field(default_factory=dict)
    every_tier: bool = False
    long_cache: bool = False
    first_day: date = date.min
    last_day: date = date.max

    def covers(self, providers: AbstractSet[str], models: AbstractSet[str], day: date) -> bool:
        """Tell whether this entry is for a call of any of these names on this day."""
        return (
            self.first_day <= day <= self.last_day
            and (not self.providers or not providers.isdisjoint(self.providers))
            and any(fnmatchcase(model, glob) for glob in self.models for model in models)
        )

    def table(
        self, tier: str, public: Callable[[str, bool], PriceTable | None]
    ) -> PriceTable | None:
        """Find the prices of a tier; None where neither this entry nor the public has any.

        Args:
            tier: The tier.
            public: The public prices of a tier, with caches kept long or not.
        """
        special = self.tiers.get(tier)
        if isinstance(special, PriceTable):
            return special
        if special is not None:
            standard = self.table(STANDARD, public)
            return standard and standard.times(special)
        if self.own is not None:
            return self.own if tier == STANDARD or self.every_tier else None
        listed = public(tier, self.long_cache)
        return listed and listed.times(self.multiply)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """The user's own price list. The first entry that covers a call prices it.

    Attributes:
        edition: What a priced span names as its price book.
        entries: The prices, in the order of the file.
        deployments: By provider key, the model behind each deployment name.
    """

    edition: str = "ledger"
    entries: tuple[Entry, ...] = ()
    deployments: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Ledger":
        """Read a ledger from a YAML file.

        Raises:
            ConfigError: If it cannot be read, or says what no ledger can say.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise ConfigError(str(path), problem, "a readable YAML file of prices") from None
        except UnicodeDecodeError as error:
            raise ConfigError(str(path), f"byte {error.start}", "text in UTF-8") from None
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, where: str = "ledger") -> "Ledger":
        """Read a ledger from YAML; `where` is what errors call it.

        Raises:
            ConfigError: If it says what no ledger can say.
        """
        from otel_agents.pricing.ledger_file import ledger_of  # noqa: PLC0415 - loads PyYAML

        return ledger_of(text, where)

    def deployed(self, providers: AbstractSet[str], name: str) -> str | None:
        """Name the model behind a deployment, if the ledger knows it."""
        name = name.strip().lower()
        found = (models.get(name) for key, models in self.deployments.items() if key in providers)
        return next(filter(None, found), None)
