"""Spans of Strands Agents."""

import pytest

from otel_agents.record import Value
from tests.readings import capture, counted, reading, readings, spoken, tokens

SCOPE = "strands.telemetry.tracer"
CALL: dict[str, Value] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.system": "strands-agents",
    "gen_ai.request.model": "claude-sonnet-4-5",
    "gen_ai.usage.output_tokens": 7,
    "gen_ai.usage.cache_read_input_tokens": 10,
    "gen_ai.usage.cache_write_input_tokens": 5,
    "gen_ai.server.time_to_first_token": 250,
    "session.id": "s1",
}


def test_a_call() -> None:
    call = {**CALL, "gen_ai.usage.input_tokens": 42, "gen_ai.usage.total_tokens": 49}

    assert reading(spoken(SCOPE, call, name="chat"), "strands") == {
        "role": "inference",
        "operation": "chat",
        "request_model": "claude-sonnet-4-5",
        "conversation": "s1",
        "input_tokens": 42,
        "output_tokens": 7,
        "cache_read_input_tokens": 10,
        "cache_write_input_tokens": 5,
        "time_to_first_chunk_s": 0.25,
    }


@pytest.mark.parametrize(
    ("input_tokens", "total", "expected"),
    [(42, 49, 42), (27, 49, 42), (27, None, 27), (27, 34, 27)],
)
def test_the_total_tells_whether_cached_tokens_are_left_out(
    input_tokens: int, total: int | None, expected: int
) -> None:
    call = {
        **CALL,
        "gen_ai.usage.input_tokens": input_tokens,
        "gen_ai.usage.total_tokens": total,
    }

    assert tokens(spoken(SCOPE, call), "strands") == (expected, 7, 10, 5, None)


@pytest.mark.parametrize(
    ("operation", "role"),
    [
        ("invoke_swarm", "workflow"),
        ("invoke_graph", "workflow"),
        ("execute_event_loop_cycle", "other"),
        ("invoke_agent", "agent"),
    ],
)
def test_operations_of_its_own(operation: str, role: str) -> None:
    record = spoken(SCOPE, {"gen_ai.operation.name": operation})

    assert reading(record, "strands")["role"] == role


def test_a_hand_off_says_to_whom_in_its_arguments() -> None:
    tool: dict[str, Value] = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "handoff_to_agent",
        "gen_ai.tool.call.arguments": '{"agent_name": "expert"}',
    }
    says = reading(spoken(SCOPE, tool), "strands")

    assert (says["role"], says["handoff_to"]) == ("handoff", "expert")


def test_a_hand_off_says_to_whom_in_an_event() -> None:
    traces = counted(capture("strands__openai"))

    assert [line for lines in traces for line in lines if "handoff" in line] == [
        "handoff expert @triage"
    ]


@pytest.mark.parametrize("name", ["strands__openai", "strands__fake-model"])
def test_saying_it_twice_adds_nothing(name: str) -> None:
    assert readings(name, "strands")
