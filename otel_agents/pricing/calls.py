"""From the names on a span to who sells what: never a guess, never a similar name."""

from functools import partial
from typing import NamedTuple

from otel_agents.pricing.ledger import Ledger
from otel_agents.pricing.names import anybodys, named_seller, seller_by_form, spellings
from otel_agents.pricing.public import MAKERS, Listed, PublicPrices
from otel_agents.pricing.sellers import (
    ANTHROPIC,
    AZURE,
    OPENAI,
    Kind,
    Seller,
    known_seller,
    seller_of,
    squash,
)

# Gateways speak their wire formats, so a client of theirs may be talking to anybody.
_SPOKEN_BY_GATEWAYS = (OPENAI, ANTHROPIC)
# Who leaves open who sells, so that the model's name has to say it.
_OPEN = (Kind.GENERIC, Kind.UNKNOWN)


class Call(NamedTuple):
    """What the names on a span were understood to be.

    Attributes:
        seller: Who sells.
        providers: Every key that an entry of the ledger may name the seller by.
        models: Every name that an entry may name the model by.
        listed: The model on the public list, if it is there.
        label: The provider's and the model's name for a rate that is not on the list.
    """

    seller: Seller
    providers: frozenset[str]
    models: frozenset[str]
    listed: Listed | None
    label: tuple[str, str]


class Reader:
    """Reads names with one edition of the public list and one ledger's deployments."""

    __slots__ = ("_ledger", "_public")

    def __init__(self, ledger: Ledger, public: PublicPrices) -> None:
        """Take both; neither is changed."""
        self._ledger = ledger
        self._public = public

    def read(self, provider: str | None, name: str) -> Call:
        """Understand a provider's and a model's name."""
        stated = seller_of(provider, self._public.ids)
        keys = {squash(provider or ""), squash(stated.id)}
        model = self._ledger.deployed(keys, name) or name
        seller, listed = self._find(stated, model)
        if listed is None and model == name and (stated.kind in _OPEN or stated.id == OPENAI):
            model = self._ledger.deployed({AZURE}, name) or name
            if model != name:
                seller, listed = self._find(Seller(Kind.SELLER, AZURE), model)
        models = {*spellings(name, seller.id), *spellings(model, seller.id)}
        models |= {each.rpartition("/")[2] for each in models} if seller != stated else set()
        id_ = seller.id if seller.kind is not Kind.UNKNOWN else (provider or "").strip()
        return Call(
            seller,
            frozenset(keys | {squash(seller.id)}),
            frozenset(models | ({listed.model.id.lower()} if listed else set())),
            listed,
            (id_, model.strip()),
        )

    def _find(self, stated: Seller, name: str) -> tuple[Seller, Listed | None]:
        if found := self._at(stated, name):
            return stated, found
        if stated.kind in _OPEN:
            return self._find_by_name(stated, name)
        prefixed = self._prefixed(name)
        if prefixed and stated.id in (prefixed[0].id, *_SPOKEN_BY_GATEWAYS):
            return prefixed[0], self._at(*prefixed)
        return stated, None

    def _find_by_name(self, stated: Seller, name: str) -> tuple[Seller, Listed | None]:
        if form := seller_by_form(name):
            seller = Seller(Kind.SELLER, form)
            return seller, self._at(seller, name)
        seller, rest = self._prefixed(name) or (stated, name)
        # `openai/gpt-oss-120b` is what the weights are called, wherever they run.
        if anybodys(rest) and (seller == stated or seller.id in MAKERS):
            return stated, None
        if seller != stated:
            return seller, self._at(seller, rest)
        made = self._public.find_maker(spellings(name, ""))
        return (Seller(Kind.SELLER, made.seller), made) if made else (stated, None)

    def _prefixed(self, name: str) -> tuple[Seller, str] | None:
        return named_seller(name.strip(), partial(known_seller, listed=self._public.ids))

    def _at(self, seller: Seller, name: str) -> Listed | None:
        if seller.kind is not Kind.SELLER:
            return None
        return self._public.find(seller.id, spellings(name, seller.id))
