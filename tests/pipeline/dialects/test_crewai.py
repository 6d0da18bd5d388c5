"""Spans of CrewAI's own telemetry and tracing."""

from otel_agents.record import Value
from tests.readings import capture, counted, reading, readings, spoken

HASH = "c2351a311324a17fee197ff2d49daf08"


def test_the_agent_is_its_role_and_not_the_hash_under_its_name() -> None:
    run: dict[str, Value] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": HASH,
        "gen_ai.agent.id": "a1",
        "crewai.agent.role": "boss",
    }

    assert reading(spoken("crewai", run), "crewai") == {
        "role": "agent",
        "operation": "invoke_agent",
        "agent": "boss",
        "agent_id": "a1",
    }


def test_a_task_is_no_conversation() -> None:
    call: dict[str, Value] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.conversation.id": "task-1",
        "gen_ai.usage.reasoning_tokens": 3,
    }

    assert reading(spoken("crewai", call, name="call llm"), "crewai") == {
        "role": "inference",
        "operation": "chat",
        "reasoning_output_tokens": 3,
    }


def test_a_mark_of_its_telemetry_is_no_tool_call() -> None:
    mark: dict[str, Value] = {"tool_name": "search", "agent_role": "boss", "attempts": 1}

    assert reading(spoken("crewai.telemetry", mark, name="Tool Usage"), "crewai")["role"] == "other"


def test_a_coworker_s_run_is_nested() -> None:
    *_, delegated = counted(capture("crewai__native"))

    assert delegated == [
        "call gpt-4o 42+7 @boss",
        "call gpt-4o 42+7 @boss",
        "call gpt-4o 42+7 @worker",
        "tool delegate_work_to_coworker @boss",
        "run 3 calls 1 tools 147 tokens (2/1 own) @boss",
        "run 1 calls 0 tools 49 tokens (1/0 own) nested @worker",
    ]


def test_saying_it_twice_adds_nothing() -> None:
    assert readings("crewai__native", "crewai")
