"""The store of all series: born at 0, bounded, read in slices.

It reads no clock and takes no lock: the door tells the time and lets nobody else in
meanwhile. Times are nanoseconds since the Unix epoch.

Caps, in the order in which they apply to a set of labels that is new:

- Values are cleaned; a value outside a closed set becomes the set's own word for the rest.
- A label that has all its values becomes `other`, in every metric.
- A metric that has all its series, or an agent that has all of its own, folds open labels to
  `other`, the one with most values in that metric first. For an agent its identity stays, so
  its totals stay right. Closed labels never fold.

What is folded is counted, a measurement at a time, by `series.overflow`. Sums are the same
with and without caps.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import inf
from typing import NamedTuple, TypeAlias

from otel_agents import semconv
from otel_agents.pipeline.cells import Counter, Gauge, Histogram, Point
from otel_agents.pipeline.labels import CLOSED, OTHER, clean
from otel_agents.pipeline.metric_options import MIN_SERIES, Options
from otel_agents.semconv import IDENTITY, INSTRUMENTS, Instrument

Cell: TypeAlias = Counter | Histogram | Gauge
Add: TypeAlias = Callable[[float, int], None]
Labels: TypeAlias = tuple[str, ...]

_AGENT = IDENTITY["agent"]
_LAST_RESORT = MIN_SERIES // 10


class Statistics(NamedTuple):
    """What the store holds and has seen.

    Attributes:
        series: Series it holds.
        held: Of these, the ones that still read 0.
        agents: Agents that have series.
        fullest_agent: How many series the agent with most of them has.
        folded: Measurements that a cap folded.
        refused: Measurements that no series can take: negative, or not a number.
        collections: How often it was collected.
    """

    series: int
    held: int
    agents: int
    fullest_agent: int
    folded: int
    refused: int
    collections: int


class Family:
    """One metric and its series.

    Attributes:
        instrument: The metric, as the convention defines it.
        name: The name that it is emitted under.
        labels: The keys of its labels: identity first.
        cells: Its series by the values of their labels.
        values: How many values each label has.
        folded: Measurements that a cap folded.
    """

    __slots__ = (
        "cells",
        "folded",
        "instrument",
        "labels",
        "name",
        "open",
        "order",
        "per_agent",
        "values",
    )

    def __init__(self, instrument: Instrument, *, upstream_names: bool) -> None:
        """Start without series."""
        self.instrument = instrument
        upstream = instrument.upstream_name if upstream_names else None
        self.name = upstream or instrument.name
        self.labels: Labels = (*IDENTITY[instrument.scope], *instrument.labels)
        self.cells: dict[Labels, Cell] = {}
        # A list beside the dict can be read in slices while series are born.
        self.order: list[Cell] = []
        self.values: list[set[str]] = [set() for _ in self.labels]
        self.open = tuple(i for i, key in enumerate(self.labels) if key not in CLOSED)
        self.per_agent = instrument.scope == "agent"
        self.folded = 0

    def __len__(self) -> int:
        """Return how many series it has."""
        return len(self.cells)


class Series:
    """Holds every series of this process.

    Attributes:
        options: Its bounds.
        generation: Rises when series end; what `bind` returned before is then stale.
    """

    def __init__(self, options: Options | None = None) -> None:
        """Start with every metric of the convention and no series."""
        self.options = options or Options()
        names = self.options.upstream_names
        self._families = {i.name: Family(i, upstream_names=names) for i in INSTRUMENTS}
        self._admitted: dict[str, set[str]] = {}
        self._agents: dict[Labels, int] = {}
        self._collections = 0
        self._refused = 0
        self._age_ns = {
            semconv.METRIC_CONTEXT_TOKENS.name: self.options.context_age_ns,
            semconv.METRIC_CONTEXT_LIMIT.name: self.options.context_age_ns,
            semconv.METRIC_AGENT_INFO.name: self.options.info_age_ns,
        }
        self.generation = 0

    def add(self, instrument: Instrument, labels: Labels, value: float, now_ns: int) -> None:
        """Take a measurement in.

        Args:
            instrument: The metric.
            labels: The values of identity and labels, in the order of the convention.
            value: What was measured.
            now_ns: The time.
        """
        # Also false for what is not a number; a counter that goes back is a counter reset.
        if not 0 <= value < inf:
            self._refused += 1
            return
        self.bind(instrument, labels, now_ns)(value, now_ns)

    def set(self, instrument: Instrument, labels: Labels, value: float, now_ns: int) -> None:
        """Put a gauge to a value, in place of all earlier ones.

        Raises:
            TypeError: If the metric is no gauge.
        """
        family = self._families[instrument.name]
        cell = family.cells.get(labels) or self._cell(family, labels, now_ns)
        if not isinstance(cell, Gauge):
            raise TypeError(f"{instrument.name} is a {instrument.kind} and cannot be set")
        if not -inf < value < inf:
            self._refused += 1
            return
        cell.set(value, now_ns)

    def register(self, instrument: Instrument, labels: Labels, now_ns: int) -> None:
        """Let a series that is known beforehand begin, at 0."""
        self.bind(instrument, labels, now_ns)

    def bind(self, instrument: Instrument, labels: Labels, now_ns: int) -> Add:
        """Return what takes measurements of one set of labels, for a hot path to keep.

        It is good until `generation` rises, and takes only finite values that are not
        negative.
        """
        family = self._families[instrument.name]
        cell = family.cells.get(labels)
        if cell is not None:
            return cell.add
        cell = self._cell(family, labels, now_ns)
        asked = self._clean(family, labels)
        return cell.add if cell.labels == asked else self._folding(family, cell)

    def slices(self, now_ns: int, max_series: int = 1000) -> Iterator[tuple[Family, list[Point]]]:
        """Yield what every series reads now, at most so many at a time.

        Between two slices the door may let others in; a series that is born meanwhile may
        or may not be seen.
        """
        for family in list(self._families.values()):
            order = family.order
            for start in range(0, len(order), max_series):
                points = [
                    cell.read(held=self._held(cell, now_ns))
                    for cell in islice(order, start, start + max_series)
                    if not isinstance(cell, Gauge) or cell.alive(now_ns)
                ]
                if points:
                    yield family, points

    def collected(self, now_ns: int) -> None:
        """Take note that all slices have been read, and drop the gauges that have ended."""
        self._collections += 1
        for family in self._families.values():
            if family.instrument.kind == "gauge" and family.cells:
                self._drop_ended(family, now_ns)

    def families(self) -> Sequence[Family]:
        """Return every metric, also those without series."""
        return tuple(self._families.values())

    def statistics(self, now_ns: int) -> Statistics:
        """Return what the store holds and has seen."""
        families = self._families.values()
        cells = [cell for family in families for cell in family.order]
        return Statistics(
            series=len(cells),
            held=sum(self._held(cell, now_ns) for cell in cells),
            agents=len(self._agents),
            fullest_agent=max(self._agents.values(), default=0),
            folded=sum(family.folded for family in families),
            refused=self._refused,
            collections=self._collections,
        )

    def _held(self, cell: Cell, now_ns: int) -> bool:
        if isinstance(cell, Gauge):
            return False
        options = self.options
        return (
            now_ns - cell.born_ns < options.birth_hold_ns
            or self._collections - cell.born_at < options.birth_collections
        )

    def _cell(self, family: Family, labels: Labels, now_ns: int) -> Cell:
        """Find the series of a set of labels, or let it begin, within the caps."""
        if len(labels) != len(family.labels):
            keys = ", ".join(family.labels)
            raise ValueError(f"{family.instrument.name}: {len(labels)} values for labels {keys}")
        labels = self._admit(family, self._clean(family, labels))
        cell = family.cells.get(labels)
        if cell is not None:
            return cell
        labels = self._fold(family, labels)
        return family.cells.get(labels) or self._begin(family, labels, now_ns)

    def _clean(self, family: Family, labels: Labels) -> Labels:
        max_chars = self.options.label_chars
        cleaned = []
        for key, value in zip(family.labels, labels, strict=True):
            closed = CLOSED.get(key)
            if closed is None:
                cleaned.append(clean(str(value), max_chars))
            else:
                known = not value or value in closed.values
                cleaned.append(str(value if known else closed.stray(value)))
        return tuple(cleaned)

    def _admit(self, family: Family, labels: Labels) -> Labels:
        """Put `other` for new values of labels that have all their values."""
        admitted = list(labels)
        for position in family.open:
            key, value = family.labels[position], labels[position]
            known = self._admitted.setdefault(key, set())
            if not value or value == OTHER or value in known:
                continue
            options = self.options
            if len(known) < options.label_values_of.get(key, options.label_values):
                known.add(value)
            else:
                admitted[position] = OTHER
        return tuple(admitted)

    def _fold(self, family: Family, labels: Labels) -> Labels:
        """Fold a new set of labels where its agent or its metric has no room for it."""
        if family.per_agent:
            own = labels[: len(_AGENT)]
            budget, held = self.options.agent_series, self._agents.get(own, 0)
            if held >= budget - budget // 5:
                beside = tuple(i for i in family.open if i >= len(_AGENT))
                labels = _folded(family, labels, beside, room=False)
        budget, held = self.options.metric_series, len(family.cells)
        if held >= budget - budget // 10 and labels not in family.cells:
            room = held < budget - _LAST_RESORT
            labels = _folded(family, labels, family.open, room=room)
        return labels

    def _begin(self, family: Family, labels: Labels, now_ns: int) -> Cell:
        cell: Cell
        if family.instrument.kind == "counter":
            cell = Counter(labels, now_ns, self._collections)
        elif family.instrument.kind == "histogram":
            cell = Histogram(labels, now_ns, self._collections, family.instrument.buckets)
        else:
            age_ns = self._age_ns.get(family.instrument.name, self.options.last_seen_age_ns)
            cell = Gauge(labels, now_ns, age_ns)
        family.cells[labels] = cell
        family.order.append(cell)
        for values, value in zip(family.values, labels, strict=True):
            values.add(value)
        if family.per_agent:
            own = labels[: len(_AGENT)]
            self._agents[own] = self._agents.get(own, 0) + 1
        return cell

    def _folding(self, family: Family, cell: Cell) -> Add:
        """Take measurements for a series that they were folded into, and count them."""
        name = semconv.METRIC_SERIES_OVERFLOW.name
        overflow = self._families[name]

        def add(value: float, now_ns: int) -> None:
            family.folded += 1
            counter = self._cell(overflow, (family.instrument.name,), now_ns)
            counter.add(1, now_ns)
            cell.add(value, now_ns)

        return add

    def _drop_ended(self, family: Family, now_ns: int) -> None:
        ended = [c for c in family.order if isinstance(c, Gauge) and not c.alive(now_ns)]
        if not ended:
            return
        for cell in ended:
            del family.cells[cell.labels]
            if family.per_agent:
                own = cell.labels[: len(_AGENT)]
                self._agents[own] -= 1
                if not self._agents[own]:
                    del self._agents[own]
        # A new list: whoever reads slices of the old one goes on undisturbed.
        family.order = list(family.cells.values())
        self.generation += 1


def _folded(family: Family, labels: Labels, positions: Sequence[int], *, room: bool) -> Labels:
    """Fold labels, the one with most values first, until the series is there or has room."""
    for position in sorted(positions, key=lambda i: (-len(family.values[i]), i)):
        if labels[position] == OTHER:
            continue
        labels = (*labels[:position], OTHER, *labels[position + 1 :])
        if room or labels in family.cells:
            return labels
    return labels
