"""What became of every span of this process."""

from collections.abc import Mapping
from typing import NamedTuple

from otel_agents.sdk import sender
from otel_agents.sdk.guard import Where


class Statistics(NamedTuple):
    """Sums since the process began, or was forked.

    At any moment, accepted = dropped + undecided + queued + sent + failed. Of several
    exporters each gets every kept span; the account here is that of the one that lost most.

    Attributes:
        accepted: Sampled spans that ended.
        dropped: Spans that sampling dropped.
        undecided: Spans whose trace is not decided.
        queued: Spans that wait for the exporter, or are with it.
        sent: Spans that the exporter took.
        failed: Spans that it did not take, that found no room, or that an error cost.
        refused: Spans that were not accepted: impossible ones, those after `shutdown`, and
            those that found the worker too far behind.
        open: Spans of runs that have started and not ended.
        errors: Errors of our own, by the step in which they were caught.
        exporters: The account of each exporter.
    """

    accepted: int
    dropped: int
    undecided: int
    queued: int
    sent: int
    failed: int
    refused: int
    open: int
    errors: Mapping[Where, int]
    exporters: tuple[sender.Statistics, ...]
