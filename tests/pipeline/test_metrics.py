"""From spans to series: real captures, the budget, and nothing left out."""

import random
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents import semconv
from otel_agents.otlp import files
from otel_agents.pipeline import call_rows, noted, run_rows
from otel_agents.pipeline.agent_span import Role
from otel_agents.pipeline.cells import HistogramPoint, NumberPoint
from otel_agents.pipeline.counted import (
    AgentRun,
    ModelCall,
    Owner,
    ToolCall,
)
from otel_agents.pipeline.metric_options import Options
from otel_agents.pipeline.metrics import MAX_KEYS, Metrics
from otel_agents.pipeline.price import Pricer
from otel_agents.pipeline.series import Series
from otel_agents.pricing import PriceBook
from otel_agents.record import SpanRecord
from otel_agents.semconv import RunOutcome
from tests.measured import NOW_NS, collect, counted, measured, model_call, shown, span, tool_call

CAPTURES = Path(__file__).parent.parent / "contract" / "captures"
TIMES = ("agent.last_seen", "run.time")
"""Not shown: figures of the clock of whoever captured."""


@cache
def records(capture: str) -> tuple[SpanRecord, ...]:
    return tuple(files.read(str(CAPTURES / f"{capture}.traces.json"), on_refused=_never))


def _never(refusal: Exception) -> None:
    raise refusal


def series_of(capture: str) -> Series:
    return measured(list(records(capture)), Pricer(PriceBook()).rate)


def without_seconds(lines: list[str]) -> list[str]:
    return [line.partition(" in ")[0] if "duration" in line else line for line in lines]


EXPECTED = {
    "claude-agent-sdk__fake-anthropic": """
        invoke_agent.duration [none claude-code - -] 1
        decision.duration [none claude-code inferred] 2
        agent.runs [none claude-code unknown false - -] 1
        events [none claude-code decision_made] 2
        invoke_agent.inference_calls [none] 1 in 2
        invoke_agent.tool_calls [none] 1 in 1
        agent.run.steps [none] 1 in 3
        tool.calls [none claude-code get_weather ok unknown true] 1
        execute_tool.duration [none get_weather -] 1
        client.inference.usage.input_tokens [none claude-code anthropic CLAUDE] 94
        client.inference.usage.output_tokens [none claude-code anthropic CLAUDE] 14
        client.inference.usage.cache_read.input_tokens [none claude-code anthropic CLAUDE] 20
        client.inference.usage.cache_write.input_tokens [none claude-code anthropic CLAUDE] 10
        usage.cost [none claude-code anthropic CLAUDE -] 0.0004455
        context.tokens [none claude-code claude-sonnet-4-5] 54
        client.inference.duration [none anthropic CLAUDE -] 2
        client.inference.time_to_first_chunk [none anthropic CLAUDE -] 2 in 0.03
        agent.run.cost [none] 1 in 0.0004455
        agent.run.tokens [none] 1 in 108
    """,
    "langgraph__openllmetry-chatopenai": """
        invoke_agent.duration [none weather_agent - -] 1
        invoke_agent.duration [none planner other -] 1
        decision.duration [none weather_agent inferred] 2
        agent.runs [none weather_agent unknown false - -] 1
        agent.runs [none planner failed false - -] 1
        events [none weather_agent decision_made] 2
        invoke_agent.inference_calls [none] 2 in 2
        invoke_agent.tool_calls [none] 2 in 1
        agent.run.steps [none] 2 in 3
        tool.calls [none weather_agent get_weather ok unknown false] 1
        execute_tool.duration [none get_weather -] 1
        client.inference.usage.input_tokens [none weather_agent openai gpt-4o] 84
        client.inference.usage.output_tokens [none weather_agent openai gpt-4o] 14
        client.inference.usage.cache_read.input_tokens [none weather_agent openai gpt-4o] 20
        usage.cost [none weather_agent openai gpt-4o -] 0.000325
        context.tokens [none weather_agent gpt-4o] 49
        client.inference.duration [none openai gpt-4o -] 2
        agent.run.cost [none] 1 in 0.000325
        agent.run.tokens [none] 2 in 98
    """,
    "mcp__fastmcp-guard-proxy": """
        events [none - tool_call_failed] 3
        tool.calls [none - execute_query ok unknown true] 1
        tool.calls [none - execute_query error unknown true] 1
        tool.calls [none - drop_everything error unknown true] 1
        tool.calls [none - broken error unknown true] 1
        execute_tool.duration [none execute_query -] 1
        execute_tool.duration [none execute_query other] 1
        execute_tool.duration [none drop_everything other] 1
        execute_tool.duration [none broken other] 1
        mcp.client.operation.duration [none tools/call] 4
    """,
}


