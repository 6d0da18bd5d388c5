"""What a run has used, and which limit its span names."""

import dataclasses
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from otel_agents.instrument import (
    Limits,
    Meter,
    Run,
    agent,
    meter_at,
    model_call,
    runs,
    stamp,
    tool,
)
from otel_agents.pipeline.noted import notes
from tests.instrument.told import FakeClock, Told, lines


def test_the_facts_of_a_run_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Run(agent="a").group = "b"  # type: ignore[misc]


def test_only_what_is_said_is_stamped_on_what_is_below() -> None:
    assert stamp(Run(agent="a", version="1", tenant="t")) == {
        "gen_ai.agent.name": "a",
        "otel_agents.tenant": "t",
    }


def two_calls() -> None:
    for _ in range(2):
        with model_call("openai", "gpt-5") as call:
            call.usage(input_tokens=30, output_tokens=20)


def two_tools() -> None:
    for _ in range(2):
        with tool("search"):
            pass


def one_tool_of_two_layers() -> None:
    with tool("search"), tool("search"):
        pass


def two_seconds(clock: FakeClock) -> None:
    clock.advance(2)


@pytest.mark.parametrize(
    ("limits", "work", "limit"),
    [
        (Limits(tokens=99), two_calls, "tokens"),
        (Limits(tokens=100), two_calls, None),
        (Limits(steps=1), two_calls, "steps"),
        (Limits(steps=1), two_tools, "steps"),
        (Limits(steps=1), one_tool_of_two_layers, None),
        (Limits(steps=2), two_tools, None),
        (Limits(iterations=1), two_calls, "iterations"),
        (Limits(iterations=1), two_tools, None),
        (Limits(tokens=60, steps=1), two_calls, "steps"),
        (None, two_calls, None),
    ],
)
def test_a_run_that_passes_a_limit_says_the_first(
    told: Told, limits: Limits | None, work: Callable[[], None], limit: str | None
) -> None:
    with agent("triage", limits=limits):
        work()

    assert told.span("invoke_agent triage").get("otel_agents.run.limit") == limit


def test_time_is_looked_at_with_every_step_and_at_the_end(told: Told, clock: FakeClock) -> None:
    with agent("slow", limits=Limits(duration_s=1)):
        clock.advance(2)
    with agent("long", limits=Limits(duration_s=1, tokens=10)):
        clock.advance(2)
        two_calls()

    assert told.tree() == lines("""
        invoke_agent slow limit=duration
        invoke_agent long limit=duration
          chat gpt-5
          chat gpt-5
    """)


def test_a_passed_limit_is_noted_once(told: Told) -> None:
    with agent("triage", limits=Limits(tokens=1, steps=1)):
        two_calls()
    (record,) = [record for record in told.records() if record.name.startswith("invoke")]
    noted = [
        (note.instrument.name, *note.labels.values())
        for note in notes(record, told.read()[record.name])
    ]

    assert ("otel_agents.run.limit_exceeded", "tokens") in noted
    assert len([name for name, *_ in noted if name.endswith("exceeded")]) == 1


def test_what_a_nested_run_uses_counts_for_those_around_it_but_not_its_rounds(told: Told) -> None:
    with agent("boss", limits=Limits(tokens=99)), agent("clerk", limits=Limits(iterations=5)):
        two_calls()
    with agent("chief", limits=Limits(iterations=1)), agent("clerk"):
        two_calls()

    assert told.span("invoke_agent boss")["otel_agents.run.limit"] == "tokens"
    assert "otel_agents.run.limit" not in told.span("invoke_agent chief")


def use(meter: Meter) -> None:
    for _ in range(1_000):
        meter.tool()


def test_sums_are_exact_when_threads_add_at_once(told: Told) -> None:
    with agent("triage", limits=Limits(steps=3_999)):
        meter = meter_at()
        assert meter is not None
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(use, [meter] * 4))

    assert told.span("invoke_agent triage")["otel_agents.run.limit"] == "steps"


def test_what_comes_after_the_end_of_a_run_changes_nothing(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    with agent("triage", limits=Limits(steps=1)):
        meter = meter_at()
    assert meter is not None
    for _ in range(3):
        meter.tool()

    assert "otel_agents.run.limit" not in told.span("invoke_agent triage")
    assert caplog.records == []


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # from Python 3.12 on
def test_a_process_that_is_forked_in_the_middle_of_a_sum_can_go_on_adding(told: Told) -> None:
    with agent("triage", limits=Limits(steps=1)), runs._lock:  # noqa: SLF001 held by a thread
        child = os.fork()
        if child == 0:
            two_tools()
            os._exit(7)
        _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 7
    assert len(told.spans) == 1
