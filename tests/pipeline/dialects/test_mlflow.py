"""Spans of MLflow's OTLP export, in its own names and in the newest."""

import json

import pytest

from otel_agents.record import StatusCode, Value
from tests.readings import capture, counted, reading, readings, spoken, tokens

SCOPE = "mlflow.tracing.provider"


def quoted(attributes: dict[str, object]) -> dict[str, Value]:
    """Write every value as JSON, as MLflow does."""
    return {key: json.dumps(value) for key, value in attributes.items()}


@pytest.mark.parametrize(
    ("span_type", "expected"),
    [
        ("CHAT_MODEL", ("chat", "inference")),
        ("LLM", ("chat", "inference")),
        ("EMBEDDING", ("embeddings", "inference")),
        ("AGENT", ("invoke_agent", "agent")),
        ("TOOL", ("execute_tool", "tool")),
        ("RETRIEVER", ("retrieval", "retrieval")),
        ("WORKFLOW", ("invoke_workflow", "workflow")),
        ("CHAIN", ("invoke_workflow", "workflow")),
        *((none, ("", "other")) for none in ("TASK", "PARSER", "RERANKER", "MEMORY")),
        *((none, ("", "other")) for none in ("GUARDRAIL", "EVALUATOR", "UNKNOWN")),
    ],
)
def test_the_operation_by_span_type(span_type: str, expected: tuple[str, str]) -> None:
    says = reading(spoken(SCOPE, quoted({"mlflow.spanType": span_type})), "mlflow")

    assert (says["operation"], says["role"]) == expected


@pytest.mark.parametrize(
    ("operation", "role"),
    [
        ("chat", "inference"),
        ("generate_content", "inference"),
        ("invoke_agent", "agent"),
        ("RETRIEVER", "retrieval"),
        ("CHAIN", "workflow"),
        ("PARSER", "other"),
    ],
)
def test_types_without_a_newest_name_stand_under_it_in_capitals(operation: str, role: str) -> None:
    attributes = {"gen_ai.operation.name": operation}

    assert reading(spoken(SCOPE, attributes), "mlflow")["role"] == role


OPENAI = {
    "model": "gpt-4o",
    "mlflow.message.format": "openai",
    "mlflow.llm.model": "gpt-4o-2024-08-06",
}
ANTHROPIC = {
    "mlflow.message.format": "anthropic",
    "mlflow.llm.model": "claude-x",
    "mlflow.llm.provider": "anthropic",
}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (OPENAI, ("openai", "gpt-4o", "gpt-4o-2024-08-06")),
        (ANTHROPIC, ("anthropic", "claude-x", None)),
        ({"mlflow.message.format": "dspy"}, (None, None, None)),
    ],
)
def test_provider_and_models(
    attributes: dict[str, object], expected: tuple[str | None, ...]
) -> None:
    says = reading(spoken(SCOPE, quoted({"mlflow.spanType": "CHAT_MODEL", **attributes})), "mlflow")

    assert tuple(says.get(k) for k in ("provider", "request_model", "response_model")) == expected


@pytest.mark.parametrize(
    ("provider", "usage", "expected"),
    [
        (
            "openai",
            {"input_tokens": 100, "output_tokens": 17, "total_tokens": 117}
            | {"cache_read_input_tokens": 20},
            (100, 17, 20, None, None),
        ),
        (
            "anthropic",
            {"input_tokens": 130, "output_tokens": 7, "total_tokens": 137}
            | {"cache_read_input_tokens": 20, "cache_creation_input_tokens": 10},
            (130, 7, 20, 10, None),
        ),
        (
            "gemini",
            {"input_tokens": 100, "output_tokens": 7, "total_tokens": 112},
            (100, 12, None, None, None),
        ),
        ("gemini", {"input_tokens": 100, "output_tokens": 7}, (100, 7, None, None, None)),
    ],
)
def test_the_five_counts(
    provider: str, usage: dict[str, int], expected: tuple[int | None, ...]
) -> None:
    attributes = {
        "mlflow.spanType": '"CHAT_MODEL"',
        "mlflow.llm.provider": json.dumps(provider),
        "mlflow.chat.tokenUsage": json.dumps(usage),
    }

    assert tokens(spoken(SCOPE, attributes), "mlflow") == expected


def test_agents_and_tools_are_named_by_their_span() -> None:
    usage = {"input_tokens": 230, "output_tokens": 24, "total_tokens": 254}
    agent = spoken(
        SCOPE,
        quoted({"mlflow.spanType": "AGENT", "mlflow.chat.tokenUsage": usage})
        | {"session.id": "s1"},
        name="adder",
    )
    newest = spoken(SCOPE, {"gen_ai.operation.name": "invoke_agent"}, name="invoke_agent adder")
    tool = spoken(
        SCOPE,
        quoted({"mlflow.spanType": "TOOL", "mlflow.spanFunctionName": "add"}),
        name="add",
        status=StatusCode.ERROR,
        raised="ValueError",
    )

    assert [reading(record, "mlflow") for record in (agent, newest, tool)] == [
        {"role": "agent", "operation": "invoke_agent", "agent": "adder", "conversation": "s1"},
        {"role": "agent", "operation": "invoke_agent", "agent": "adder"},
        {
            "role": "tool",
            "operation": "execute_tool",
            "tool": "add",
            "failed": True,
            "error_type": "ValueError",
        },
    ]


def test_a_hand_off_of_the_openai_agents_sdk() -> None:
    record = spoken(
        SCOPE,
        quoted(
            {
                "mlflow.spanType": "CHAIN",
                "mlflow.spanInputs": {"from_agent": "triage"},
                "mlflow.spanOutputs": {"to_agent": "calc"},
            }
        ),
        name="Handoff",
    )

    assert reading(record, "mlflow") == {
        "role": "handoff",
        "operation": "handoff",
        "handoff_to": "calc",
    }


@pytest.mark.parametrize(
    ("name", "openai"),
    [
        ("mlflow__openai+anthropic", "gpt-4o"),
        ("mlflow__genai-semconv", "gpt-4o-2024-08-06"),
    ],
)
def test_whole_traces(name: str, openai: str) -> None:
    assert counted(capture(name)) == [
        [
            f"call {openai} 100+17 @adder",
            "call claude-sonnet-4-5 130+7 @adder",
            "tool add @adder",
            "run 2 calls 1 tools 254 tokens (2/1 own) @adder",
        ],
        ["call text-embedding-3-small 0+0 @-"],
        ["call bad 0+0 failed @-"],
        ["tool add failed @-"],
    ]


@pytest.mark.parametrize("name", ["mlflow__openai+anthropic", "mlflow__genai-semconv"])
def test_what_a_capture_says_it_says_again_once_enriched(name: str) -> None:
    assert readings(name, "mlflow")