@pytest.mark.parametrize("capture", EXPECTED)
def test_a_capture_measures_what_really_happened(capture: str) -> None:
    series = series_of(capture)
    collect(series)

    drawn = EXPECTED[capture].replace("CLAUDE", "claude-sonnet-4-5").strip()
    wanted = [line.strip() for line in drawn.splitlines()]
    assert without_seconds(shown(series, skip=TIMES)) == wanted


EVERY = sorted(path.name.removesuffix(".traces.json") for path in CAPTURES.glob("*.traces.json"))


@pytest.mark.parametrize("capture", EVERY)
def test_series_reconcile_with_what_was_counted(capture: str) -> None:
    items = counted(records(capture), Pricer(PriceBook()).rate)
    calls = [item for item in items if isinstance(item, ModelCall)]
    runs = [item for item in items if isinstance(item, AgentRun)]
    series = series_of(capture)
    collect(series)
    sums: defaultdict[str, float] = defaultdict(float)
    for family, points in series.slices(NOW_NS + 10**12):
        for point in points:
            amount = point.cumulative[-1] if isinstance(point, HistogramPoint) else point.value
            sums[family.instrument.name.removeprefix("otel_agents.")] += amount

    assert sums["client.inference.usage.input_tokens"] == sum(
        c.usage.input_tokens or 0 for c in calls
    )
    assert sums["usage.cost"] == pytest.approx(sum(c.cost_usd or 0 for c in calls))
    assert sums["client.inference.duration"] == len(calls)
    assert sums["agent.runs"] == len(runs)
    assert sums["tool.calls"] == sum(isinstance(item, ToolCall) for item in items)
    assert sums["run.time"] == pytest.approx(
        sum((run.span.duration_ns or 0) / 1e9 for run in runs if not run.nested)
    )


@pytest.mark.parametrize("capture", EVERY)
def test_what_is_measured_one_by_one_is_what_is_added(capture: str) -> None:
    items = counted(records(capture), Pricer(PriceBook()).rate)
    added, listed = Series(), Series()
    metrics = Metrics(added)
    for item in items:
        metrics.add(item, NOW_NS)
        for measurement in metrics.measure(item, NOW_NS):
            listed.add(*measurement, NOW_NS)
    collect(added)
    collect(listed)

    assert shown(added) == shown(listed)


FED_LATER = {
    "otel_agents.run.loops": "loop detection",
    "otel_agents.group.queued": "events and the instrument API",
    "otel_agents.agent.active": "the SDK door, from the starts of spans",
    "otel_agents.agent.stalled": "the SDK door, from the starts of spans",
    "otel_agents.sampling.traces": "the sampler",
    "otel_agents.sampling.spans": "the sampler",
    "otel_agents.spans": "the doors' accounting",
    "otel_agents.spans.undecided": "the trace buffer",
    "otel_agents.spans.queued": "the doors' queues",
    "otel_agents.internal.errors": "the doors' guards",
}
"""Metrics that no finished span tells, and what will."""


def test_every_metric_of_the_convention_is_measured_or_has_a_named_feeder() -> None:
    tables = (
        *call_rows.CALL_TABLES,
        *run_rows.TOOL_TABLES,
        *run_rows.DECISION_TABLES,
        *run_rows.HANDOFF_TABLES,
        *run_rows.RUN_TABLES,
    )
    here = {row.instrument.name for table in tables for row in table.rows}
    here |= {instrument.name for instrument in noted.MEASURED}
    here |= {semconv.METRIC_SERIES_OVERFLOW.name}

    assert here & FED_LATER.keys() == set()
    assert here | FED_LATER.keys() == {instrument.name for instrument in semconv.INSTRUMENTS}


