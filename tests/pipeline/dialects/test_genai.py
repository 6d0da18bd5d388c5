"""Spans of OpenTelemetry's own conventions, in three generations, and of Anthropic's SDK."""

import pytest

from otel_agents.record import StatusCode, Value
from tests.readings import capture, counted, reading, readings, spoken, tokens

NEWEST: dict[str, Value] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.usage.input_tokens": 42,
    "gen_ai.usage.output_tokens": 7,
    "gen_ai.usage.cache_read.input_tokens": 10,
    "gen_ai.usage.reasoning.output_tokens": 3,
    "openai.response.service_tier": "default",
}
SYSTEM: dict[str, Value] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.system": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.input_tokens": 42,
    "gen_ai.usage.output_tokens": 7,
    "gen_ai.openai.response.service_tier": "default",
}
BEFORE: dict[str, Value] = {
    "gen_ai.system": "OpenAI",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.prompt_tokens": 42,
    "gen_ai.usage.completion_tokens": 7,
}
CALL = {
    "role": "inference",
    "operation": "chat",
    "provider": "openai",
    "request_model": "gpt-4o",
    "input_tokens": 42,
    "output_tokens": 7,
}


@pytest.mark.parametrize(
    ("scope", "attributes", "more"),
    [
        (
            "opentelemetry.instrumentation.genai.openai",
            NEWEST,
            {
                "response_model": "gpt-4o-2024-08-06",
                "response_id": "chatcmpl-1",
                "cache_read_input_tokens": 10,
                "reasoning_output_tokens": 3,
                "service_tier": "default",
            },
        ),
        ("opentelemetry.util.genai.handler", {**NEWEST, "gen_ai.response.id": None}, None),
        ("opentelemetry.instrumentation.openai_v2", SYSTEM, {"service_tier": "default"}),
        ("my.own.tracer", BEFORE, {}),
    ],
)
def test_a_call_of_each_generation(
    scope: str, attributes: dict[str, Value], more: dict[str, Value] | None
) -> None:
    says = reading(spoken(scope, attributes), "otel-genai")

    assert says.items() >= CALL.items()
    assert more is None or says == {**CALL, **more}


WIRE: dict[str, Value] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.usage.input_tokens": 27,
    "gen_ai.usage.output_tokens": 7,
    "gen_ai.usage.cache_read.input_tokens": 10,
    "gen_ai.usage.cache_creation.input_tokens": 5,
}


@pytest.mark.parametrize(
    ("scope", "input_tokens"),
    [
        ("opentelemetry.instrumentation.genai.bedrock", 42),
        ("opentelemetry.instrumentation.botocore.bedrock-runtime", 42),
        ("opentelemetry.instrumentation.genai.anthropic", 27),
        ("com.anthropic.sdk.python.bedrock", 27),
        ("my.own.tracer", 27),
    ],
)
def test_only_bedrock_s_count_leaves_out_what_was_cached(scope: str, input_tokens: int) -> None:
    assert tokens(spoken(scope, WIRE), "otel-genai") == (input_tokens, 7, 10, 5, None)


@pytest.mark.parametrize(
    ("attributes", "name", "role"),
    [
        ({"gen_ai.operation.name": "chat"}, "anthropic.messages.create", "inference"),
        ({"gen_ai.operation.name": "invoke_agent"}, "anthropic.messages.tool_runner", "agent"),
        ({"gen_ai.operation.name": "execute_tool"}, "anthropic.tool_use x", "tool"),
        ({"anthropic.organization.id": "x"}, "anthropic.messages.count_tokens", "other"),
    ],
)
def test_spans_of_anthropic_s_sdk(attributes: dict[str, Value], name: str, role: str) -> None:
    record = spoken("com.anthropic.sdk.python", attributes, name=name)

    assert reading(record, "otel-genai")["role"] == role


@pytest.mark.parametrize("error", ["langgraph.errors.ParentCommand", "GraphInterrupt"])
def test_steering_by_an_exception_is_no_failure(error: str) -> None:
    run: dict[str, Value] = {"gen_ai.operation.name": "invoke_agent", "error.type": error}
    record = spoken("x", run, status=StatusCode.ERROR)

    assert reading(record, "otel-genai") == {"role": "agent", "operation": "invoke_agent"}


def test_a_framework_is_no_provider() -> None:
    call: dict[str, Value] = {"gen_ai.operation.name": "chat", "gen_ai.system": "langgraph"}

    assert "provider" not in reading(spoken("x", call), "otel-genai")


@pytest.mark.parametrize(
    ("tool", "arguments", "target"),
    [
        ("transfer_to_expert", None, "expert"),
        ("Handoff-transfer_to_expert", None, "expert"),
        ("handoff", '{"to_agent": "expert"}', "expert"),
        ("transfer_to_agent", '{"agent_name": "expert"}', "expert"),
        ("handoff_to_agent", None, None),
    ],
)
def test_tools_that_hand_over(tool: str, arguments: str | None, target: str | None) -> None:
    call: dict[str, Value] = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": tool,
        "gen_ai.tool.call.arguments": arguments,
    }
    says = reading(spoken("x", call), "otel-genai")

    assert (says["role"], says.get("handoff_to")) == ("handoff", target)


def test_a_call_that_two_instrumentations_report_is_one() -> None:
    traces = counted(capture("openai+anthropic-sdk__genai+native"))

    assert traces[-4:-1] == [["call claude-sonnet-4-5 42+7 ×2 @-"]] * 3


def test_a_tool_runner_is_a_run_without_a_name() -> None:
    runner, _ = counted(capture("anthropic-sdk__tool-runner"))

    assert runner == [
        "call claude-sonnet-4-5 42+7 @-",
        "call claude-sonnet-4-5 42+7 @-",
        "tool get_weather @-",
        "run 2 calls 1 tools 98 tokens (2/1 own) @-",
    ]


@pytest.mark.parametrize(
    "name",
    ["langgraph__genai-all", "openai-sdk__openai-v2", "bedrock__genai", "llama-index__genai"],
)
def test_saying_it_twice_adds_nothing(name: str) -> None:
    assert readings(name, "otel-genai")


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("otel_agents.handoff.to", "handoff"),
        ("otel_agents.decision.type", "decision"),
        ("otel_agents.escalation.reason", "other"),
    ],
)
def test_a_span_of_ours_is_known_by_the_attribute_that_makes_it_so(key: str, role: str) -> None:
    assert reading(spoken("my.own.tracer", {key: "x"}), "otel-genai")["role"] == role
