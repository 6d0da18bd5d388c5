"""Spans of Microsoft's Agent Framework."""

import pytest

from otel_agents.record import SpanKind, StatusCode, Value
from tests.readings import capture, counted, reading, readings, spoken, tokens

SCOPE = "agent_framework"
KEYS = {
    "given": "gen_ai.usage.input_tokens",
    "taken": "gen_ai.usage.output_tokens",
    "read": "gen_ai.usage.cache_read.input_tokens",
    "write": "gen_ai.usage.cache_creation.input_tokens",
    "reasoning": "gen_ai.usage.reasoning.output_tokens",
}


@pytest.mark.parametrize(
    ("provider", "model", "usage", "expected"),
    [
        ("openai", "gpt-4o", (100, 17, 20, None, 5), (100, 17, 20, None, 5)),
        ("anthropic", "claude-x", (100, 7, 20, 10, None), (130, 7, 20, 10, None)),
        ("aws.bedrock", "nova", (100, 7, 20, 10, None), (130, 7, 20, 10, None)),
        ("google.vertex.ai", "claude-x", (100, 7, 20, 10, None), (130, 7, 20, 10, None)),
        ("azure.ai.foundry", "claude-x", (100, 7, 20, 10, None), (130, 7, 20, 10, None)),
        ("azure.ai.foundry", "gpt-4o", (100, 17, 20, None, 5), (100, 17, 20, None, 5)),
        ("gcp.gemini", "gemini-x", (100, 7, 20, None, 5), (100, 12, 20, None, 5)),
    ],
)
def test_the_five_counts(
    provider: str,
    model: str,
    usage: tuple[int | None, ...],
    expected: tuple[int | None, ...],
) -> None:
    attributes: dict[str, Value] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        **{key: value for key, value in zip(KEYS.values(), usage, strict=True) if value},
    }

    assert tokens(spoken(SCOPE, attributes), "agent-framework") == expected


def test_the_provider_of_claude_on_vertex_has_its_newest_name() -> None:
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "google.vertex.ai"}

    assert reading(spoken(SCOPE, attributes), "agent-framework")["provider"] == "gcp.vertex_ai"


EDGE: dict[str, Value] = {
    "edge_group.delivered": True,
    "message.source_id": "triage",
    "message.target_id": "calc",
}


@pytest.mark.parametrize(
    ("name", "attributes", "role"),
    [
        ("workflow.run", {"workflow.name": "Handoff"}, "workflow"),
        ("workflow.build", {}, "other"),
        ("executor.process triage", {"executor.id": "triage"}, "other"),
        ("message.send", {"message.destination_executor_id": "calc"}, "other"),
        ("tools/call add", {"mcp.method.name": "tools/call"}, "tool"),
        ("initialize", {"mcp.method.name": "initialize"}, "other"),
        ("edge_group.process SingleEdgeGroup", EDGE, "handoff"),
        ("edge_group.process FanOutEdgeGroup", EDGE, "handoff"),
        ("edge_group.process SingleEdgeGroup", EDGE | {"edge_group.delivered": False}, "other"),
        (
            "edge_group.process SingleEdgeGroup",
            {key: EDGE[key] for key in EDGE if key != "message.target_id"},
            "other",
        ),
        (
            "edge_group.process InternalEdgeGroup",
            EDGE | {"message.source_id": "internal:triage"},
            "other",
        ),
        (
            "edge_group.process SingleEdgeGroup",
            EDGE | {"message.source_id": "group_chat_orchestrator"},
            "other",
        ),
    ],
)
def test_what_the_spans_of_a_workflow_are(
    name: str, attributes: dict[str, Value], role: str
) -> None:
    assert reading(spoken(SCOPE, attributes, name=name), "agent-framework")["role"] == role


def test_a_hand_off_names_its_target_and_an_mcp_call_its_tool() -> None:
    edge = spoken(SCOPE, EDGE, name="edge_group.process SingleEdgeGroup")
    mcp = spoken(
        SCOPE, {"mcp.method.name": "tools/call"}, name="tools/call add", kind=SpanKind.CLIENT
    )

    assert reading(edge, "agent-framework")["handoff_to"] == "calc"
    assert reading(mcp, "agent-framework") == {
        "role": "tool",
        "operation": "execute_tool",
        "tool": "add",
        "external": True,
    }


def test_a_run_and_a_failed_tool() -> None:
    run = spoken(
        SCOPE,
        {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.id": "2b36cf91",
            "gen_ai.agent.name": "adder",
            "gen_ai.provider.name": "microsoft.agent_framework",
            "gen_ai.response.finish_reasons": '["stop"]',
            "gen_ai.usage.input_tokens": 200,
        },
    )
    tool = spoken(
        SCOPE,
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "boom",
            "gen_ai.tool.call.id": "call_4",
            "gen_ai.tool.type": "function",
            "error.type": "ValueError",
        },
        status=StatusCode.ERROR,
    )

    assert [reading(record, "agent-framework") for record in (run, tool)] == [
        {"role": "agent", "operation": "invoke_agent", "agent": "adder", "agent_id": "2b36cf91"},
        {
            "role": "tool",
            "operation": "execute_tool",
            "tool": "boom",
            "tool_type": "function",
            "call_id": "call_4",
            "failed": True,
            "error_type": "ValueError",
        },
    ]


def ran(agent: str) -> str:
    return f"run 1 calls 0 tools 117 tokens (1/0 own) @{agent}"


def test_whole_traces() -> None:
    traces = counted(capture("agent-framework__openai"))

    assert traces[:5] == [
        [
            "call gpt-4o 100+17 @adder",
            "call gpt-4o 100+17 @adder",
            "tool add @adder",
            "run 2 calls 1 tools 234 tokens (2/1 own) @adder",
        ],
        ["call gpt-4o 100+17 @adder", ran("adder")],
        [
            "call gpt-4o 100+17 @boomer",
            "call gpt-4o 100+17 @boomer",
            "tool boom failed @boomer",
            "run 2 calls 1 tools 234 tokens (2/1 own) @boomer",
        ],
        [
            "call bad 0+0 failed @bad",
            "run 1 calls 0 tools 0 tokens (1/0 own) failed @bad",
        ],
        [
            "call gpt-4o 100+17 @boss",
            "call gpt-4o 100+17 @boss",
            "run 2 calls 0 tools 234 tokens (2/0 own) @boss",
        ],
    ]


def test_whole_traces_of_workflows() -> None:
    building, sequence, _, handoffs = counted(capture("agent-framework__openai"))[5:]

    assert building == []
    assert sequence == [
        "call gpt-4o 100+17 @one",
        "call gpt-4o 100+17 @two",
        ran("one"),
        ran("two"),
    ]
    assert [line for line in handoffs if not line.startswith("handoff")] == [
        "call gpt-4o 100+17 @triage",
        "call gpt-4o 100+17 @calc",
        "call gpt-4o 100+17 @triage",
        ran("triage"),
        ran("calc"),
        ran("triage"),
    ]
    told = [line.split(" @")[0] for line in handoffs if line.startswith("handoff")]
    assert told == ["handoff calc", "handoff triage"]


@pytest.mark.parametrize("name", ["agent-framework__openai"])
def test_what_a_capture_says_it_says_again_once_enriched(name: str) -> None:
    assert readings(name, "agent-framework")
