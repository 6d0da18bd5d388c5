"""Spans of LiteLLM in its three formats, and calls written on the spans of others."""

import pytest

from otel_agents.record import SpanKind, StatusCode, Value
from tests.readings import capture, counted, reading, readings, spoken, tokens

OPENAI_USAGE = (
    "{'completion_tokens': 17, 'prompt_tokens': 100, 'total_tokens': 117, "
    "'completion_tokens_details': {'audio_tokens': None, 'reasoning_tokens': 5}, "
    "'prompt_tokens_details': {'audio_tokens': None, 'cached_tokens': 20}}"
)
ANTHROPIC_USAGE = (
    "{'completion_tokens': 7, 'prompt_tokens': 130, 'total_tokens': 137, "
    "'completion_tokens_details': {'reasoning_tokens': 0, 'text_tokens': 7}, "
    "'prompt_tokens_details': {'cached_tokens': 20, 'cache_creation_tokens': 10}, "
    "'cache_creation_input_tokens': 10, 'cache_read_input_tokens': 20}"
)
CALL: dict[str, Value] = {
    "litellm.call_id": "c1",
    "litellm.provider.model": "openai/gpt-4o",
    "gen_ai.request.model": "gpt-4o",
    "llm.request.type": "completion",
    "llm.is_streaming": "False",
    "gen_ai.system": "openai",
    "gen_ai.operation.name": "chat",
    "gen_ai.response.finish_reasons": '["stop"]',
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 17,
    "metadata.usage_object": OPENAI_USAGE,
}


def without(*keys: str) -> dict[str, Value]:
    return {key: value for key, value in CALL.items() if key not in keys}


def test_a_call_of_the_first_format() -> None:
    record = spoken("litellm", CALL, name="litellm_request")

    assert reading(record, "litellm") == {
        "role": "inference",
        "operation": "chat",
        "provider": "openai",
        "request_model": "gpt-4o",
        "input_tokens": 100,
        "output_tokens": 17,
        "cache_read_input_tokens": 20,
        "reasoning_output_tokens": 5,
    }


@pytest.mark.parametrize(
    ("request_type", "operation"),
    [
        ("completion", "chat"),
        ("acompletion", "chat"),
        ("responses", "chat"),
        ("aresponses", "chat"),
        ("anthropic_messages", "chat"),
        ("generate_content", "chat"),
        ("agenerate_content", "chat"),
        ("text_completion", "text_completion"),
        ("atext_completion", "text_completion"),
        ("embedding", "embeddings"),
        ("aembedding", "embeddings"),
        ("image_generation", ""),
    ],
)
def test_the_operation_by_the_type_of_request(request_type: str, operation: str) -> None:
    attributes = {"litellm.call_id": "c1", "llm.request.type": request_type}

    assert reading(spoken("litellm", attributes), "litellm")["operation"] == operation


@pytest.mark.parametrize(
    ("system", "model", "provider"),
    [
        ("azure", "azure/gpt-4o", "azure.ai.openai"),
        ("vertex_ai", "vertex_ai/gemini-2.5-pro", "gcp.vertex_ai"),
        ("", "openai/text-embedding-3-small", "openai"),
        ("", "text-embedding-3-small", None),
    ],
)
def test_an_empty_provider_is_the_one_before_the_models_name(
    system: str, model: str, provider: str | None
) -> None:
    attributes = CALL | {"gen_ai.system": system, "litellm.provider.model": model}

    assert reading(spoken("litellm", attributes), "litellm").get("provider") == provider


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (CALL, (100, 17, 20, None, 5)),
        (
            CALL
            | {"gen_ai.usage.input_tokens": 130, "gen_ai.usage.output_tokens": 7}
            | {"metadata.usage_object": ANTHROPIC_USAGE},
            (130, 7, 20, 10, 0),
        ),
        ({"llm.openai.usage": OPENAI_USAGE}, (100, 17, 20, None, 5)),
        (
            {
                "llm.anthropic.usage": "{'input_tokens': 100, 'cache_read_input_tokens': 20, "
                "'cache_creation_input_tokens': 10, 'output_tokens': 7}"
            },
            (130, 7, 20, 10, None),
        ),
        (
            {
                "llm.None.usage": "{'input_tokens': 100, 'output_tokens': 17, "
                "'total_tokens': 117, 'input_tokens_details': {'cached_tokens': 20}, "
                "'output_tokens_details': {'reasoning_tokens': 5}}"
            },
            (100, 17, 20, None, 5),
        ),
        (CALL | {"metadata.usage_object": "Usage(prompt_tokens=100)"}, (100, 17, None, None, None)),
    ],
    ids=["OpenAI", "Anthropic", "raw OpenAI", "raw Anthropic", "raw responses", "no dict"],
)
def test_the_five_counts(attributes: dict[str, Value], expected: tuple[int | None, ...]) -> None:
    assert tokens(spoken("litellm", attributes), "litellm") == expected


