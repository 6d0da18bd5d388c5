"""The only place that reads a clock; everything inside is told the time."""

import time
from typing import Protocol


class Clock(Protocol):
    """Where a door takes the time from."""

    def now_ns(self) -> int:
        """Nanoseconds since the Unix epoch."""

    def monotonic_ns(self) -> int:
        """Nanoseconds that never go back, for waits and ages."""


class SystemClock:
    """The machine's own clock."""

    def now_ns(self) -> int:
        """Nanoseconds since the Unix epoch."""
        return time.time_ns()

    def monotonic_ns(self) -> int:
        """Nanoseconds that never go back, for waits and ages."""
        return time.monotonic_ns()
