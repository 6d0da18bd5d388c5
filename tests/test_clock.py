"""The machine's clock."""

from otel_agents._clock import Clock, SystemClock

YEAR_2026_NS = 1_767_225_600_000_000_000
YEAR_2100_NS = 4_102_444_800_000_000_000


def test_the_time_is_nanoseconds_since_1970() -> None:
    clock: Clock = SystemClock()

    assert YEAR_2026_NS < clock.now_ns() < YEAR_2100_NS


def test_monotonic_time_does_not_go_back() -> None:
    clock = SystemClock()
    first = clock.monotonic_ns()

    assert clock.monotonic_ns() >= first
