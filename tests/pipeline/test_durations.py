"""Percentiles of durations in bounded memory."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otel_agents.pipeline.durations import EXACT, Durations

SHARES = st.floats(0, 1)
SECONDS = st.floats(1e-9, 1e10)


def of(values: Iterable[float]) -> Durations:
    durations = Durations()
    for value in values:
        durations.add(value)
    return durations


def rank(values: list[float], share: float) -> float:
    """The smallest value that so great a share does not exceed, by counting."""
    return next(v for v in sorted(values) if sum(w <= v for w in values) >= share * len(values))


def test_of_nothing_there_is_no_percentile() -> None:
    assert Durations().quantile(0.5) is None


@given(st.lists(SECONDS, min_size=1, max_size=50), SHARES)
def test_few_durations_are_told_exactly(values: list[float], share: float) -> None:
    assert of(values).quantile(share) == rank(values, share)


def test_so_many_durations_are_told_exactly() -> None:
    values = [float(number) for number in range(1, EXACT + 1)]

    assert of(values).quantile(0.5) == EXACT / 2
    assert of(reversed(values)).quantile(0.95) == 3892


@given(st.lists(SECONDS, min_size=1, max_size=30), SHARES)
@settings(max_examples=25)
def test_many_durations_are_told_within_half_a_percent(values: list[float], share: float) -> None:
    many = values * (EXACT // len(values) + 1)
    position = max(0, -int(-share * len(many) // 1) - 1)

    assert of(many).quantile(share) == pytest.approx(sorted(many)[position], rel=0.005)


def test_no_time_is_no_time_however_many() -> None:
    durations = of([0.0] * (EXACT + 1) + [1.0])

    assert durations.quantile(0.5) == 0.0
    assert durations.quantile(1.0) == pytest.approx(1.0, rel=0.005)


@given(st.lists(SECONDS, min_size=1, max_size=50), SHARES, SHARES)
def test_a_greater_share_is_no_shorter(values: list[float], one: float, other: float) -> None:
    durations = of(values)
    less, more = durations.quantile(min(one, other)), durations.quantile(max(one, other))

    assert less is not None
    assert more is not None
    assert less <= more
