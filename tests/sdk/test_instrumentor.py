"""The way in without code never keeps an application from starting."""

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from otel_agents.sdk import AgentSpanProcessor, swap
from otel_agents.sdk.instrumentor import AgentsInstrumentor
from tests.sdk.door import Kept


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> TracerProvider:
    made = TracerProvider(shutdown_on_exit=False)
    made.add_span_processor(BatchSpanProcessor(Kept()))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", made)
    return made


@pytest.mark.parametrize(
    "settings",
    [{}, {"skip_dep_check": True}, {"sampling": "off"}, {"sampling": False, "flush": "decide"}],
)
def test_it_configures_the_global_provider(
    settings: dict[str, object], provider: TracerProvider
) -> None:
    AgentsInstrumentor().instrument(**settings)

    (found,) = swap.processors(provider)
    assert isinstance(found, AgentSpanProcessor)
    options = found._options  # noqa: SLF001 what became of the settings
    assert options.sampling == ("off" if "sampling" in settings else "on")
    AgentsInstrumentor().uninstrument()
    assert swap.processors(provider) == (found,)
    provider.shutdown()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"smapling": "off"}, "smapling: got 'off', expected no such key"),
        ({"sampling": "some"}, "sampling: got 'some', expected one of on, off"),
    ],
)
def test_settings_that_cannot_be_used_are_an_error_in_the_log_and_change_nothing(
    settings: dict[str, object],
    says: str,
    provider: TracerProvider,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = swap.processors(provider)

    AgentsInstrumentor().instrument(**settings)

    assert says in caplog.text
    assert swap.processors(provider) == before
    provider.shutdown()


def test_without_an_sdk_the_log_says_what_to_do(caplog: pytest.LogCaptureFixture) -> None:
    AgentsInstrumentor().instrument()

    assert "agents are not observed: tracer provider" in caplog.text
    assert AgentsInstrumentor().instrumentation_dependencies() == ()
