from decimal import Decimal, localcontext

from otel_agents.pricing.tables import Band, Prices, PriceTable


def test_multiplying_a_table_is_exact_whatever_the_callers_precision() -> None:
    prices = Prices(*[Decimal("0.123456789012345678")] * 6)
    with localcontext() as context:
        context.prec = 3
        table = PriceTable(prices, (Band(7, prices),)).times(Decimal("0.8"))

    assert table.base == (Decimal("0.0987654312098765424"),) * 6
    assert table.bands == (Band(7, table.base),)
