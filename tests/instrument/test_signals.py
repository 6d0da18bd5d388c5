"""What is told outside a block."""

from collections.abc import Iterator

import pytest
from opentelemetry.metrics import _internal as metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.trace import get_current_span

from otel_agents.instrument import (
    agent,
    context_window,
    decision,
    model_call,
    opened,
    providers,
    queue_depth,
    state_diverged,
    tool,
)
from tests.instrument.told import Told


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemoryMetricReader]:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    monkeypatch.setattr(metrics, "_METER_PROVIDER", provider)
    yield reader
    provider.shutdown()


def points(reader: InMemoryMetricReader) -> dict[tuple[str, ...], int | float]:
    data = reader.get_metrics_data()
    assert data is not None
    (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
    assert (metric.name, metric.unit) == ("otel_agents.group.queued", "{task}")
    return {
        tuple(str(value) for value in (point.attributes or {}).values()): point.value
        for point in metric.data.data_points
        if hasattr(point, "value")
    }


def test_waiting_tasks_are_a_gauge_of_their_group(
    told: Told, measured: InMemoryMetricReader
) -> None:
    queue_depth(3, group="desk")
    queue_depth(2, group="desk")
    queue_depth(1)
    with agent("triage", group="back"):
        queue_depth(7)

    assert points(measured) == {
        ("desk", "prod", "desk"): 2,
        ("none", "prod", "desk"): 1,
        ("back", "prod", "desk"): 7,
    }
    assert len(told.spans) == 1


def test_without_traces_the_gauge_has_the_group_alone(measured: InMemoryMetricReader) -> None:
    queue_depth(3, group="desk")

    assert points(measured) == {("desk",): 3}


def test_without_a_meter_provider_nothing_is_measured() -> None:
    queue_depth(3)

    assert providers.queue_gauge() is None


def test_the_window_is_told_on_the_model_call_of_the_moment(told: Told) -> None:
    with agent("triage"), model_call("openai", "gpt-5"), decision("answer"):
        context_window(50, 100)

    span = told.read()["chat gpt-5"]
    assert (span.context_used_tokens, span.context_limit_tokens) == (50, 100)


@pytest.mark.parametrize(("model", "shown"), [("gpt-5", "gpt-5"), ("", "unknown")])
def test_where_others_tell_of_the_call_the_window_is_told_on_the_run(
    told: Told, model: str, shown: str
) -> None:
    with agent("triage"), tool("ask"):
        context_window(50, 100, model=model)
        context_window(101, 100, model=model)

    run = told.span("invoke_agent triage")
    assert run["otel_agents.context.used_tokens"] == 101
    assert run["otel_agents.context.limit_tokens"] == 100
    _, event = told.events()
    assert event.startswith("otel_agents.context.window.exceeded on invoke_agent triage: ")
    assert event.endswith(f"model={shown} used_tokens=101 limit_tokens=100")


def test_outside_calls_and_runs_the_window_is_told_to_nobody(told: Told) -> None:
    context_window(101, 100)
    with tool("ask"):
        context_window(101, 100)

    assert told.events() == []
    assert told.tree() == "execute_tool ask status=ok"


def test_a_state_gone_wrong_outside_runs_is_told_on_the_current_span(told: Told) -> None:
    with told.tracing.get_tracer("web").start_as_current_span("GET /"):
        state_diverged("memory")

    assert told.events() == ["otel_agents.agent.state.corrupted on GET /: group=none reason=memory"]


def test_without_an_sdk_signals_are_told_to_nobody() -> None:
    state_diverged("memory")
    context_window(101, 100)

    assert not get_current_span().is_recording()


def test_a_signal_that_fails_never_reaches_the_application(
    told: Told,
    measured: InMemoryMetricReader,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(providers, "logger", broken)
    state_diverged("memory")
    monkeypatch.setattr(opened, "_complained_ns", None)
    monkeypatch.setattr(providers, "resource", broken)
    queue_depth(3, group="desk")

    assert caplog.text.count("Traceback") == 2
    assert "telling of a block failed" in caplog.text
    assert told.spans == []
    assert measured.get_metrics_data() is None
