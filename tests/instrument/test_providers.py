"""Who takes what is told, asked at every use; and that nobody costs nothing."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable

import pytest
from opentelemetry import _logs, trace
from opentelemetry._logs import _internal as logs
from opentelemetry.trace import NoOpTracerProvider, Tracer

from otel_agents.instrument import agent, current, decision, model_call, outcome, providers, tool
from tests.instrument.told import Told


@pytest.mark.parametrize("provider", [None, NoOpTracerProvider()])
def test_where_nobody_takes_traces_there_is_no_tracer(
    monkeypatch: pytest.MonkeyPatch, provider: trace.TracerProvider | None
) -> None:
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)

    assert providers.tracer() is None
    assert providers.tracer() is None


def test_a_provider_that_comes_later_is_found_and_one_that_goes_is_forgotten(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    seen = [providers.tracer()]
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", told.tracing)
    seen += [providers.tracer(), providers.tracer()]
    other = Told()
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", other.tracing)
    seen.append(providers.tracer())

    assert seen[0] is None
    assert seen[1] is seen[2] is not None
    assert seen[3] not in seen[:3]


def test_a_later_api_that_holds_its_provider_elsewhere_is_asked_in_public(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tracer(*_: object) -> Tracer:
        return told.tracing.get_tracer("public")

    monkeypatch.delattr(trace, "_TRACER_PROVIDER")
    monkeypatch.setattr(trace, "get_tracer", tracer)
    with tool("search"):
        pass

    assert told.tree() == "execute_tool search status=ok"
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None, raising=False)


def test_a_provider_named_by_the_environment_is_loaded_when_first_asked_for(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object) -> Tracer:
        monkeypatch.setattr(trace, "_TRACER_PROVIDER", told.tracing)
        return told.tracing.get_tracer("loaded")

    monkeypatch.setattr(providers, "_NAMED", True)
    monkeypatch.setattr(trace, "get_tracer", load)

    assert providers.tracer() is not None


@pytest.mark.parametrize("provider", [None, logs.NoOpLoggerProvider()])
def test_where_nobody_takes_logs_there_is_no_logger(
    monkeypatch: pytest.MonkeyPatch, provider: _logs.LoggerProvider | None
) -> None:
    monkeypatch.setattr(logs, "_LOGGER_PROVIDER", provider)

    assert providers.logger() is None


def test_spans_and_logs_are_of_this_rooms_scope(logging: Told) -> None:
    with agent("triage"):
        pass
    scope = logging.spans[0].instrumentation_scope
    told = logging.logs[0].instrumentation_scope

    assert scope is not None
    assert told is not None
    assert (scope.name, told.name) == ("otel_agents.instrument",) * 2
    assert scope.version == told.version != ""


def nothing_told() -> None:
    with agent("triage", group="desk") as run:
        run.outcome("completed")
        with decision("route"), tool("search", effect="read") as call:
            call.result("x")
        with model_call("openai", "gpt-5") as asked:
            asked.usage(input_tokens=1)
        outcome("completed")


@pytest.mark.parametrize("make", [agent, tool, decision])
def test_where_nobody_is_told_every_use_is_one_and_the_same_stand_in(
    make: Callable[[str], agent],
) -> None:
    with make("a") as first, make("b") as second:
        assert first is second
        assert not first.live
        assert current() is None


def test_where_nobody_is_told_nothing_is_kept() -> None:
    nothing_told()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(200):
        nothing_told()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert grown < 2_000


def test_the_room_is_imported_without_the_sdk_and_without_the_pipeline() -> None:
    code = """
import sys
import otel_agents.instrument
heavy = "opentelemetry.sdk opentelemetry.metrics otel_agents.pipeline asyncio pydantic".split()
print([name for name in heavy if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
