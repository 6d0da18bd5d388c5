"""Providers and a clock for the tests of what an application's author writes."""

from collections.abc import Iterator

import pytest
from opentelemetry import context, trace
from opentelemetry._logs import _internal as logs

from otel_agents.instrument import agents, opened, providers
from otel_agents.instrument.content import VARIABLE
from tests.instrument.told import NAMES, FakeClock, Told


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave no provider, no memory and no context behind."""
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(logs, "_LOGGER_PROVIDER", None)
    monkeypatch.setattr(opened, "_complained_ns", None)
    monkeypatch.delenv(VARIABLE, raising=False)
    agents.known.clear()
    before = context.get_current()
    yield
    assert context.get_current() is before


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """An SDK that traces; after the test, every name that left is one of the registry."""
    telling = Told()
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", telling.tracing)
    yield telling
    assert telling.keys() - NAMES == set()


@pytest.fixture
def logging(told: Told, monkeypatch: pytest.MonkeyPatch) -> Told:
    """An SDK that traces and takes logs."""
    monkeypatch.setattr(logs, "_LOGGER_PROVIDER", told.logging)
    return told


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    fake = FakeClock()
    monkeypatch.setattr(providers, "CLOCK", fake)
    return fake
