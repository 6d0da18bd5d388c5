"""What may be said about the demo's day."""

from datetime import UTC, datetime

import pytest

from otel_agents.demo.day import START_NS, Options
from otel_agents.errors import ConfigError


def test_a_day_without_tasks_is_refused() -> None:
    with pytest.raises(ConfigError, match="runs: got 0, expected at least 1 task"):
        Options(runs=0)


def test_the_day_begins_when_its_description_says() -> None:
    begun = datetime.fromtimestamp(START_NS / 1e9, UTC)

    assert f"{begun:%A, %-d %B %Y, %H:%M}" == "Monday, 2 November 2026, 09:00"
