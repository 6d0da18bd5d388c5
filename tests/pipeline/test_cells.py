"""What one series holds."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.cells import SLOT_NS, Counter, Gauge, Histogram

S = 10**9
BOUNDS = (0.1, 1, 5)


@pytest.mark.parametrize(
    ("value", "counts"),
    [
        pytest.param(0.0, (1, 0, 0, 0), id="zero"),
        pytest.param(0.1, (1, 0, 0, 0), id="a value on a boundary belongs below it"),
        pytest.param(0.11, (0, 1, 0, 0), id="just above"),
        pytest.param(1, (0, 1, 0, 0), id="a whole number on a boundary"),
        pytest.param(99.0, (0, 0, 0, 1), id="past the last"),
    ],
)
def test_a_value_falls_into_one_bucket(value: float, counts: tuple[int, ...]) -> None:
    histogram = Histogram((), 0, 0, BOUNDS)
    histogram.add(value, 0)

    assert histogram.read(held=False).counts == counts


@given(st.lists(st.integers(0, 8000).map(lambda n: n / 1024)))
def test_a_histogram_never_loses_a_value(values: list[float]) -> None:
    histogram = Histogram((), 0, 0, BOUNDS)
    for value in values:
        histogram.add(value, 0)
    point = histogram.read(held=False)

    assert point.cumulative[-1] == len(values)
    assert point.sum == sum(values)
    assert all(low <= high for low, high in pairwise(point.cumulative))
    assert point.cumulative[:-1] == tuple(sum(v <= bound for v in values) for bound in BOUNDS)


def test_what_is_held_back_reads_zero() -> None:
    counter, histogram = Counter(("a",), 5, 0), Histogram(("a",), 5, 0, BOUNDS)
    counter.add(3, 6)
    histogram.add(3, 6)

    assert counter.read(held=True) == (("a",), 0, 5)
    assert histogram.read(held=True) == (("a",), (0, 0, 0, 0), 0, 5)
    assert counter.read(held=False) == (("a",), 3, 5)


def test_a_gauge_without_a_value_shows_none() -> None:
    assert not Gauge((), 100, 60).alive(100)


def test_the_greatest_value_of_the_last_while_shows_and_then_the_next() -> None:
    gauge = Gauge((), 0, 300 * S)
    read = []
    for at_s, value in ((0, 50), (20, 90), (40, 70), (200, 60)):
        gauge.add(value, at_s * S)
    for at_s in (200, 320, 321, 340, 341, 500):
        assert gauge.alive(at_s * S)
        read.append(gauge.read(held=False).value)

    assert read == [90, 90, 70, 70, 60, 60]
    assert not gauge.alive(501 * S)


def test_a_set_value_takes_the_place_of_all_earlier_ones() -> None:
    gauge = Gauge((), 0, 300)
    gauge.add(9, 0)
    gauge.add(4, 1)
    gauge.set(2, 2)

    assert gauge.alive(302)
    assert gauge.read(held=False).value == 2
    assert not gauge.alive(303)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), min_size=1, max_size=60),
    st.integers(0, 400),
)
def test_a_gauge_forgets_at_most_one_slot_too_early_and_stays_small(
    steps: list[tuple[int, int]], wait_s: int
) -> None:
    gauge, now_s, seen = Gauge((), 0, 300 * S), 0, []
    for step_s, value in steps:
        now_s += step_s
        gauge.add(value, now_s * S)
        seen.append((now_s, value))
        assert len(gauge.later) <= 300 * S // SLOT_NS + 1
    now_s += wait_s
    whole = [value for at_s, value in seen if now_s - at_s <= 300]
    surely = [value for at_s, value in seen if now_s - at_s <= 300 - SLOT_NS // S]

    if not gauge.alive(now_s * S):
        assert not surely
        return
    assert max(surely, default=0) <= gauge.read(held=False).value <= max(whole)
