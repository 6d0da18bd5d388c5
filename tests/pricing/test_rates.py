from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pricing.rates import Origin, Rate, Unpriced, rate_of
from otel_agents.pricing.tables import Band, Prices, PriceTable
from otel_agents.record import Usage
from otel_agents.semconv import UnpricedReason

ORIGIN = Origin("openai", "gpt-9", "ledger", "ledger test", "standard")
# input 1, output 10, cache read 0.1, cache write 2, reasoning 100, request 5: each digit of
# a sum tells which tokens were counted at which price.
DIGITS = Prices(*map(Decimal, ("1", "10", "0.1", "2", "100", "5")))
PLAIN = Prices(*map(Decimal, ("1", "10", "1", "1", "10", "0")))


def rate(prices: Prices, *bands: Band) -> Rate:
    return rate_of(PriceTable(prices, bands), ORIGIN)


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        (Usage(), "5"),
        (Usage(3), "8"),
        (Usage(3, 2), "28"),
        (Usage(3, 2, 1), "27.1"),
        (Usage(3, 2, 1, 2), "29.1"),
        (Usage(3, 2, 0, 0, 1), "118"),
        (Usage(None, 2), "25"),
        # Parts stand for a whole that nobody reported.
        (Usage(None, None, 4, 1), "7.4"),
        (Usage(None, None, None, None, 2), "205"),
        # Parts beyond the whole: writes fill it first, then reads.
        (Usage(3, 0, 9, 1), "7.2"),
        (Usage(3, 0, 9, 9), "11"),
        (Usage(0, 0, 9, 9), "5"),
        (Usage(0, 2, 0, 0, 9), "205"),
    ],
)
def test_each_kind_of_token_is_charged_once_at_its_own_price(usage: Usage, usd: str) -> None:
    assert rate(DIGITS).cost_usd_exact(usage) == Decimal(usd)


def test_reasoning_that_costs_what_output_costs_is_not_charged_again() -> None:
    assert rate(PLAIN).cost_usd_exact(Usage(0, 5, None, None, 4)) == 50
    assert rate(PLAIN).cost_usd_exact(Usage(0, None, None, None, 4)) == 40


@pytest.mark.parametrize(
    ("tokens", "usd"), [(200, 200), (201, 402), (500, 1000), (501, 501 * 3), (10**12, 3 * 10**12)]
)
def test_a_band_prices_the_whole_call_once_the_input_is_past_it(tokens: int, usd: int) -> None:
    banded = rate(PLAIN, Band(200, PLAIN.times(Decimal(2))), Band(500, PLAIN.times(Decimal(3))))

    assert banded.cost_usd_exact(Usage(tokens)) == usd
    assert banded.cost_usd(Usage(tokens)) == usd


TOKENS = st.none() | st.integers(0, 2**63)
PRICE = st.decimals(0, 10_000, places=12)
PRICES = st.builds(Prices, PRICE, PRICE, PRICE, PRICE, PRICE, PRICE)
TABLES = st.builds(PriceTable, PRICES, PRICES.map(lambda prices: (Band(1000, prices),)))
USAGES = st.builds(Usage, TOKENS, TOKENS, TOKENS, TOKENS, TOKENS)


@given(TABLES, USAGES)
def test_a_float_cost_is_the_exact_cost_rounded_once(table: PriceTable, usage: Usage) -> None:
    priced = rate_of(table, ORIGIN)

    assert priced.cost_usd(usage) == float(priced.cost_usd_exact(usage))


@given(TABLES, st.lists(USAGES, max_size=5))
def test_a_sum_of_floats_stays_within_1e_12_of_the_exact_sum(
    table: PriceTable, usages: list[Usage]
) -> None:
    priced = rate_of(table, ORIGIN)
    exact = sum(map(priced.cost_usd_exact, usages))

    assert sum(map(priced.cost_usd, usages)) == pytest.approx(float(exact), rel=1e-12, abs=0)


@given(TABLES, USAGES)
def test_no_usage_however_inconsistent_costs_less_than_the_call_itself(
    table: PriceTable, usage: Usage
) -> None:
    cost = rate_of(table, ORIGIN).cost_usd_exact(usage)

    assert cost >= min(table.base.request, *(band.prices.request for band in table.bands))


def test_a_rate_says_where_it_comes_from() -> None:
    priced = rate(PLAIN)

    assert Origin(*(getattr(priced, name) for name in Origin._fields)) == ORIGIN
    assert priced.currency == "USD"


def test_an_unpriced_call_is_known_by_its_reason_alone() -> None:
    reason = UnpricedReason.NO_MODEL

    assert Unpriced(reason, "for a person") == Unpriced(reason)
