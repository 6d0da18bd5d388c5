"""The account of all spans, as an owner reads it."""

from otel_agents.sdk.statistics import Statistics


def test_an_account_can_be_read_by_name() -> None:
    account = Statistics(9, 1, 2, 3, 2, 1, 4, 5, {}, ())

    assert (account.accepted, account.refused, account.open) == (9, 4, 5)
    assert sum(account[1:6]) == account.accepted
