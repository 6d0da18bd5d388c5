"""The sums of this process as instruments of the application's own MeterProvider.

Counters and gauges are read by observable instruments when the application's reader
collects. Histograms cannot be: each value is recorded with the SDK as it settles.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, TypeAlias

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Meter, MeterProvider, Observation

from otel_agents import semconv
from otel_agents._clock import Clock
from otel_agents.pipeline.cells import Histogram
from otel_agents.pipeline.metric_options import Options
from otel_agents.pipeline.series import Cell, Family, Labels, Series
from otel_agents.sdk.guard import Guard, Where
from otel_agents.semconv import Instrument

SCOPE: Final = "otel_agents.sdk"

_log = logging.getLogger("otel_agents.sdk")

Own: TypeAlias = Callable[[], Iterable[tuple[Instrument, Labels, float]]]
"""The door's account of itself: metric, labels, value."""


class RecordedHistogram(Histogram):
    """A histogram that also records each value with the SDK."""

    __slots__ = ("_attributes", "_record")

    def __init__(self, cell: Histogram, record: Any, attributes: Mapping[str, str]) -> None:  # noqa: ANN401 the SDK's own instrument
        """Stand in for a series that has just begun."""
        super().__init__(cell.labels, cell.born_ns, cell.born_at, cell.bounds)
        self._record = record
        self._attributes = attributes

    def add(self, value: float, now_ns: int) -> None:
        """Take a value in."""
        super().add(value, now_ns)
        self._record(value, self._attributes)


class RecordedSeries(Series):
    """Series whose histograms are the SDK's."""

    def __init__(self, instruments: "Instruments") -> None:
        """Start without series."""
        super().__init__(instruments.options)
        self._instruments = instruments

    def _begin(self, family: Family, labels: Labels, now_ns: int) -> Cell:
        cell = super()._begin(family, labels, now_ns)
        if not isinstance(cell, Histogram):
            return cell
        recorded = RecordedHistogram(
            cell, self._instruments.recorder(family), _attributes(family, cell.labels)
        )
        family.cells[cell.labels] = recorded
        family.order[-1] = recorded
        return recorded


class Instruments:
    """Instruments of one MeterProvider, made once it is there.

    Attributes:
        options: Names and bounds of the series.
    """

    def __init__(  # noqa: PLR0913, PLR0917 what it reads, and for whom
        self,
        options: Options,
        clock: Clock,
        guard: Guard,
        lock: Callable[[], AbstractContextManager[object]],
        own: Own,
        provider: MeterProvider | None = None,
    ) -> None:
        """Stand by.

        Args:
            options: Names and bounds of the series.
            clock: The time.
            guard: Who swallows what goes wrong while a reader collects.
            lock: Returns the door's lock, under which the series are written.
            own: The door's account of itself.
            provider: The MeterProvider; by default the global one, once it is set.
        """
        self.options = options
        self._clock = clock
        self._guard = guard
        self._lock = lock
        self._own = own
        self._provider = provider
        self._meter: Meter | None = None
        self._series: Series | None = None
        self._warned = False
        self._shown: dict[str, list[Observation]] = {}
        self._asked: set[str] = set()
        self._recorders: dict[str, Any] = {}

    @property
    def live(self) -> bool:
        """Whether a MeterProvider of an SDK takes what is counted."""
        return self._meter is not None

    def look(self) -> None:
        """Look whether there is a MeterProvider by now; say once that there is none.

        Never under the door's lock: a reader that collects holds the SDK's while it asks for it.
        """
        if self._meter is not None:
            return
        provider = self._provider or metrics.get_meter_provider()
        if not _is_live(provider):
            if not self._warned:
                self._warned = True
                _log.warning(
                    "no MeterProvider is set up, so nothing is counted here: spans leave without "
                    "%s; set one up with a reader, or count in a gateway",
                    semconv.OTEL_AGENTS_COUNTED,
                )
            return
        meter = provider.get_meter(SCOPE, _version())
        for family in Series(self.options).families():
            self._make(meter, family)
        self._meter = meter

    def read_from(self, series: Series) -> None:
        """Show these series from now on."""
        self._series = series
        self._asked.clear()
        self._shown = {}

    def recorder(self, family: Family) -> Any:  # noqa: ANN401 the SDK's own instrument
        """Return what records values of a histogram."""
        return self._recorders.get(family.instrument.name, _nowhere)

    def _make(self, meter: Meter, family: Family) -> None:
        instrument = family.instrument
        if instrument.kind == "histogram":
            made = meter.create_histogram(
                family.name,
                instrument.unit,
                instrument.brief,
                explicit_bucket_boundaries_advisory=list(instrument.buckets),
            )
            self._recorders[instrument.name] = made.record
            return
        create = (
            meter.create_observable_counter
            if instrument.kind == "counter"
            else meter.create_observable_gauge
        )
        create(family.name, [self._callback(instrument)], instrument.unit, instrument.brief)

    def _callback(self, instrument: Instrument) -> Callable[[CallbackOptions], list[Observation]]:
        def observe(_options: CallbackOptions) -> list[Observation]:
            with self._guard.at(Where.METRICS):
                return self._observations(instrument.name)
            return []

        return observe

    def _observations(self, name: str) -> list[Observation]:
        # A reader asks each instrument once a collection, and all are read at the first one:
        # a name that comes again begins the next collection.
        with self._lock():
            if not self._shown or name in self._asked:
                self._asked.clear()
                self._shown = self._read()
            self._asked.add(name)
            return self._shown.get(name, [])

    def _read(self) -> dict[str, list[Observation]]:
        found: dict[str, list[Observation]] = {}
        series, now_ns = self._series, self._clock.now_ns()
        if series is not None:
            for family, points in series.slices(now_ns):
                if family.instrument.kind != "histogram":
                    found.setdefault(family.instrument.name, []).extend(
                        Observation(point.value, _attributes(family, point.labels))  # type: ignore[union-attr] # no histogram
                        for point in points
                    )
            series.collected(now_ns)
        for instrument, labels, value in self._own():
            attributes = dict(zip(instrument.labels, labels, strict=True))
            found.setdefault(instrument.name, []).append(Observation(value, attributes))
        return found


def _attributes(family: Family, labels: Labels) -> dict[str, str]:
    return dict(zip(family.labels, labels, strict=True))


def _nowhere(_value: float, _attributes: Mapping[str, str]) -> None:
    """Record nothing: there is no MeterProvider yet."""


def _is_live(provider: object) -> bool:
    # The API's own providers, which stand where nobody has set up an SDK, take nothing.
    return not type(provider).__module__.startswith("opentelemetry.metrics.")


def _version() -> str:
    try:
        return version("otel-agents")
    except PackageNotFoundError:
        return ""
