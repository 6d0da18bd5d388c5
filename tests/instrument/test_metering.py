"""What a door adds to a run of the calls that others report."""

from collections.abc import Callable

import pytest
from opentelemetry import context

from otel_agents.instrument import Limits, Meter, agent, decision, meter_at, model_call, tool
from tests.instrument.told import Told


def test_outside_every_run_there_is_no_meter(told: Told) -> None:
    assert meter_at() is None
    with tool("search"):
        assert meter_at() is None
    assert len(told.spans) == 1


@pytest.mark.parametrize(
    ("limits", "report", "limit"),
    [
        (Limits(tokens=5), lambda m: m.call(tokens=6), "tokens"),
        (Limits(cost_usd=0.5), lambda m: m.cost(0.6), "cost"),
        (Limits(steps=1), lambda m: (m.call(), m.tool("x")), "steps"),
        (Limits(iterations=1), lambda m: (m.call(), m.call()), "iterations"),
        (Limits(iterations=1), lambda m: (m.tool(), m.tool()), None),
    ],
)
def test_what_a_door_reports_counts_against_the_limits(
    told: Told, limits: Limits, report: Callable[[Meter], object], limit: str | None
) -> None:
    with agent("triage", limits=limits), decision("plan"):
        meter = meter_at(context.get_current())
        assert meter is not None
        report(meter)

    assert told.span("invoke_agent triage").get("otel_agents.run.limit") == limit


def test_inside_a_block_of_the_same_thing_a_report_is_no_further_step(told: Told) -> None:
    with agent("triage", limits=Limits(steps=2, iterations=1, tokens=12)):
        with model_call("openai", "gpt-5") as call:
            inside = meter_at()
            call.usage(input_tokens=10, output_tokens=2)
            assert inside is not None
            inside.call(tokens=12)
        with tool("search"):
            inside = meter_at()
            assert inside is not None
            inside.tool("search")
            inside.tool()
    assert "otel_agents.run.limit" not in told.span("invoke_agent triage")


def test_inside_another_tools_block_a_tool_is_a_further_step(told: Told) -> None:
    with agent("triage", limits=Limits(steps=1)), tool("search"):
        inside = meter_at()
        assert inside is not None
        inside.tool("fetch")

    assert told.span("invoke_agent triage")["otel_agents.run.limit"] == "steps"
