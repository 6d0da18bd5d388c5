"""The door's tests leave no global provider, warning or context behind."""

from collections.abc import Iterator

import pytest
from opentelemetry import context, trace
from opentelemetry.metrics import _internal as metering

from otel_agents.instrument import agents
from otel_agents.instrument.content import VARIABLE


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(metering, "_METER_PROVIDER", None)
    monkeypatch.delenv(VARIABLE, raising=False)
    agents.known.clear()
    before = context.get_current()
    yield
    assert context.get_current() is before
