"""Which day the demo shows, and what came of it."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from otel_agents.demo.highlights import Highlights
from otel_agents.errors import ConfigError
from otel_agents.pipeline.report import Report

START_NS: Final = 1_793_610_000 * 10**9
"""When the day begins if nobody says otherwise: Monday, 2 November 2026, 09:00 UTC."""

DAY_S: Final = 8 * 3600
"""How long the fleet works."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What a user may say about the demo.

    Attributes:
        seed: Which day: the same seed is the same day.
        runs: How many tasks the fleet is given.
        start_ns: When the day begins.
    """

    seed: int = 7
    runs: int = 600
    start_ns: int = START_NS

    def __post_init__(self) -> None:
        """Refuse a day on which nothing happens."""
        if self.runs < 1:
            raise ConfigError("runs", self.runs, "at least 1 task")


class Day(NamedTuple):
    """What came of it.

    Attributes:
        report: What the agents did and what it cost.
        highlights: What a person should notice.
    """

    report: Report
    highlights: Highlights
