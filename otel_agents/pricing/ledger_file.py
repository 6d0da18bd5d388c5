"""The ledger's YAML: which keys there are, and which go together."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256

from otel_agents.errors import ConfigError
from otel_agents.pricing.document import Node, read
from otel_agents.pricing.ledger import Entry, Ledger, provider_key
from otel_agents.pricing.ledger_prices import (
    OWN,
    PER_MILLION,
    Fields,
    gpu_of,
    per_of,
    table_of,
    tiers_of,
)
from otel_agents.pricing.tables import PriceTable

_TOP = ("name", "currency", "per", "prices", "deployments")
_SCOPE = ("provider", "model", "from", "to")
_CHANGES = ("multiply", "cache_write_ttl")
_ENTRY = (*_SCOPE, *OWN, "batch", "tiers", "gpu", *_CHANGES)
_ONE_CURRENCY = "USD; amounts in another currency cannot be added to the public prices, so convert"


def ledger_of(text: str, where: str) -> Ledger:
    """Read a ledger.

    Raises:
        ConfigError: With the file, the line and the key.
    """
    top = read(text, where).fields(_TOP)
    if "currency" in top and top["currency"].text() != "USD":
        top["currency"].refuse(_ONE_CURRENCY)
    per = per_of(top, PER_MILLION)
    name = top["name"].text() if "name" in top else sha256(text.encode()).hexdigest()[:8]
    prices = top["prices"].items() if "prices" in top else []
    return Ledger(
        edition=f"ledger {name}",
        entries=tuple(_entry(node, per) for node in prices),
        deployments=_deployments(top["deployments"]) if "deployments" in top else {},
    )


def _deployments(node: Node) -> Mapping[str, Mapping[str, str]]:
    return {
        provider_key(provider): {name.lower(): model.text() for name, model in names.entries()}
        for provider, names in node.entries()
    }


def _entry(node: Node, per: Decimal) -> Entry:
    keys = node.fields(_ENTRY)
    own = _own(node, keys, per)
    first = keys["from"].day() if "from" in keys else date.min
    last = keys["to"].day() if "to" in keys else date.max
    if last < first:
        keys["to"].refuse(f"a day not before {first}")
    return Entry(
        providers=tuple(map(provider_key, keys["provider"].texts())) if "provider" in keys else (),
        models=tuple(map(str.lower, keys["model"].texts())) if "model" in keys else ("*",),
        own=own,
        multiply=keys["multiply"].number("a factor such as 0.8")
        if "multiply" in keys
        else Decimal(1),
        tiers=tiers_of(keys, per),
        every_tier="gpu" in keys,
        long_cache="cache_write_ttl" in keys and _is_long(keys["cache_write_ttl"]),
        first_day=first,
        last_day=last,
    )


def _is_long(node: Node) -> bool:
    if node.text() not in {"5m", "1h"}:
        node.refuse("5m or 1h")
    return node.text() == "1h"


def _own(node: Node, keys: Fields, per: Decimal) -> PriceTable | None:
    """Read an entry's own prices; None where it builds on the public ones."""
    if "gpu" in keys:
        _alone(keys, (*OWN, *_CHANGES), "nothing beside gpu, which sets the whole price")
        return gpu_of(keys["gpu"])
    if not keys.keys().isdisjoint(OWN):
        _alone(keys, _CHANGES, "no own prices beside it, as it changes the public ones")
        return table_of(node, keys, per)
    if keys.keys().isdisjoint(("batch", "tiers", *_CHANGES)):
        raise ConfigError(node.place, "no price", "input and output, or gpu, or multiply")
    return None


def _alone(keys: Fields, others: tuple[str, ...], expected: str) -> None:
    for name in others:
        if name in keys:
            keys[name].refuse(expected)
