"""Which spans others link to, as far as links have come."""

from collections import OrderedDict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

Link: TypeAlias = tuple[int, int]
"""The trace id and the span id that a span links to."""

MAX_LINKED: Final = 65_536
"""Spans that are remembered; a target that does not come must not be held for ever."""

_NONE: Final[frozenset[int]] = frozenset()


class Links:
    """Spans that are linked to, until their trace is decided."""

    def __init__(self, max_linked: int = MAX_LINKED) -> None:
        """Start empty."""
        self._linked: OrderedDict[int, set[int]] = OrderedDict()
        self._count = 0
        self._max_linked = max_linked

    def __len__(self) -> int:
        """Return how many spans are remembered."""
        return self._count

    def note(self, links: Iterable[Link]) -> None:
        """Remember what a span links to; past the bound the oldest traces are forgotten."""
        for trace_id, span_id in links:
            spans = self._linked.setdefault(trace_id, set())
            self._count += span_id not in spans
            spans.add(span_id)
        while self._count > self._max_linked:
            _, spans = self._linked.popitem(last=False)
            self._count -= len(spans)

    def take(self, trace_id: int) -> AbstractSet[int]:
        """Return the spans of a trace that are linked to, and forget them."""
        if not self._count:
            return _NONE
        spans = self._linked.pop(trace_id, _NONE)
        self._count -= len(spans)
        return spans
