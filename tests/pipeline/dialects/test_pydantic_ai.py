"""Spans of Pydantic AI in its versions."""

import pytest

from otel_agents.record import StatusCode, Value
from tests.readings import capture, counted, reading, readings, spoken

SCOPE = "pydantic-ai"
USAGE: dict[str, Value] = {"gen_ai.usage.input_tokens": 42, "gen_ai.response.id": "r1"}

CASES: dict[str, tuple[str, dict[str, Value], str, str | None]] = {
    "a run of version 1, with the sum of its calls": (
        "agent run",
        {"agent_name": "support", **USAGE},
        "agent",
        "support",
    ),
    "a run of version 3": (
        "invoke_agent support",
        {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "support"},
        "agent",
        "support",
    ),
    "a tool of version 1": ("running tool", {"gen_ai.tool.name": "t"}, "tool", None),
    "tools side by side": ("running tools", {"tools": ["t"]}, "other", None),
    "an output function": ("running output function", {}, "other", None),
    "an attempt that failed": ("model request attempt m", {}, "other", None),
    "an attempt whose response was rejected": (
        "model request attempt m",
        USAGE,
        "inference",
        None,
    ),
}


@pytest.mark.parametrize(("name", "attributes", "role", "agent"), CASES.values(), ids=list(CASES))
def test_what_a_span_is(
    name: str, attributes: dict[str, Value], role: str, agent: str | None
) -> None:
    says = reading(spoken(SCOPE, attributes, name=name), SCOPE)

    assert (says["role"], says.get("agent")) == (role, agent)


@pytest.mark.parametrize("error", ["CallDeferred", "ApprovalRequired"])
def test_a_call_that_waits_for_a_person_is_no_failure(error: str) -> None:
    tool: dict[str, Value] = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t"}
    record = spoken(SCOPE, tool, status=StatusCode.ERROR, raised=f"pydantic_ai.exceptions.{error}")

    assert reading(record, SCOPE) == {"role": "tool", "operation": "execute_tool", "tool": "t"}


def test_three_layers_of_a_call_are_one() -> None:
    agent, stream, *_ = counted(capture("pydantic-ai__genai+logfire"))

    assert agent == stream
    assert agent == [
        "call gpt-4o 42+7 ×3 @weather_agent",
        "call gpt-4o 42+7 ×3 @weather_agent",
        "tool get_weather @weather_agent",
        "run 2 calls 1 tools 98 tokens (2/1 own) @weather_agent",
    ]


def test_every_version_of_package_1_says_the_same() -> None:
    runs = counted(capture("pydantic-ai__1.0"))

    assert runs == [runs[0]] * 3


@pytest.mark.parametrize(
    "name",
    ["pydantic-ai__genai+logfire", "pydantic-ai__openinference-openai", "pydantic-ai__1.0"],
)
def test_saying_it_twice_adds_nothing(name: str) -> None:
    assert readings(name, SCOPE)
