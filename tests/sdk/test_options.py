"""What the door's options refuse."""

from typing import Any

import pytest

from otel_agents.errors import ConfigError
from otel_agents.sdk.options import Options


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ({"sampling": "some"}, "sampling: got 'some', expected one of on, off"),
        ({"flush": "now"}, "flush: got 'now', expected one of decided, decide"),
        ({"max_waiting_spans": 0}, "max_waiting_spans: got 0, expected 1 or more"),
        ({"work_every_ns": 0}, "work_every_ns: got 0, expected 1 or more"),
        ({"shutdown_timeout_ns": -1}, "shutdown_timeout_ns: got -1, expected 1 or more"),
    ],
)
def test_what_cannot_work_is_refused_by_its_key(option: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Options(**option)

    assert str(refused.value) == says
