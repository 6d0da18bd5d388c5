"""The typed events, to a LoggerProvider and without one."""

import contextlib

import pytest

from otel_agents import semconv
from otel_agents.instrument import agent, decision, model_call, state_diverged, tool
from otel_agents.instrument.events import _SEVERITY
from otel_agents.pipeline.noted import notes
from tests.instrument.told import FakeClock, Told


def tell_all() -> None:
    with agent("triage", group="desk", version="2", run_id="r1"):
        with decision("tool", tool="search"):
            pass
        with contextlib.suppress(TimeoutError), tool("search", call_id="c1"):
            raise TimeoutError
        with model_call("openai", "gpt-5", context_limit=10) as call:
            call.usage(input_tokens=12)
        state_diverged("memory_diverged")


WHO = "name=triage group=desk id=r1"
FAILED = "name=search status=timeout type=TimeoutError id=c1"
WINDOW = "used_tokens=12 limit_tokens=10"
STATE = "reason=memory_diverged"


def test_where_logs_are_taken_events_are_log_records_at_their_span(
    logging: Told, clock: FakeClock
) -> None:
    tell_all()

    assert logging.events() == [
        f"INFO otel_agents.agent.initialized at invoke_agent triage: {WHO} version=2",
        f"DEBUG otel_agents.decision.made at decision tool: {WHO} type=tool depth=0 name=search",
        f"WARN otel_agents.tool.call.failed at execute_tool search: {WHO} {FAILED}",
        f"WARN otel_agents.context.window.exceeded at chat gpt-5: {WHO} model=gpt-5 {WINDOW}",
        f"ERROR otel_agents.agent.state.corrupted at invoke_agent triage: {WHO} {STATE}",
    ]
    assert {log.log_record.timestamp for log in logging.logs} == {clock.now_ns()}


def test_elsewhere_events_are_those_of_their_span(told: Told) -> None:
    tell_all()

    assert sorted(line.partition(":")[0] for line in told.events()) == [
        "otel_agents.agent.initialized on invoke_agent triage",
        "otel_agents.agent.state.corrupted on invoke_agent triage",
        "otel_agents.context.window.exceeded on chat gpt-5",
        "otel_agents.decision.made on decision tool",
        "otel_agents.tool.call.failed on execute_tool search",
    ]


def test_the_pipeline_notes_the_events_that_no_span_tells(told: Told) -> None:
    tell_all()
    read = told.read()
    noted = [
        (note.agent, note.group, *note.labels.values())
        for record in told.records()
        for note in notes(record, read[record.name])
        if note.instrument is semconv.METRIC_EVENTS
    ]

    assert noted == [
        ("triage", "desk", "agent_initialized"),
        ("triage", "desk", "agent_state_corrupted"),
    ]


def test_every_event_of_the_registry_has_a_severity() -> None:
    assert _SEVERITY.keys() == semconv.EVENT_TYPES.keys()


@pytest.mark.parametrize("reason", ["memory_diverged", ""])
def test_outside_every_run_an_event_says_that_nobody_is_named(logging: Told, reason: str) -> None:
    state_diverged(reason)

    assert logging.events() == [
        "ERROR otel_agents.agent.state.corrupted at nothing: group=none"
        + (f" reason={reason}" if reason else "")
    ]
