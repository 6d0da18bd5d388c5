"""One line for a running SDK: one copy of each kept span, none of a dropped one."""

import logging

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.trace import Status, StatusCode

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies import load
from otel_agents.sdk import AgentSpanProcessor, Options, configure
from otel_agents.sdk.configure import kept
from tests.sdk.door import Kept, adds_up

ERRORS = {
    "policies": [{"name": "e", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}}]
}


def running(*exporters: Kept) -> TracerProvider:
    provider = TracerProvider(shutdown_on_exit=False)
    for place, exporter in enumerate(exporters):
        kind = SimpleSpanProcessor if place % 2 else BatchSpanProcessor
        provider.add_span_processor(kind(exporter))
    return provider


def test_one_copy_of_each_kept_span_reaches_each_exporter_and_none_of_a_dropped_one() -> None:
    first, second = Kept(), Kept()
    provider = running(first, second)

    processor = configure(Options(policies=load(ERRORS)), tracer_provider=provider)
    for number in range(40):
        with provider.get_tracer("app").start_as_current_span(f"r{number}") as root:
            provider.get_tracer("app").start_span(f"c{number}", attributes={"a": 1}).end()
            if number % 4 == 0:
                root.set_status(Status(StatusCode.ERROR))
    provider.shutdown()

    expected = sorted(f"r{number}" for number in range(0, 40, 4))
    for exporter in (first, second):
        assert [name for name in exporter.names() if name[0] == "r"] == expected
        assert len(exporter.names()) == len(set(exporter.names()))
        assert exporter.shut == 1
    assert adds_up(processor.statistics())


def test_it_takes_the_global_provider_and_says_once_what_is_kept(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = running(Kept())
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)

    with caplog.at_level(logging.INFO, "otel_agents.sdk"):
        made = configure()
        again = configure()

    assert isinstance(made, AgentSpanProcessor)
    assert again is made
    assert [r.message for r in caplog.records if "kept" in r.message] == [kept(Options())]
    provider.shutdown()


def test_a_second_call_with_other_options_says_that_they_are_not_used(
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider = running(Kept())
    made = configure(tracer_provider=provider)

    assert configure(Options(), tracer_provider=provider) is made
    assert "not used" in caplog.text
    provider.shutdown()


def test_a_processor_that_exports_on_its_own_is_named(caplog: pytest.LogCaptureFixture) -> None:
    class Own(BatchSpanProcessor):
        pass

    provider = running(Kept())
    provider.add_span_processor(Own(Kept()))

    configure(tracer_provider=provider)

    assert "Own exports on its own" in caplog.text
    provider.shutdown()


def test_without_an_sdk_it_refuses() -> None:
    with pytest.raises(ConfigError, match="tracer provider: got"):
        configure()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (Options(), "failures, steps over 10 s and calls to external systems, and 10 %"),
        (Options(sampling="off"), "every span is kept: sampling is off"),  # type: ignore[arg-type]
        (Options(policies=load(ERRORS)), "traces are kept by the policies e"),
    ],
)
def test_what_is_kept_is_said_in_one_line(options: Options, says: str) -> None:
    assert says in kept(options)
    assert "\n" not in kept(options)
