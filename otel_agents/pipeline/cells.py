"""What one series holds: a sum, a histogram or a gauge; and what it shows."""

from bisect import bisect_left
from collections import deque
from itertools import accumulate
from typing import NamedTuple, TypeAlias

SLOT_NS = 10 * 10**9
"""A gauge that looks back may forget a smaller value so much too early, to stay small."""


class NumberPoint(NamedTuple):
    """A counter or gauge as it reads now.

    Attributes:
        labels: The values of the labels, in the family's order.
        value: The sum, or the gauge's value.
        born_ns: When the series began.
    """

    labels: tuple[str, ...]
    value: float
    born_ns: int


class HistogramPoint(NamedTuple):
    """A histogram as it reads now.

    Attributes:
        labels: The values of the labels, in the family's order.
        counts: How many values fell between two boundaries, as OTLP tells them: one more
            than there are boundaries.
        sum: The sum of the values.
        born_ns: When the series began.
    """

    labels: tuple[str, ...]
    counts: tuple[int, ...]
    sum: float
    born_ns: int

    @property
    def cumulative(self) -> tuple[int, ...]:
        """How many values there were up to each boundary and, last, in all."""
        return tuple(accumulate(self.counts))


Point: TypeAlias = NumberPoint | HistogramPoint


class Counter:
    """A sum that only grows."""

    __slots__ = ("born_at", "born_ns", "labels", "value")

    def __init__(self, labels: tuple[str, ...], born_ns: int, born_at: int) -> None:
        """Start at 0.

        Args:
            labels: The values of the series' labels.
            born_ns: The time.
            born_at: How many collections there had been.
        """
        self.labels = labels
        self.born_ns = born_ns
        self.born_at = born_at
        self.value: float = 0

    def add(self, value: float, now_ns: int) -> None:
        """Add to the sum."""
        del now_ns
        self.value += value

    def read(self, *, held: bool) -> NumberPoint:
        """Return the point; a series that is held back reads 0."""
        return NumberPoint(self.labels, 0 if held else self.value, self.born_ns)


class Histogram:
    """Values by size."""

    __slots__ = ("born_at", "born_ns", "bounds", "counts", "labels", "sum")

    def __init__(
        self, labels: tuple[str, ...], born_ns: int, born_at: int, bounds: tuple[float, ...]
    ) -> None:
        """Start empty.

        Args:
            labels: The values of the series' labels.
            born_ns: The time.
            born_at: How many collections there had been.
            bounds: The boundaries; a value on one belongs below it.
        """
        self.labels = labels
        self.born_ns = born_ns
        self.born_at = born_at
        # Comparing a float with an int takes several times as long as with a float.
        self.bounds = tuple(map(float, bounds))
        self.counts = [0] * (len(bounds) + 1)
        self.sum: float = 0

    def add(self, value: float, now_ns: int) -> None:
        """Take a value in."""
        del now_ns
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def read(self, *, held: bool) -> HistogramPoint:
        """Return the point; a series that is held back reads 0."""
        if held:
            return HistogramPoint(self.labels, (0,) * len(self.counts), 0, self.born_ns)
        return HistogramPoint(self.labels, tuple(self.counts), self.sum, self.born_ns)


class Gauge:
    """The greatest value of the last while; without one, the series ends."""

    __slots__ = ("age_ns", "born_ns", "labels", "later", "top", "top_ns")

    def __init__(self, labels: tuple[str, ...], born_ns: int, age_ns: int) -> None:
        """Start without a value.

        Args:
            labels: The values of the series' labels.
            born_ns: The time.
            age_ns: How long a value counts.
        """
        self.labels = labels
        self.born_ns = born_ns
        self.age_ns = age_ns
        self.top = float("-inf")
        # Older than any age: a gauge that was given no value shows none.
        self.top_ns = born_ns - age_ns - 1
        # Smaller values that came later, each smaller than the one before.
        self.later: deque[tuple[int, float]] = deque()

    def add(self, value: float, now_ns: int) -> None:
        """Take a value in; it shows while no greater one of the last while stands."""
        if value >= self.top and not self.later:
            self.top = value
            self.top_ns = now_ns
            return
        ended = now_ns - self.top_ns > self.age_ns and not self.alive(now_ns)
        if ended or value >= self.top:
            self.set(value, now_ns)
            return
        later = self.later
        while later and later[-1][1] <= value:
            later.pop()
        # One value a slot is enough: whoever looks five minutes back sees no more.
        if not later or now_ns - later[-1][0] >= SLOT_NS:
            later.append((now_ns, value))

    def set(self, value: float, now_ns: int) -> None:
        """Put a value in place of all earlier ones."""
        self.top = value
        self.top_ns = now_ns
        if self.later:
            self.later.clear()

    def alive(self, now_ns: int) -> bool:
        """Forget what is too old; say whether there is a value left."""
        oldest_ns = now_ns - self.age_ns
        while self.top_ns < oldest_ns:
            if not self.later:
                return False
            self.top_ns, self.top = self.later.popleft()
        return True

    def read(self, *, held: bool) -> NumberPoint:
        """Return the point; a gauge is never held back."""
        del held
        return NumberPoint(self.labels, self.top, self.born_ns)
