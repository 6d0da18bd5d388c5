"""Spans of the Agent Development Kit in both schemas."""

import pytest

from otel_agents.record import StatusCode, Value
from tests.readings import capture, counted, reading, readings, spoken

SCOPE = "gcp.vertex.agent"
USAGE: dict[str, Value] = {
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 12,
    "gen_ai.usage.cache_read.input_tokens": 20,
    "gen_ai.usage.reasoning.output_tokens": 5,
}
COUNTS = {
    "input_tokens": 100,
    "output_tokens": 12,
    "cache_read_input_tokens": 20,
    "reasoning_output_tokens": 5,
}


@pytest.mark.parametrize(
    ("name", "attributes", "operation", "role"),
    [
        ("invocation", {}, "invoke_workflow", "workflow"),
        ("agent_run [adder]", {}, "invoke_agent", "agent"),
        ("invoke_agent adder", {}, "invoke_agent", "agent"),
        ("call_llm", {"gen_ai.system": SCOPE}, "chat", "inference"),
        ("generate_content gemini-x", {}, "generate_content", "inference"),
        ("execute_tool add", {}, "execute_tool", "tool"),
        ("send_data", {}, "", "other"),
        ("invoke_workflow adder", {"gen_ai.operation.name": "invoke_workflow"}, None, "workflow"),
        ("compact_events", {"gen_ai.operation.name": "compact_events"}, None, "other"),
        (
            "execute_tool (merged)",
            {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "(merged tools)"},
            "",
            "other",
        ),
    ],
)
def test_the_operation_by_name_where_no_attribute_tells(
    name: str, attributes: dict[str, Value], operation: str | None, role: str
) -> None:
    says = reading(spoken(SCOPE, attributes, name=name), "google-adk")

    assert says["role"] == role
    assert operation is None or says["operation"] == operation


@pytest.mark.parametrize("name", ["invoke_agent adder", "agent_run [adder]"])
def test_an_agent_is_named_by_its_span(name: str) -> None:
    assert reading(spoken(SCOPE, {}, name=name), "google-adk")["agent"] == "adder"


def test_a_call_of_each_schema() -> None:
    first = spoken(
        SCOPE,
        {
            "gen_ai.system": "gcp.vertex.agent",
            "gen_ai.request.model": "gemini-2.5-pro",
            "gcp.vertex.agent.session_id": "s1",
            "gcp.vertex.agent.llm_request": "{}",
            **USAGE,
        },
        name="call_llm",
    )
    second = spoken(
        SCOPE,
        {
            "gen_ai.operation.name": "generate_content",
            "gen_ai.provider.name": "gcp.gemini",
            "gen_ai.request.model": "gemini-2.5-pro",
            "gen_ai.agent.name": "adder",
            "gen_ai.conversation.id": "s1",
            **USAGE,
        },
        name="generate_content gemini-2.5-pro",
    )
    same = {"role": "inference", "conversation": "s1", "request_model": "gemini-2.5-pro", **COUNTS}

    assert reading(first, "google-adk") == {
        **same,
        "operation": "chat",
        "provider": "gcp.vertex.agent",
    }
    assert reading(second, "google-adk") == {
        **same,
        "operation": "generate_content",
        "provider": "gcp.gemini",
        "agent": "adder",
    }


@pytest.mark.parametrize(
    ("arguments", "target"),
    [
        ({"gcp.vertex.agent.tool_call_args": '{"agent_name": "calc"}'}, "calc"),
        ({"gen_ai.tool.call.arguments": '{"agent_name": "calc"}'}, "calc"),
        ({"gcp.vertex.agent.tool_call_args": "{}"}, None),
        ({}, None),
    ],
)
def test_a_transfer_is_a_hand_off_whose_target_may_not_be_told(
    arguments: dict[str, Value], target: str | None
) -> None:
    record = spoken(
        SCOPE,
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "transfer_to_agent",
            "gen_ai.tool.type": "TransferToAgentTool",
            "gen_ai.agent.name": "triage",
            **arguments,
        },
        name="execute_tool transfer_to_agent",
    )
    says = reading(record, "google-adk")

    assert (says["role"], says["agent"], says.get("handoff_to")) == ("handoff", "triage", target)


def test_a_tool_that_failed() -> None:
    record = spoken(
        SCOPE,
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "add",
            "gen_ai.tool.type": "FunctionTool",
            "gen_ai.agent.name": "terr",
            "error.type": "ValueError",
        },
        status=StatusCode.ERROR,
    )

    assert reading(record, "google-adk") == {
        "role": "tool",
        "operation": "execute_tool",
        "agent": "terr",
        "tool": "add",
        "tool_type": "FunctionTool",
        "failed": True,
        "error_type": "ValueError",
    }


@pytest.mark.parametrize(
    ("name", "layers", "target"),
    [("google-adk__schema-1", " ×2", "calc"), ("google-adk__schema-2", "", "?")],
)
def test_whole_traces(name: str, layers: str, target: str) -> None:
    def call(agent: str) -> str:
        return f"call gemini-2.5-pro 100+12{layers} @{agent}"

    assert counted(capture(name)) == [
        [
            call("adder"),
            call("adder"),
            "tool add @adder",
            "run 2 calls 1 tools 224 tokens (2/1 own) @adder",
        ],
        [
            call("triage"),
            call("calc"),
            f"handoff {target} @triage",
            "run 1 calls 0 tools 112 tokens (1/0 own) @triage",
            "run 1 calls 0 tools 112 tokens (1/0 own) @calc",
        ],
        [
            call("boss"),
            call("boss"),
            call("calc"),
            "tool calc @boss",
            "run 3 calls 1 tools 336 tokens (2/1 own) @boss",
            "run 1 calls 0 tools 112 tokens (1/0 own) nested @calc",
        ],
        [
            f"call gemini-2.5-pro 0+0 failed{layers} @err",
            "run 1 calls 0 tools 0 tokens (1/0 own) failed @err",
        ],
        [
            call("terr"),
            "tool add failed @terr",
            "run 1 calls 1 tools 112 tokens (1/1 own) failed @terr",
        ],
        [
            call("one"),
            "run 1 calls 0 tools 112 tokens (0/0 own) @seq",
            "run 1 calls 0 tools 112 tokens (1/0 own) nested @one",
        ],
    ]


@pytest.mark.parametrize("name", ["google-adk__schema-1", "google-adk__schema-2"])
def test_what_a_capture_says_it_says_again_once_enriched(name: str) -> None:
    assert readings(name, "google-adk")