@pytest.mark.parametrize("name", FED_LATER)
def test_a_later_feeder_can_feed_its_metric(name: str) -> None:
    instrument = next(i for i in semconv.INSTRUMENTS if i.name == name)
    labels = ("",) * (len(semconv.IDENTITY[instrument.scope]) + len(instrument.labels))
    series = Series(Options(birth_hold_ns=0, birth_collections=0))
    if instrument.kind == "gauge":
        series.set(instrument, labels, 3, NOW_NS)
    else:
        series.add(instrument, labels, 3, NOW_NS)
    ((_, (point,)),) = series.slices(NOW_NS)

    assert isinstance(point, NumberPoint)
    assert point.value == 3


@given(
    st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=80),
    st.randoms(use_true_random=False),
)
def test_the_order_of_arrival_changes_no_series(names: list[str], chance: random.Random) -> None:
    def fill(order: list[str]) -> list[str]:
        series = Series()
        metrics = Metrics(series)
        for name in order:
            call = model_call(
                Owner(name, "g", tenant=name), request_model=name, input_tokens=3, cost_usd=0.25
            )
            metrics.add(call, NOW_NS)
        collect(series)
        return sorted(shown(series))

    shuffled = list(names)
    chance.shuffle(shuffled)

    assert fill(names) == fill(shuffled)


def test_series_at_hand_are_bounded_and_found_again() -> None:
    series = Series()
    metrics = Metrics(series)
    call = model_call(input_tokens=1)
    metrics.add(call, NOW_NS)
    for number in range(MAX_KEYS + 10):
        metrics.add(model_call(Owner(tenant=f"t{number}"), request_model=f"m{number}"), NOW_NS)
    metrics.add(call, NOW_NS)
    collect(series)

    assert metrics.statistics().keys <= 2 * MAX_KEYS
    assert "client.inference.usage.input_tokens [support ada - -] 2" in shown(series)
    assert series.statistics(NOW_NS).series < 1_000


def test_an_ended_gauge_comes_back_with_the_next_call() -> None:
    series = Series()
    metrics = Metrics(series)
    later_ns = NOW_NS + 400 * 10**9
    metrics.add(model_call(input_tokens=9), NOW_NS)
    collect(series, later_ns)
    metrics.add(model_call(input_tokens=5), later_ns)

    assert "context.tokens [support ada -] 5" in shown(series, later_ns)


def test_the_last_sign_is_the_end_of_a_span_and_never_later_than_now() -> None:
    series = Series()
    metrics = Metrics(series)
    metrics.add(tool_call(tool="t"), NOW_NS)
    early = shown(series, NOW_NS)
    metrics.add(tool_call(tool="t", duration_ns=10**18), NOW_NS)

    assert early[0] == "agent.last_seen [support ada] 1.76723e+09"
    points = [p for f, ps in series.slices(NOW_NS) for p in ps if "last_seen" in f.name]
    assert [p.value for p in points if isinstance(p, NumberPoint)] == [NOW_NS / 1e9]


def test_every_outcome_has_a_series_of_its_own() -> None:
    series = Series()
    metrics = Metrics(series)
    for outcome in RunOutcome:
        metrics.add(
            AgentRun(span(Role.AGENT, outcome=outcome), Owner("a"), 1, nested=False), NOW_NS
        )
    found = [line.split()[3] for line in shown(series) if line.startswith("agent.runs")]

    assert found == list(RunOutcome)


def test_a_note_is_a_sign_of_its_agent() -> None:
    series = Series()
    note = noted.Note(semconv.METRIC_ESCALATIONS, "prod", "shop", "support", "ada", {})
    Metrics(series).note(note, NOW_NS)
    collect(series)

    assert shown(series)[0] == "escalations [support ada] 1"
    assert len(shown(series)) == 2
