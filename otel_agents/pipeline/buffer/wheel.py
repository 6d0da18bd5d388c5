"""Deadlines by the slot of time in which they fall."""

from collections import deque
from heapq import heappop, heappush
from typing import Final

SLOT_NS: Final = 10_000_000
"""A deadline is told at most so much after it has passed, and never before."""


class Wheel:
    """Traces by deadline; setting, moving and taking one costs the same for any number.

    A trace is put into the slot that its caller remembers. It is asked of again when the
    slot has passed, and then its caller looks whether its deadline has moved.
    """

    def __init__(self) -> None:
        """Start empty."""
        # A dict a slot: a trace that is decided before leaves nothing behind.
        self._slots: dict[int, dict[int, None]] = {}
        self._order: list[int] = []
        self._passed: deque[int] = deque()
        self._turned = -1

    def __len__(self) -> int:
        """Return how many traces wait for their slot, or have been passed by it."""
        return sum(map(len, self._slots.values())) + len(self._passed)

    @property
    def behind(self) -> bool:
        """Whether there are traces whose slot has passed."""
        return bool(self._passed)

    def put(self, trace_id: int, due_ns: float) -> int:
        """Put a trace into the slot of its deadline, which is returned."""
        slot = max(int(due_ns // SLOT_NS) + 1, self._turned + 1)
        waiting = self._slots.get(slot)
        if waiting is None:
            waiting = self._slots[slot] = {}
            heappush(self._order, slot)
        waiting[trace_id] = None
        return slot

    def remove(self, trace_id: int, slot: int) -> None:
        """Take a trace out of its slot; one whose slot has passed stays to be taken."""
        waiting = self._slots.get(slot)
        if waiting is not None:
            waiting.pop(trace_id, None)
            if not waiting:
                del self._slots[slot]

    def turn(self, now_ns: int) -> None:
        """Pass all slots up to now."""
        now = now_ns // SLOT_NS
        while self._order and self._order[0] <= now:
            self._passed.extend(self._slots.pop(heappop(self._order), ()))
        self._turned = max(self._turned, now)

    def take(self) -> int:
        """Take the trace whose slot passed first."""
        return self._passed.popleft()

    def has_passed(self, slot: int) -> bool:
        """Whether a slot has passed, so that its traces are there to be taken."""
        return slot <= self._turned
