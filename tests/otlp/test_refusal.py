from datetime import UTC, datetime

import pytest

from otel_agents.otlp.refusal import EARLIEST_START_NS, LATEST_START_NS


@pytest.mark.parametrize(("limit_ns", "year"), [(EARLIEST_START_NS, 2000), (LATEST_START_NS, 2100)])
def test_the_dates_that_are_believed_begin_and_end_with_a_year(limit_ns: int, year: int) -> None:
    assert datetime.fromtimestamp(limit_ns / 1e9, UTC) == datetime(year, 1, 1, tzinfo=UTC)
