"""Percentiles of durations in bounded memory."""

import math
from array import array
from collections import Counter

EXACT = 4096
"""So many durations are kept as they are; past that they fold into buckets."""

GROWTH = 1.01
"""A bucket's upper bound over its lower one: percentiles are then right within 0.5 %."""


class Durations:
    """Durations of one kind, of which percentiles are asked."""

    __slots__ = ("_buckets", "_values")

    def __init__(self) -> None:
        """Start empty."""
        self._values = array("d")
        self._buckets: Counter[int] | None = None

    def add(self, duration_s: float) -> None:
        """Take a duration in."""
        if self._buckets is None:
            self._values.append(duration_s)
            if len(self._values) > EXACT:
                self._buckets = Counter(map(_bucket, self._values))
                self._values = array("d")
        else:
            self._buckets[_bucket(duration_s)] += 1

    def quantile(self, share: float) -> float | None:
        """Return the smallest duration that so great a share does not exceed."""
        if self._buckets is None:
            values = sorted(self._values)
            return values[_rank(share, len(values))] if values else None
        rank = _rank(share, self._buckets.total())
        for bucket, count in sorted(self._buckets.items()):
            rank -= count
            if rank < 0:
                return _middle(bucket)
        return None


def _rank(share: float, count: int) -> int:
    return max(0, math.ceil(share * count) - 1)


def _bucket(duration_s: float) -> int:
    return math.ceil(math.log(duration_s, GROWTH)) if duration_s > 0 else -(2**31)


def _middle(bucket: int) -> float:
    return 0.0 if bucket == -(2**31) else GROWTH ** (bucket - 0.5)
