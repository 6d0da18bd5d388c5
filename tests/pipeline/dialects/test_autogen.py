"""Spans of AutoGen, alone and under another instrumentation."""

import pytest

from otel_agents.record import Value
from tests.readings import capture, counted, reading, readings, spoken


@pytest.mark.parametrize(
    ("scope", "attributes", "role"),
    [
        ("autogen-core", {"gen_ai.operation.name": "create_agent"}, "other"),
        ("autogen-core", {"gen_ai.operation.name": "invoke_agent"}, "agent"),
        ("autogen-core", {"gen_ai.operation.name": "execute_tool"}, "tool"),
        ("autogen SingleThreadedAgentRuntime", {"messaging.operation": "publish"}, "other"),
    ],
)
def test_what_a_span_is(scope: str, attributes: dict[str, Value], role: str) -> None:
    assert reading(spoken(scope, attributes), "autogen")["role"] == role


def test_what_two_instrumentations_report_is_counted_once() -> None:
    traces = [lines for lines in counted(capture("autogen__openinference+openai")) if lines]

    assert traces[0] == [
        "call gpt-4o 42+7 ×2 @weather_agent",
        "call gpt-4o 42+7 ×2 @weather_agent",
        "tool get_weather ×2 @weather_agent",
        "run 2 calls 1 tools 98 tokens (2/1 own) ×2 @weather_agent",
    ]
    assert traces[1][1] == "handoff expert ×2 @triage"


@pytest.mark.parametrize("name", ["autogen__openinference+openai", "autogen__agentchat-replay"])
def test_saying_it_twice_adds_nothing(name: str) -> None:
    assert readings(name, "autogen")
