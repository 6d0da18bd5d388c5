"""Spans of OpenLIT, as its instrumentations wrote them."""

import pytest

from otel_agents.record import Value
from tests.readings import capture, counted, reading, readings, spoken, tokens

START = "openlit.instrumentation."


def call(provider: str, given: int, taken: int, **usage: int) -> dict[str, Value]:
    names = {
        "read": "gen_ai.usage.cache_read.input_tokens",
        "write": "gen_ai.usage.cache_creation.input_tokens",
        "reasoning": "gen_ai.usage.reasoning_tokens",
    }
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.usage.input_tokens": given,
        "gen_ai.usage.output_tokens": taken,
        "gen_ai.usage.cost": 0,
        **{names[key]: value for key, value in usage.items()},
    }


@pytest.mark.parametrize(
    ("scope", "attributes", "expected"),
    [
        ("openai", call("openai", 100, 17, read=20, write=0), (100, 17, 20, 0, None)),
        ("anthropic", call("anthropic", 100, 7, read=20, write=10), (130, 7, 20, 10, None)),
        ("bedrock", call("aws.bedrock", 100, 7, read=20, write=10), (130, 7, 20, 10, None)),
        ("langchain", call("anthropic", 100, 7, read=20, write=10), (130, 7, 20, 10, None)),
        ("langchain", call("openai", 100, 17, read=20), (100, 17, 20, None, None)),
        ("litellm", call("anthropic", 130, 7, read=20, write=10), (130, 7, 20, 10, None)),
        (
            "google_ai_studio",
            call("gcp.gemini", 100, 7, read=20, reasoning=5),
            (100, 12, 20, None, 5),
        ),
    ],
)
def test_the_five_counts(
    scope: str, attributes: dict[str, Value], expected: tuple[int | None, ...]
) -> None:
    assert tokens(spoken(START + scope, attributes), "openlit") == expected


@pytest.mark.parametrize(("streams", "expected"), [(True, 0.25), (False, None)])
def test_the_first_token_of_a_call_that_does_not_stream_is_its_end(
    streams: bool,
    expected: float | None,
) -> None:
    attributes = call("openai", 1, 1) | {
        "gen_ai.request.stream": streams,
        "gen_ai.server.time_to_first_token": 0.25,
    }
    says = reading(spoken(f"{START}openai", attributes), "openlit")

    assert says.get("time_to_first_chunk_s") == expected


def test_a_call_that_asks_for_a_tool_is_no_tool_call() -> None:
    attributes = call("openai", 100, 17) | {
        "gen_ai.tool.name": "transfer_to_calc",
        "gen_ai.tool.call.id": "call_7",
    }

    assert reading(spoken(f"{START}openai", attributes), "openlit") == {
        "role": "inference",
        "operation": "chat",
        "provider": "openai",
        "input_tokens": 100,
        "output_tokens": 17,
    }


def test_a_graph_is_an_agent_and_its_nodes_are_steps() -> None:
    graph = spoken(
        f"{START}langgraph",
        {
            "gen_ai.operation.name": "invoke_workflow",
            "gen_ai.workflow.name": "adder",
            "gen_ai.provider.name": "langgraph",
            "gen_ai.conversation.id": "th1",
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.response.id": "chatcmpl_6",
        },
    )
    node = spoken(
        f"{START}langgraph",
        {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "model"},
    )

    assert reading(graph, "openlit") == {
        "role": "agent",
        "operation": "invoke_agent",
        "agent": "adder",
        "conversation": "th1",
    }
    assert reading(node, "openlit")["role"] == "other"


@pytest.mark.parametrize(
    ("attributes", "role"),
    [
        ({"gen_ai.agent.name": "triage", "gen_ai.agent.id": "1"}, "agent"),
        ({}, "other"),
        ({"gen_ai.agent.name": "calc", "gen_ai.agent.source": "triage"}, "handoff"),
    ],
    ids=["a run", "a task or a turn", "a hand-off"],
)
def test_what_spans_of_the_openai_agents_sdk_are(attributes: dict[str, Value], role: str) -> None:
    record = spoken(
        f"{START}openai_agents", {"gen_ai.operation.name": "invoke_agent", **attributes}
    )
    says = reading(record, "openlit")

    assert says["role"] == role
    assert says.get("handoff_to") == ("calc" if role == "handoff" else None)


def test_making_an_agent_is_no_run() -> None:
    attributes = {"gen_ai.operation.name": "create_agent", "gen_ai.agent.name": "adder"}

    assert reading(spoken(f"{START}langchain", attributes), "openlit")["role"] == "other"


def test_whole_traces_of_calls() -> None:
    openai, anthropic, stream, *rest = counted(capture("openlit__langgraph+openai-agents"))[:6]

    assert openai == ["call gpt-4o 100+17 @-"]
    assert anthropic == ["call claude-sonnet-4-5 130+7 @-"]
    # OpenLIT loses the cached tokens of a stream.
    assert stream == ["call claude-sonnet-4-5 100+7 @-"]
    assert rest == [
        ["call gpt-4o 100+17 @-"],
        ["call bad 0+0 failed @-"],
        ["call text-embedding-3-small 8+0 @-"],
    ]


def test_a_whole_trace_of_a_graph() -> None:
    assert counted(capture("openlit__langgraph+openai-agents"))[6:8] == [
        [],
        [
            "call gpt-4o 100+17 @adder",
            "call gpt-4o 100+17 @adder",
            "tool plus @adder",
            "run 2 calls 1 tools 234 tokens (2/1 own) @adder",
        ],
    ]


def test_a_whole_trace_of_a_hand_off() -> None:
    (trace,) = counted(capture("openlit__langgraph+openai-agents"))[10:]

    assert [line for line in trace if not line.startswith("handoff")] == [
        "call gpt-4o 100+17 @triage",
        "call gpt-4o 100+17 @calc",
        "run 1 calls 0 tools 117 tokens (1/0 own) @triage",
        "run 1 calls 0 tools 117 tokens (1/0 own) @calc",
    ]
    assert [line.split(" @")[0] for line in trace if line.startswith("handoff")] == ["handoff calc"]


@pytest.mark.parametrize("name", ["openlit__langgraph+openai-agents"])
def test_what_a_capture_says_it_says_again_once_enriched(name: str) -> None:
    assert readings(name, "openlit")
