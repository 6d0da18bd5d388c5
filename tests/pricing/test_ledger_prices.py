from decimal import Decimal

import pytest

from otel_agents.errors import ConfigError
from otel_agents.pricing.document import Node, read
from otel_agents.pricing.ledger_prices import PER_MILLION, gpu_of, per_of, table_of, tiers_of
from otel_agents.pricing.tables import Band, Prices, PriceTable

ONE = Decimal(1)


def fields(text: str) -> tuple[Node, dict[str, Node]]:
    node = read(text, "f")
    return node, dict(node.entries())


def prices(*numbers: str) -> Prices:
    return Prices(*map(Decimal, numbers))


@pytest.mark.parametrize(
    ("text", "table"),
    [
        (
            "{input: 1, output: 2}",
            PriceTable(prices("1", "2", "1", "1", "2", "0")),
        ),
        (
            "{input: 1, output: 2, cache_read: 3, cache_write: 4, reasoning: 5, request: 6}",
            PriceTable(prices("1", "2", "3", "4", "5", "6")),
        ),
        (
            "{input: 0.1, output: 2, per: 1k tokens, request: 6}",
            PriceTable(prices("0.0001", "0.002", "0.0001", "0.0001", "0.002", "6")),
        ),
        (
            "{input: 1, output: 2, context: [{above: 5, input: 3}, {above: 9, cache_read: 7}]}",
            PriceTable(
                prices("1", "2", "1", "1", "2", "0"),
                (
                    Band(5, prices("3", "2", "3", "3", "2", "0")),
                    Band(9, prices("1", "2", "7", "1", "2", "0")),
                ),
            ),
        ),
    ],
)
def test_what_is_not_given_costs_what_comes_next_to_it(text: str, table: PriceTable) -> None:
    assert table_of(*fields(text), ONE) == table


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{input: 1}", r"^f:1: got 'no output', expected input and output"),
        ("{output: 1}", r"^f:1: got 'no input'"),
        ("{input: x, output: 1}", r"^f:1: input: got 'x', expected a price in USD"),
        ("{input: 1, output: 1, context: [{input: 1}]}", r"context\[0\]: got 'no above'"),
        ("{input: 1, output: 1, context: [{above: 1.5}]}", r"above: got '1.5', expected a whole"),
        ("{input: 1, output: 1, context: [{above: 2}, {above: 2}]}", r"context\[1\]\.above"),
        ("{input: 1, output: 1, per: token}", r"per: got 'token', expected 1k tokens or 1M"),
    ],
)
def test_a_price_that_cannot_be_used_is_refused_at_its_key(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        table_of(*fields(text), ONE)


@pytest.mark.parametrize("text", ["1k", "1K tokens", "1k tokens"])
def test_prices_may_be_for_a_thousand_tokens(text: str) -> None:
    assert per_of(fields(f"per: {text}")[1], PER_MILLION) == Decimal("0.001")
    assert per_of({}, PER_MILLION) == Decimal("0.000001")


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("{usd_per_gpu_hour: 3.6, tokens_per_second: 1000}", "0.000001"),
        ("{usd_per_gpu_hour: 3.6, gpus: 8, tokens_per_second: 1000}", "0.000008"),
        ("{usd_per_gpu_hour: 1, tokens_per_second: 7}", "0.000039682539682540"),
    ],
)
def test_a_gpus_token_costs_its_share_of_the_hour(text: str, token: str) -> None:
    table = gpu_of(read(text, "f"))

    assert set(table.base[:5]) == {Decimal(token)}
    assert table.base.request == 0


@pytest.mark.parametrize(
    "text",
    [
        "{usd_per_gpu_hour: 1}",
        "{tokens_per_second: 1}",
        "{usd_per_gpu_hour: 1, tokens_per_second: 0}",
        "{usd_per_gpu_hour: 1, tokens_per_second: 1, gpus: 0}",
        "{usd_per_gpu_hour: 1, tokens_per_seconds: 1}",
    ],
)
def test_a_gpu_needs_its_price_and_its_speed(text: str) -> None:
    with pytest.raises(ConfigError):
        gpu_of(read(text, "f"))


def test_a_tier_is_a_multiple_or_prices_over_those_of_the_entry() -> None:
    text = "{input: 1, output: 2, cache_read: 0.5, batch: 0.5x, tiers: {Flex: {input: 3}}}"

    assert tiers_of(fields(text)[1], ONE) == {
        "batch": Decimal("0.5"),
        "flex": PriceTable(prices("3", "2", "0.5", "3", "2", "0")),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tiers: {default: 1x}", r"tiers\.default: .* a tier beside the standard one"),
        ("{batch: 0.5x, tiers: {batches: 0.5x}}", "each tier once; this is batch again"),
        ("batch: 0.5", r"batch: got '0.5', expected a multiple such as 0.5x"),
        ("batch: {input: 1}", "batch: got 'no output'"),
        (
            "{input: 1, output: 1, context: [{above: 1}], batch: {input: 1}}",
            "batch: got 'no context'",
        ),
    ],
)
def test_a_tier_that_cannot_be_used_is_refused_at_its_key(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        tiers_of(fields(text)[1], ONE)
