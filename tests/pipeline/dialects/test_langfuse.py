"""Observations of Langfuse, as its SDKs wrote them."""

import json

import pytest

from otel_agents.record import StatusCode
from tests.readings import capture, counted, reading, readings, spoken, tokens
from tests.trees import START_NS

USAGE = {
    "OpenAI chat": (
        {
            "prompt_tokens": 100,
            "completion_tokens": 17,
            "total_tokens": 117,
            "prompt_tokens_details": {"cached_tokens": 20},
            "completion_tokens_details": {"reasoning_tokens": 5},
        },
        (100, 17, 20, None, 5),
    ),
    "OpenAI responses": (
        {
            "input_tokens": 100,
            "input_tokens_details": {"cached_tokens": 20},
            "output_tokens": 17,
            "output_tokens_details": {"reasoning_tokens": 5},
            "total_tokens": 117,
        },
        (100, 17, 20, None, 5),
    ),
    "an embedding": ({"input": 8}, (8, None, None, None, None)),
    "OpenAI of the JavaScript SDK": (
        {
            "input": 80,
            "output": 12,
            "total": 117,
            "input_cached_tokens": 20,
            "output_reasoning_tokens": 5,
        },
        (100, 17, 20, None, 5),
    ),
    "LangChain": (
        {
            "input": 100,
            "output": 2,
            "total": 137,
            "input_cache_read": 20,
            "input_cache_creation": 10,
            "output_reasoning": 5,
        },
        (130, 7, 20, 10, 5),
    ),
    "LangChain with writes by age": (
        {
            "input": 100,
            "output": 7,
            "input_cache_read": 20,
            "input_cache_creation": 0,
            "input_ephemeral_5m_input_tokens": 6,
            "input_ephemeral_1h_input_tokens": 4,
        },
        (130, 7, 20, 10, None),
    ),
    "LangChain with the raw usage of Anthropic": (
        {
            "input": 100,
            "output": 7,
            "cache_read_input_tokens": 20,
            "cache_creation_input_tokens": 10,
            "cache_creation_ephemeral_5m_input_tokens": 10,
        },
        (130, 7, 20, 10, None),
    ),
    "LangChain with a service tier": (
        {"input": 100, "output": 7, "input_priority": 100, "input_priority_cache_read": 20},
        (100, 7, None, None, None),
    ),
    "buckets of sound and of predictions": (
        {
            "input": 60,
            "input_audio_tokens": 40,
            "output": 10,
            "output_accepted_prediction_tokens": 4,
            "output_rejected_prediction_tokens": 3,
        },
        (100, 17, None, None, None),
    ),
    "by hand, as Anthropic's API": (
        {
            "input_tokens": 100,
            "output_tokens": 7,
            "cache_read_input_tokens": 20,
            "cache_creation_input_tokens": 10,
        },
        (130, 7, 20, 10, None),
    ),
    "nothing known": ({"total": 5}, (None, None, None, None, None)),
    "details that are unknown": (
        {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": None},
        (100, 7, None, None, None),
    ),
}


@pytest.mark.parametrize(("usage", "expected"), USAGE.values(), ids=list(USAGE))
def test_usage_in_each_shape(usage: dict[str, object], expected: tuple[int | None, ...]) -> None:
    attributes = {
        "langfuse.observation.type": "generation",
        "langfuse.observation.usage_details": json.dumps(usage),
    }

    assert tokens(spoken("langfuse-sdk", attributes), "langfuse") == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("generation", ("chat", "inference")),
        ("embedding", ("embeddings", "inference")),
        ("agent", ("invoke_agent", "agent")),
        ("tool", ("execute_tool", "tool")),
        ("chain", ("invoke_workflow", "workflow")),
        ("retriever", ("retrieval", "retrieval")),
        ("evaluator", ("", "other")),
        ("guardrail", ("", "other")),
        ("event", ("", "other")),
        ("span", ("", "other")),
    ],
)
def test_the_operation_by_type_under_any_scope(kind: str, expected: tuple[str, str]) -> None:
    says = reading(spoken("re-exported", {"langfuse.observation.type": kind}), "langfuse")

    assert (says["operation"], says["role"]) == expected


def test_a_stream_of_the_OpenAI_wrapper() -> None:  # noqa: N802 the company's name
    record = spoken(
        "langfuse-sdk",
        {
            "session.id": "s1",
            "langfuse.observation.type": "generation",
            "langfuse.observation.model.name": "gpt-4o-2024-08-06",
            "langfuse.observation.model.parameters": '{"max_tokens": "Infinity"}',
            "langfuse.observation.completion_start_time": '"2026-01-01T00:00:00.250000Z"',
        },
        name="OpenAI-generation",
    )

    assert START_NS == 1_767_225_600_000_000_000
    assert reading(record, "langfuse") == {
        "role": "inference",
        "operation": "chat",
        "conversation": "s1",
        "request_model": "gpt-4o-2024-08-06",
        "time_to_first_chunk_s": 0.25,
    }


@pytest.mark.parametrize("began", ["", '"soon"', "7", '"9999999-01-01"'])
def test_a_first_chunk_at_no_time_says_nothing(began: str) -> None:
    attributes = {
        "langfuse.observation.type": "generation",
        "langfuse.observation.completion_start_time": began,
    }

    assert "time_to_first_chunk_s" not in reading(spoken("langfuse-sdk", attributes), "langfuse")


def test_an_agent_and_a_tool_are_named_by_their_span_and_fail_by_their_level() -> None:
    agent = spoken(
        "langfuse-sdk",
        {"langfuse.observation.type": "agent", "langfuse.session.id": "s1"},
        name="adder",
    )
    tool = spoken(
        "langfuse-sdk",
        {"langfuse.observation.type": "tool", "langfuse.observation.level": "ERROR"},
        name="add",
        status=StatusCode.UNSET,
    )

    assert [reading(record, "langfuse") for record in (agent, tool)] == [
        {"role": "agent", "operation": "invoke_agent", "agent": "adder", "conversation": "s1"},
        {"role": "tool", "operation": "execute_tool", "tool": "add", "failed": True},
    ]


@pytest.mark.parametrize("name", ["langfuse__python-3", "langfuse__python-5"])
def test_whole_traces(name: str) -> None:
    assert counted(capture(name)) == [
        [
            "call gpt-4o-2024-08-06 100+17 @adder",
            "tool add @adder",
            "run 1 calls 1 tools 117 tokens (1/1 own) @adder",
        ],
        ["call gpt-4o-2024-08-06 100+17 @-"],
        ["call gpt-4o-2024-08-06 100+17 @-"],
        ["call text-embedding-3-small 8+0 @-"],
        ["call bad 0+0 failed @-"],
        ["tool add failed @-"],
        ["call m1 100+17 @-"],
    ]


@pytest.mark.parametrize("name", ["langfuse__python-3", "langfuse__python-5"])
def test_what_a_capture_says_it_says_again_once_enriched(name: str) -> None:
    assert readings(name, "langfuse")
