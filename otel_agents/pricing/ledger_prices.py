"""The prices of one entry of a ledger: per token, by input size, by tier, from a GPU."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeAlias

from otel_agents.errors import ConfigError
from otel_agents.pricing.document import Node
from otel_agents.pricing.names import STANDARD, tier_of
from otel_agents.pricing.tables import EXACT, Band, Prices, PriceTable

Fields: TypeAlias = Mapping[str, Node]
Given: TypeAlias = Mapping[str, Decimal]

PRICES = ("input", "output", "cache_read", "cache_write", "reasoning", "request")
OWN = (*PRICES, "per", "context")
PER_MILLION = Decimal("1e-6")
_PER = {"1k": Decimal("1e-3"), "1m": PER_MILLION}
_GPU = ("usd_per_gpu_hour", "gpus", "tokens_per_second")
_A_PRICE = "a price in USD such as 2.50"
_A_SIZE = "a whole number of input tokens, above the one before"
# The price that a measured throughput gives need not end: it is rounded far below what
# anybody sums.
_FINEST = Decimal("1e-18")
_SECONDS_PER_HOUR = 3600


def per_of(keys: Fields, default: Decimal) -> Decimal:
    """Read what a price is for: 1k or 1M tokens."""
    if "per" not in keys:
        return default
    word = keys["per"].text().lower().removesuffix("tokens").strip()
    return _PER.get(word) or keys["per"].refuse("1k tokens or 1M tokens")


def table_of(node: Node, keys: Fields, per: Decimal, default: Given | None = None) -> PriceTable:
    """Read prices and, under `context`, what replaces them past an input size.

    Args:
        node: The entry, for errors.
        keys: Its keys.
        per: What a price is for where the entry does not say.
        default: Prices that hold where the entry names none.
    """
    per = per_of(keys, per)
    given = {**(default or {}), **given_of(keys, per)}
    for name in ("input", "output"):
        if name not in given:
            raise ConfigError(node.place, f"no {name}", "input and output, 0 for what is free")
    bands: list[Band] = []
    for each in keys["context"].items() if "context" in keys else ():
        band = each.fields(("above", *PRICES))
        if "above" not in band:
            raise ConfigError(each.place, "no above", _A_SIZE)
        above = band["above"].number(_A_SIZE)
        if above % 1 or (bands and above <= bands[-1].above):
            band["above"].refuse(_A_SIZE)
        bands.append(Band(int(above), _prices({**given, **given_of(band, per)})))
    return PriceTable(_prices(given), tuple(bands))


def given_of(keys: Fields, per: Decimal) -> Given:
    """Read the prices that are there, per token and per call."""
    return {
        name: EXACT.multiply(keys[name].number(_A_PRICE), Decimal(1) if name == "request" else per)
        for name in PRICES
        if name in keys
    }


def gpu_of(node: Node) -> PriceTable:
    """Turn the hourly price of GPUs and their speed into the price of a token."""
    keys = node.fields(_GPU)
    for name in ("usd_per_gpu_hour", "tokens_per_second"):
        if name not in keys:
            raise ConfigError(node.place, f"no {name}", "usd_per_gpu_hour and tokens_per_second")
    hour = keys["usd_per_gpu_hour"].number(_A_PRICE)
    gpus = keys["gpus"].number("a number of GPUs", positive=True) if "gpus" in keys else Decimal(1)
    speed = keys["tokens_per_second"].number("input and output tokens a second", positive=True)
    token = EXACT.divide(EXACT.multiply(hour, gpus), EXACT.multiply(speed, _SECONDS_PER_HOUR))
    token = token.quantize(_FINEST, ROUND_HALF_EVEN, context=EXACT)
    return PriceTable(Prices(token, token, token, token, token))


def tiers_of(keys: Fields, per: Decimal) -> Mapping[str, PriceTable | Decimal]:
    """Read `batch` and `tiers`: each a multiple of the standard price, or prices."""
    tiers = {"batch": keys["batch"]} if "batch" in keys else {}
    for name, node in keys["tiers"].entries() if "tiers" in keys else ():
        tier = tier_of(name)
        if tier == STANDARD:
            node.refuse("a tier beside the standard one, which the entry itself prices")
        if tier in tiers:
            node.refuse(f"each tier once; this is {tier} again")
        tiers[tier] = node
    return {tier: _tier(node, keys, per) for tier, node in tiers.items()}


def _tier(node: Node, keys: Fields, per: Decimal) -> PriceTable | Decimal:
    if not node.is_mapping():
        return node.number("a multiple such as 0.5x, or prices", suffix="x")
    own = node.fields(OWN)
    if "context" in keys and "context" not in own:
        raise ConfigError(node.place, "no context", "a context of its own, as the entry has one")
    return table_of(node, own, per, given_of(keys, per_of(keys, per)))


def _prices(given: Given) -> Prices:
    """Fill in what was not given: a cached token costs what any other does."""
    return Prices(
        input=given["input"],
        output=given["output"],
        cache_read=given.get("cache_read", given["input"]),
        cache_write=given.get("cache_write", given["input"]),
        reasoning=given.get("reasoning", given["output"]),
        request=given.get("request", Decimal(0)),
    )
