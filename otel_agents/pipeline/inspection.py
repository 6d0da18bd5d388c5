"""The whole of reading spans for people: normalise, count, price, add up."""

from collections.abc import Iterable

from otel_agents.errors import SpanRefused
from otel_agents.pipeline.agent_span import Role
from otel_agents.pipeline.counted import Counted
from otel_agents.pipeline.network import leaves_machine
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.normalize import Options as NormalizerOptions
from otel_agents.pipeline.price import Pricer
from otel_agents.pipeline.report import Report
from otel_agents.pipeline.tally import Options as TallyOptions
from otel_agents.pipeline.tally import Statistics, Tally
from otel_agents.pricing import PriceBook
from otel_agents.record import SpanRecord


class Inspection:
    """Takes spans in any order and ends with a report.

    Attributes:
        report: The sums so far.
    """

    def __init__(
        self,
        book: PriceBook,
        *,
        normalizer: NormalizerOptions | None = None,
        tally: TallyOptions | None = None,
        report: Report | None = None,
    ) -> None:
        """Start empty.

        Args:
            book: Where prices come from.
            normalizer: How spans are read.
            tally: The tally's bounds; by default it waits for the end of input.
            report: Where it adds up; by default a new one.
        """
        pricer = Pricer(book)
        self.report = report or Report()
        self._normalize = Normalizer(normalizer).normalize
        self._tally = Tally(tally or TallyOptions(delay_ns=None), price=pricer.rate)

    def take(self, record: SpanRecord) -> SpanRefused | None:
        """Take a span in; return why it was refused, if it was."""
        try:
            span = self._normalize(record)
        except SpanRefused as refusal:
            self.report.refuse(refusal)
            # Its children still need it on their way up to their agent.
            self._add(self._tally.offer(record, None, 0) or ())
            return refusal
        leaves = (span is None or span.role is Role.OTHER) and leaves_machine(record)
        settled = self._tally.offer(record, span, 0, leaves=leaves)
        if settled is not None:
            self.report.saw(span)
            self._add(settled)
        return None

    def refuse(self, refusal: SpanRefused) -> None:
        """Count a span that its door could not read."""
        self.report.refuse(refusal)

    def finish(self) -> Statistics:
        """Settle all that is left and close the report."""
        self._add(self._tally.drain())
        statistics = self._tally.statistics()
        self.report.close(statistics)
        return statistics

    def _add(self, settled: Iterable[Counted]) -> None:
        for counted in settled:
            self.report.add(counted)
