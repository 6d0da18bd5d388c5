"""Real tracers whose ids a seed decides."""

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from otel_agents.demo import fleet
from otel_agents.demo.tracing import InspectionProcessor, SeededIds, tracers
from otel_agents.errors import ConfigError
from otel_agents.pipeline.inspection import Inspection
from otel_agents.pricing import PriceBook


def test_ids_are_those_of_the_seed() -> None:
    def drawn(seed: int) -> list[int]:
        ids = SeededIds(seed)
        return [ids.generate_trace_id(), ids.generate_span_id(), ids.generate_span_id()]

    assert drawn(1) == drawn(1) != drawn(2)
    assert all(drawn(1))


def test_spans_carry_the_group_and_reach_the_inspection() -> None:
    inspection = Inspection(PriceBook())
    make = tracers(fleet.SUPPORT, SeededIds(1), InspectionProcessor(inspection))
    span = make("otel_agents.tests").start_span("invoke_agent triage")
    span.set_attributes({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "triage"})
    span.end()
    inspection.finish()

    assert list(inspection.report.agents) == [("triage", "support")]


def test_a_span_that_cannot_be_converted_is_counted_as_refused() -> None:
    inspection = Inspection(PriceBook())
    InspectionProcessor(inspection).on_end(ReadableSpan("odd"))

    assert dict(inspection.report.refused) == {"bad_trace_id": 1}


def test_what_the_environment_says_of_sampling_and_resources_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "otel_agents.agent.group=elsewhere")
    inspection = Inspection(PriceBook())
    make = tracers(fleet.SUPPORT, SeededIds(1), InspectionProcessor(inspection))
    make("otel_agents.tests").start_span("GET").end()
    inspection.finish()

    assert inspection.report.totals["spans"] == 1


def test_a_switched_off_sdk_is_said_and_not_shown_as_an_idle_fleet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "True")

    with pytest.raises(ConfigError, match="OTEL_SDK_DISABLED: got 'True', expected it unset"):
        tracers(fleet.SUPPORT, SeededIds(1), InspectionProcessor(Inspection(PriceBook())))