HOSTS = {
    "each call has its raw response": (CALL, StatusCode.OK, "other"),
    "a stream has none": (CALL | {"llm.is_streaming": "True"}, StatusCode.OK, "inference"),
    "without content there is none": (
        without("gen_ai.operation.name", "gen_ai.response.finish_reasons"),
        StatusCode.OK,
        "inference",
    ),
    "nor under the newest names": (
        without("gen_ai.system") | {"gen_ai.provider.name": "openai"},
        StatusCode.OK,
        "inference",
    ),
    "nor for an embedding": (CALL | {"llm.request.type": "embedding"}, StatusCode.OK, "inference"),
    "nor for a failed call": (CALL, StatusCode.ERROR, "inference"),
    "nor with usage that can be read": (
        CALL | {"gen_ai.system": "bedrock"},
        StatusCode.OK,
        "inference",
    ),
}


@pytest.mark.parametrize(("attributes", "status", "role"), HOSTS.values(), ids=list(HOSTS))
def test_a_call_written_on_the_span_of_another(
    attributes: dict[str, Value], status: StatusCode, role: str
) -> None:
    assert reading(spoken("app", attributes, status=status), "litellm")["role"] == role


@pytest.mark.parametrize(
    ("scope", "name", "kind", "role"),
    [
        ("litellm", "named-by-the-user", SpanKind.INTERNAL, "inference"),
        ("my-tracer", "litellm_request", SpanKind.INTERNAL, "inference"),
        ("litellm", "Received Proxy Server Request", SpanKind.SERVER, "other"),
    ],
)
def test_its_own_span_of_a_call_is_the_call(
    scope: str, name: str, kind: SpanKind, role: str
) -> None:
    assert reading(spoken(scope, CALL, name=name, kind=kind), "litellm")["role"] == role


def test_other_spans_of_the_proxy_are_nothing_counted() -> None:
    assert reading(spoken("litellm", {}, name="redis"), "litellm")["role"] == "other"


def test_the_second_format_writes_the_newest_names() -> None:
    record = spoken(
        "litellm",
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "anthropic",
            "gen_ai.request.model": "claude-x",
            "gen_ai.response.time_to_first_chunk": 0.25,
            "gen_ai.usage.input_tokens": 130,
            "gen_ai.usage.output_tokens": 7,
            "gen_ai.usage.cache_creation.input_tokens": 10,
            "gen_ai.usage.cache_read.input_tokens": 20,
            "gen_ai.conversation.id": "s1",
            "litellm.call_id": "c1",
            "litellm.call_type": "acompletion",
            "gen_ai.system": "anthropic",
            "gen_ai.usage.prompt_tokens": 130,
        },
        name="chat claude-x",
        kind=SpanKind.CLIENT,
    )

    assert reading(record, "litellm") == {
        "role": "inference",
        "operation": "chat",
        "provider": "anthropic",
        "conversation": "s1",
        "request_model": "claude-x",
        "input_tokens": 130,
        "output_tokens": 7,
        "cache_read_input_tokens": 20,
        "cache_write_input_tokens": 10,
        "time_to_first_chunk_s": 0.25,
    }


OPENAI = ["call gpt-4o 100+17 @-"]
ANTHROPIC = ["call claude-sonnet-4-5 130+7 @-"]
EMBEDDING = ["call text-embedding-3-small 8+0 @-"]
BAD = ["call bad 0+0 failed @-"]
RATE_LIMITED = ["call rate 0+0 failed @-"]


def test_whole_traces_of_the_first_format() -> None:
    assert counted(capture("litellm__v1")) == [
        ["call gpt-4o 100+17 ×2 @-"],
        ["call claude-sonnet-4-5 130+7 ×2 @-"],
        ANTHROPIC,
        BAD,
        RATE_LIMITED,
        EMBEDDING,
        ["call gpt-4o 100+17 ×2 @-"],
        # The calls of an application with a span of its own are told by their responses.
        ["call gpt-4o-2024-08-06 100+17 @-"],
        ["call gpt-4o-2024-08-06 100+17 @-", "call claude-sonnet-4-5-20250929 130+7 @-"],
        [],
        ANTHROPIC,
        BAD,
    ]


def test_whole_traces_without_content() -> None:
    assert counted(capture("litellm__v1-no-content")) == [
        OPENAI,
        ANTHROPIC,
        ANTHROPIC,
        BAD,
        RATE_LIMITED,
        EMBEDDING,
        OPENAI,
        OPENAI,
        # Of the two calls on one span the second overwrote the first.
        ANTHROPIC,
        [],
        ANTHROPIC,
        BAD,
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "litellm__genai-semconv",
            [OPENAI, ANTHROPIC, ANTHROPIC, BAD, RATE_LIMITED, EMBEDDING, OPENAI, OPENAI],
        ),
        ("litellm__v2", [OPENAI, ANTHROPIC, BAD, OPENAI, EMBEDDING]),
    ],
)
def test_whole_traces_under_the_newest_names(name: str, expected: list[list[str]]) -> None:
    assert counted(capture(name)) == expected


@pytest.mark.parametrize(
    "name", ["litellm__v1", "litellm__v1-no-content", "litellm__genai-semconv", "litellm__v2"]
)
def test_what_a_capture_says_it_says_again_once_enriched(name: str) -> None:
    assert readings(name, "litellm")
