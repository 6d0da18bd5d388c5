"""What the spans of this process add up to: each logical call and run once, into series.

Nothing is counted, and no span is marked as counted, before the application has a live
MeterProvider: a gateway behind it then counts what this process did not.
"""

from collections.abc import Iterable

from otel_agents._clock import Clock
from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.counted import Counted
from otel_agents.pipeline.metrics import Metrics
from otel_agents.pipeline.network import leaves_machine
from otel_agents.pipeline.noted import notes
from otel_agents.pipeline.price import Pricer
from otel_agents.pipeline.series import Series
from otel_agents.pipeline.tally import Options as TallyOptions
from otel_agents.pipeline.tally import Statistics, Tally
from otel_agents.record import SpanRecord
from otel_agents.sdk.instruments import Instruments, RecordedSeries

_OTHER = Role.OTHER


class Counting:
    """Counts spans of one process; whoever calls holds the door's lock.

    Attributes:
        instruments: Where the sums are read.
    """

    def __init__(
        self, pricer: Pricer, instruments: Instruments, tally: TallyOptions, clock: Clock
    ) -> None:
        """Start at zero."""
        self.instruments = instruments
        self._pricer = pricer
        self._tally_options = tally
        self._clock = clock
        self.forked()

    def forked(self) -> None:
        """Begin at zero in a child process: what was counted is the parent's."""
        self._tally = Tally(self._tally_options, price=self._pricer.rate)
        self.series: Series = RecordedSeries(self.instruments)
        self._metrics = Metrics(self.series)
        self.instruments.read_from(self.series)

    def take(self, record: SpanRecord, said: AgentSpan | None, *, leaves: bool) -> bool:
        """Count a span; return whether a live MeterProvider takes the count."""
        if not self.instruments.live:
            return False
        settled = self._tally.offer(record, said, self._clock.monotonic_ns(), leaves=leaves)
        if settled is None:
            return False
        now_ns = self._clock.now_ns()
        if said is not None:
            for note in notes(record, said):
                self._metrics.note(note, now_ns)
        self._add(settled)
        return said is not None

    def tick(self, max_traces: int = 256) -> None:
        """Settle what has waited for late and repeated reports long enough."""
        self._add(self._tally.tick(self._clock.monotonic_ns(), max_traces))

    def settle(self) -> None:
        """Settle all that came, without waiting; a later report of it is suppressed."""
        delay_ns = self._tally_options.delay_ns or 0
        held = self._tally.statistics().held_traces
        self._add(self._tally.tick(self._clock.monotonic_ns() + delay_ns, 2 * held + 1))

    def close(self) -> None:
        """Settle all that is left."""
        self._add(self._tally.drain())

    def statistics(self) -> Statistics:
        """Return what the tally holds and has seen."""
        return self._tally.statistics()

    def _add(self, settled: Iterable[Counted]) -> None:
        now_ns = self._clock.now_ns()
        for counted in settled:
            self._metrics.add(counted, now_ns)


def leaves(record: SpanRecord, said: AgentSpan | None) -> bool:
    """Whether a span that is itself no step of an agent called another system."""
    return (said is None or said.role is _OTHER) and leaves_machine(record)
