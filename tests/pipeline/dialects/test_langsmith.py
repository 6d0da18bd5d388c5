"""Runs of LangSmith, as its exporter wrote them."""

import json

import pytest

from otel_agents.record import StatusCode
from tests.readings import capture, counted, reading, readings, spoken, tokens

LANGGRAPH = {
    "langsmith.metadata.ls_integration": "langchain_create_agent",
    "langsmith.metadata.lc_agent_name": "adder",
    "langsmith.metadata.thread_id": "th1",
}


@pytest.mark.parametrize(
    ("kind", "lie", "expected"),
    [
        ("llm", "chat", ("chat", "inference")),
        ("embedding", "embeddings", ("embeddings", "inference")),
        ("tool", "execute_tool", ("execute_tool", "tool")),
        ("retriever", "embeddings", ("retrieval", "retrieval")),
        ("prompt", "chat", ("", "other")),
        ("parser", "parser", ("", "other")),
        ("chain", "chain", ("invoke_workflow", "workflow")),
    ],
)
def test_the_kind_of_a_run_is_believed_not_its_operation(
    kind: str, lie: str, expected: tuple[str, str]
) -> None:
    attributes = {"langsmith.span.kind": kind, "gen_ai.operation.name": lie}
    says = reading(spoken("langsmith", attributes), "langsmith")

    assert (says["operation"], says["role"]) == expected


@pytest.mark.parametrize(
    ("name", "attributes", "parent_id", "expected"),
    [
        ("adder", LANGGRAPH, 0, "agent"),
        ("adder", LANGGRAPH | {"langsmith.metadata.langgraph_node": "helper"}, 7, "agent"),
        ("model", LANGGRAPH | {"langsmith.metadata.langgraph_node": "model"}, 7, "other"),
        ("pipeline", {}, 0, "workflow"),
        ("pipeline", {"langsmith.metadata.ls_agent_type": "root"}, 0, "workflow"),
        ("step", {}, 7, "other"),
    ],
)
def test_a_chain_with_its_agents_name_is_the_run(
    name: str, attributes: dict[str, str], parent_id: int, expected: str
) -> None:
    mine = {"langsmith.span.kind": "chain", "langsmith.trace.name": name, **attributes}
    says = reading(spoken("langsmith", mine, name=name, parent_id=parent_id), "langsmith")

    assert says["role"] == expected
    assert says.get("agent") == ("adder" if expected == "agent" else None)


def usage(given: int, taken: int, total: int, **details: object) -> dict[str, object]:
    return {"input_tokens": given, "output_tokens": taken, "total_tokens": total, **details}


ANTHROPIC = {"cache_read": 20, "cache_creation": 10}
USAGE = {
    "OpenAI": (
        usage(
            100,
            17,
            117,
            input_token_details={"cache_read": 20},
            output_token_details={"reasoning": 5},
        ),
        (100, 17, 20, None, 5),
    ),
    "Anthropic": (usage(130, 7, 137, input_token_details=ANTHROPIC), (130, 7, 20, 10, None)),
    "writes by age": (
        usage(
            130,
            7,
            137,
            input_token_details={
                "cache_read": 20,
                "cache_creation": 0,
                "ephemeral_5m_input_tokens": 6,
                "ephemeral_1h_input_tokens": 4,
            },
        ),
        (130, 7, 20, 10, None),
    ),
    "Gemini by LangSmith's own wrapper leaves thoughts out": (
        usage(
            100,
            7,
            112,
            input_token_details={"cache_read": 20},
            output_token_details={"reasoning": 5},
        ),
        (100, 12, 20, None, 5),
    ),
    "reads past the size that costs more": (
        usage(
            300_000,
            7,
            300_007,
            input_token_details={"cache_read": 200_000, "cache_read_over_200k": 50_000},
        ),
        (300_000, 7, 250_000, None, None),
    ),
}


@pytest.mark.parametrize("native", [True, False], ids=["beside counts", "alone"])
@pytest.mark.parametrize(("metadata", "expected"), USAGE.values(), ids=list(USAGE))
def test_the_five_counts(
    metadata: dict[str, object], expected: tuple[int | None, ...], *, native: bool
) -> None:
    attributes: dict[str, object] = {
        "langsmith.span.kind": "llm",
        "langsmith.metadata.usage_metadata": json.dumps(metadata),
    }
    if native:
        attributes["gen_ai.usage.input_tokens"] = metadata["input_tokens"]
        attributes["gen_ai.usage.output_tokens"] = metadata["output_tokens"]

    assert tokens(spoken("langsmith", attributes), "langsmith") == expected  # type: ignore[arg-type]


def test_the_provider_that_was_named_comes_before_the_one_that_was_guessed() -> None:
    record = spoken(
        "langsmith",
        {
            "langsmith.span.kind": "llm",
            "gen_ai.operation.name": "chat",
            "gen_ai.system": "langchain",
            "gen_ai.request.model": "bad",
            "langsmith.trace.session_id": "the-project",
            "langsmith.metadata.ls_provider": "amazon_bedrock",
            "langsmith.metadata.ls_agent_type": "root",
        },
        status=StatusCode.ERROR,
    )

    assert reading(record, "langsmith") == {
        "role": "inference",
        "operation": "chat",
        "provider": "aws.bedrock",
        "request_model": "bad",
        "failed": True,
    }


def test_a_tool_of_a_graph() -> None:
    record = spoken(
        "langsmith",
        {
            "langsmith.span.kind": "tool",
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "plus",
            "gen_ai.tool.call.id": "call_1",
            **LANGGRAPH,
        },
    )

    assert reading(record, "langsmith") == {
        "role": "tool",
        "operation": "execute_tool",
        "tool": "plus",
        "call_id": "call_1",
        "conversation": "th1",
    }


def test_whole_traces() -> None:
    assert counted(capture("langsmith__langgraph+openai")) == [
        ["call gpt-4o 100+17 @-", "tool add @-"],
        ["call bad 0+0 failed @-"],
        [
            "call claude-sonnet-4-5 130+7 @adder",
            "call claude-sonnet-4-5 130+7 @adder",
            "tool plus @adder",
            "run 2 calls 1 tools 274 tokens (2/1 own) @adder",
        ],
    ]


@pytest.mark.parametrize("name", ["langsmith__langgraph+openai"])
def test_what_a_capture_says_it_says_again_once_enriched(name: str) -> None:
    assert readings(name, "langsmith")
