"""Spans of Logfire's own instrumentations."""

import pytest

from otel_agents.record import StatusCode, Value
from tests.readings import capture, counted, reading, readings, spoken, tokens

REQUEST: dict[str, Value] = {
    "logfire.span_type": "span",
    "gen_ai.operation.name": "chat",
    "gen_ai.system": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o",
}
ANSWER: dict[str, Value] = {
    **REQUEST,
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.usage.input_tokens": 42,
    "gen_ai.usage.output_tokens": 7,
}
LOG: dict[str, Value] = {**REQUEST, "logfire.span_type": "log"}
PENDING: dict[str, Value] = {**REQUEST, "logfire.span_type": "pending_span"}


@pytest.mark.parametrize(
    ("attributes", "status", "role"),
    [
        (ANSWER, StatusCode.UNSET, "inference"),
        (REQUEST, StatusCode.UNSET, "other"),
        (REQUEST, StatusCode.ERROR, "inference"),
        (LOG, StatusCode.UNSET, "inference"),
        (PENDING, StatusCode.UNSET, "other"),
    ],
    ids=["an answer", "a stream's request", "a refused request", "a stream's log", "an early copy"],
)
def test_what_is_a_call(attributes: dict[str, Value], status: StatusCode, role: str) -> None:
    assert reading(spoken("logfire.openai", attributes, status=status), "logfire")["role"] == role


@pytest.mark.parametrize(
    ("key", "usage", "cached"),
    [
        (
            "gen_ai.usage.raw",
            (
                '{"prompt_tokens": 42, "prompt_tokens_details": {"cached_tokens": 10},'
                ' "completion_tokens_details": {"reasoning_tokens": 3}}'
            ),
            (10, None, 3),
        ),
        (
            "gen_ai.usage.raw",
            '{"input_tokens": 27, "cache_read_input_tokens": 10, "cache_creation_input_tokens": 5}',
            (10, 5, None),
        ),
        (
            "usage",
            (
                '{"input_tokens_details": {"cached_tokens": 10, "cache_write_tokens": 0},'
                ' "output_tokens_details": {"reasoning_tokens": 3}}'
            ),
            (10, 0, 3),
        ),
    ],
)
def test_cached_tokens_stand_in_the_provider_s_usage(
    key: str, usage: str, cached: tuple[int | None, ...]
) -> None:
    record = spoken("logfire.openai", {**ANSWER, key: usage})

    assert tokens(record, "logfire") == (42, 7, *cached)


@pytest.mark.parametrize(
    ("name", "attributes", "says"),
    [
        ("OpenAI Agents trace: {name}", {"name": "wf", "group_id": "c1"}, ("workflow", "wf")),
        ("Task: wf", {"name": "wf"}, ("other", None)),
        ("Turn {turn} for agent x", {"name": "turn", "agent_name": "x"}, ("other", None)),
        ("Agent run: {name!r}", {"name": "triage"}, ("agent", "triage")),
        ("Function: {name}", {"name": "get_weather"}, ("tool", "get_weather")),
        (
            "Handoff: {from_agent} → {to_agent}",
            {"from_agent": "triage", "to_agent": "expert"},
            ("handoff", "expert"),
        ),
        ("Guardrail {name!r} {triggered=}", {"name": "gr"}, ("other", None)),
        ("Chat completion with {gen_ai.request.model!r}", {}, ("inference", None)),
    ],
)
def test_spans_of_the_agents_sdk(
    name: str, attributes: dict[str, Value], says: tuple[str, str | None]
) -> None:
    read = reading(spoken("logfire.openai_agents", attributes, name=name), "logfire")
    names = (read.get(slot) for slot in ("agent", "workflow", "tool", "handoff_to"))

    assert (read["role"], next(filter(None, names), None)) == says


def test_a_tool_of_an_mcp_server() -> None:
    request: dict[str, Value] = {
        "rpc.method": "tools/call",
        "request": '{"method": "tools/call", "params": {"name": "get_weather"}}',
    }

    assert reading(spoken("logfire.mcp", request), "logfire") == {
        "role": "tool",
        "operation": "execute_tool",
        "tool": "get_weather",
    }


def test_a_stream_is_one_call() -> None:
    calls = [line for lines in counted(capture("openai-sdk__logfire")) for line in lines]

    assert calls.count("call gpt-4o 42+7 @-") == 5
    assert calls.count("call gpt-4o 0+0 @-") == 1


def test_a_hand_off() -> None:
    traces = counted(capture("openai-agents__logfire+openai"))

    assert [line for lines in traces for line in lines if "handoff" in line] == [
        "handoff weather_agent @triage"
    ]


@pytest.mark.parametrize(
    "name",
    ["openai-sdk__logfire", "openai-agents__logfire+openai", "pydantic-ai__genai+logfire"],
)
def test_saying_it_twice_adds_nothing(name: str) -> None:
    assert readings(name, "logfire")
