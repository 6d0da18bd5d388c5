"""Deadlines by the slot of time in which they fall."""

from collections import deque
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Final

SLOT_NS: Final = 10_000_000
"""A deadline is told at most so much after it has passed, and never before."""

FAR_SLOTS: Final = 1000
"""A deadline that is further away may be told `COARSE_SLOTS` late."""

COARSE_SLOTS: Final = 100


ENOUGH: Final = 4096
"""Slots are passed until so many traces wait: a hundred thousand at once are a pause."""


class Wheel:
    """Traces by deadline, at the same cost for any number of them.

    A trace is put into the slot that its caller remembers. It is asked of again when the
    slot has passed, and then its caller looks whether its deadline has moved.

    Attributes:
        turned: The last slot that has passed.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.turned = self._now = -1
        # A dict a slot: a trace that is decided before leaves nothing behind.
        self._slots: dict[int, dict[int, None]] = {}
        self._order: list[int] = []
        self._passed: deque[int] = deque()

    def __len__(self) -> int:
        """Return how many traces wait for their slot, or have been passed by it."""
        return sum(map(len, self._slots.values())) + len(self._passed)

    @property
    def behind(self) -> bool:
        """Whether there are slots that have passed and were not emptied."""
        return bool(self._passed) or (bool(self._order) and self._order[0] <= self._now)

    def put(self, trace_id: int, due_ns: float, now_ns: int) -> int:
        """Put a trace into the slot of its deadline, which is returned."""
        slot = int(due_ns // SLOT_NS) + 1
        if slot - now_ns // SLOT_NS > FAR_SLOTS:
            slot += -slot % COARSE_SLOTS
        slot = max(slot, self.turned + 1)
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
                # An emptied dict keeps the room of all that it held.
                self._slots[slot] = {}

    def turn(self, now_ns: int) -> None:
        """Pass slots up to now, in their order, until enough traces are there to be taken."""
        self._now = now_ns // SLOT_NS
        order, passed = self._order, self._passed
        while order and order[0] <= self._now and len(passed) < ENOUGH:
            self.turned = heappop(order)
            passed.extend(self._slots.pop(self.turned))
        if not order or order[0] > self._now:
            self.turned = max(self.turned, self._now)

    def take(self, most: int) -> Iterator[int]:
        """Take so many traces whose slot has passed, the first ones first."""
        passed = self._passed
        while passed and most > 0:
            most -= 1
            yield passed.popleft()
