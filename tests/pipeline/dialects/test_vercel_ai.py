"""Spans of the AI SDK, versions 4 to 7, as real runs wrote them.

The Anthropic API said 100 input, 20 read from cache, 10 written, 7 output; OpenAI 100 of
which 20 cached, 17 of which 5 reasoning; Gemini 100 of which 20 cached, 7 and 5 of thoughts.
"""

import json
import math
from collections.abc import Mapping

import pytest

from otel_agents.record import SpanRecord, StatusCode, Value
from tests.readings import capture, counted, reading, readings, spoken, tokens

V5 = {"ai.request.headers.user-agent": "ai/5.0.277"}
V6 = {"ai.request.headers.user-agent": "ai/6.0.326"}
ANTHROPIC = {"ai.model.provider": "anthropic.messages"}
BEDROCK = {"ai.model.provider": "amazon-bedrock"}
OPENAI = {"ai.model.provider": "openai.chat"}
GOOGLE = {"ai.model.provider": "google.generative-ai"}
V4_CACHE = {"anthropic": {"cacheCreationInputTokens": 10, "cacheReadInputTokens": 20}}
API_USAGE = {
    "anthropic": {
        "usage": {
            "input_tokens": 100,
            "output_tokens": 7,
            "cache_creation_input_tokens": 10,
            "cache_read_input_tokens": 20,
        },
        "cacheCreationInputTokens": 10,
    }
}
GOOGLE_USAGE = {
    "google": {
        "usageMetadata": {
            "cachedContentTokenCount": 20,
            "thoughtsTokenCount": 5,
            "promptTokenCount": 100,
            "candidatesTokenCount": 7,
            "totalTokenCount": 112,
        }
    }
}


def old(given: int, taken: int) -> dict[str, Value]:
    return {
        "ai.usage.promptTokens": given,
        "ai.usage.completionTokens": taken,
        **both(given, taken),
    }


def new(given: int, taken: int, total: int, **more: Value) -> dict[str, Value]:
    usage: dict[str, Value] = {
        "ai.usage.inputTokens": given,
        "ai.usage.outputTokens": taken,
        "ai.usage.totalTokens": total,
    }
    return usage | {f"ai.usage.{k}": v for k, v in more.items()} | both(given, taken)


def both(given: int, taken: int) -> dict[str, Value]:
    return {"gen_ai.usage.input_tokens": given, "gen_ai.usage.output_tokens": taken}


def metadata(value: object) -> dict[str, Value]:
    return {"ai.response.providerMetadata": json.dumps(value)}


def details(fresh: int, read: int | None, written: int | None = None) -> dict[str, Value]:
    start = "ai.usage.inputTokenDetails."
    found = {"noCacheTokens": fresh, "cacheReadTokens": read, "cacheWriteTokens": written}
    return {start + key: value for key, value in found.items() if value is not None}


TOKENS: dict[str, tuple[Mapping[str, Value], tuple[int | None, ...]]] = {
    "4 anthropic": (ANTHROPIC | old(100, 7) | metadata(V4_CACHE), (130, 7, 20, 10, None)),
    "4 anthropic without cache": (
        ANTHROPIC
        | old(100, 7)
        | metadata({"anthropic": {"cacheCreationInputTokens": None, "cacheReadInputTokens": None}}),
        (100, 7, None, None, None),
    ),
    "4 anthropic generateObject": (
        ANTHROPIC
        | {"ai.usage.promptTokens": 100, "ai.usage.completionTokens": 7}
        | {"gen_ai.usage.prompt_tokens": 100, "gen_ai.usage.completion_tokens": 7}
        | metadata(V4_CACHE),
        (130, 7, 20, 10, None),
    ),
    "4 bedrock": (
        BEDROCK
        | old(100, 7)
        | metadata(
            {"bedrock": {"usage": {"cacheReadInputTokens": 20, "cacheWriteInputTokens": 10}}}
        ),
        (130, 7, 20, 10, None),
    ),
    "4 openai": (
        OPENAI
        | old(100, 17)
        | metadata({"openai": {"reasoningTokens": 5, "cachedPromptTokens": 20}}),
        (100, 17, 20, None, 5),
    ),
    "4 google tells no thoughts": (
        GOOGLE | old(100, 7) | metadata({"google": {"safetyRatings": None}}),
        (100, 7, None, None, None),
    ),
    "5 anthropic": (ANTHROPIC | V5 | old(100, 7) | metadata(API_USAGE), (130, 7, 20, 10, None)),
    "5 anthropic stream": (
        ANTHROPIC | new(100, 7, 107, cachedInputTokens=20) | metadata(API_USAGE),
        (130, 7, 20, 10, None),
    ),
    "5 bedrock": (
        BEDROCK
        | V5
        | old(100, 7)
        | metadata({"bedrock": {"usage": {"cacheWriteInputTokens": 10}}}),
        (110, 7, None, 10, None),
    ),
    "5 bedrock stream": (
        BEDROCK
        | new(100, 7, 107, cachedInputTokens=20)
        | metadata({"bedrock": {"usage": {"cacheWriteInputTokens": 10}}}),
        (130, 7, 20, 10, None),
    ),
    "5 openai loses cache and reasoning": (
        OPENAI | V5 | old(100, 17) | metadata({"openai": {}}),
        (100, 17, None, None, None),
    ),
    "5 openai stream": (
        OPENAI | new(100, 17, 117, cachedInputTokens=20, reasoningTokens=5),
        (100, 17, 20, None, 5),
    ),
    "5 google": (GOOGLE | V5 | old(100, 7) | metadata(GOOGLE_USAGE), (100, 12, 20, None, 5)),
    "5 google stream": (
        GOOGLE | new(100, 7, 112, cachedInputTokens=20, reasoningTokens=5),
        (100, 12, 20, None, 5),
    ),
    "early 6 anthropic": (
        ANTHROPIC | V6 | old(130, 7) | metadata(API_USAGE),
        (130, 7, 20, 10, None),
    ),
    "early 6 bedrock": (
        BEDROCK
        | V6
        | old(130, 7)
        | metadata({"bedrock": {"usage": {"cacheWriteInputTokens": 10}}}),
        (130, 7, None, 10, None),
    ),
    "early 6 google stream": (
        GOOGLE | new(100, 12, 112, cachedInputTokens=20, reasoningTokens=5),
        (100, 12, 20, None, 5),
    ),
    "6 anthropic": (
        ANTHROPIC
        | V6
        | new(130, 7, 137, cachedInputTokens=20)
        | details(100, 20, 10)
        | metadata(API_USAGE),
        (130, 7, 20, 10, None),
    ),
    "6 bedrock stream": (
        BEDROCK | new(130, 7, 137, cachedInputTokens=20) | details(100, 20, 10),
        (130, 7, 20, 10, None),
    ),
    "6 openai": (
        OPENAI
        | V6
        | new(100, 17, 117, cachedInputTokens=20, reasoningTokens=5)
        | details(80, 20)
        | {"ai.usage.outputTokenDetails.reasoningTokens": 5},
        (100, 17, 20, None, 5),
    ),
    "6 google": (
        GOOGLE
        | V6
        | new(100, 12, 112, cachedInputTokens=20, reasoningTokens=5)
        | details(80, 20)
        | metadata(GOOGLE_USAGE),
        (100, 12, 20, None, 5),
    ),
    "a provider that reports nothing": (
        OPENAI
        | {"ai.usage.promptTokens": math.nan, "ai.usage.completionTokens": math.nan}
        | {"gen_ai.usage.input_tokens": math.nan, "gen_ai.usage.output_tokens": math.nan},
        (None, None, None, None, None),
    ),
}


@pytest.mark.parametrize(("attributes", "expected"), TOKENS.values(), ids=list(TOKENS))
def test_the_five_counts_of_a_call(
    attributes: Mapping[str, Value], expected: tuple[int | None, ...]
) -> None:
    record = spoken("ai", {"ai.operationId": "ai.generateText.doGenerate", **attributes})

    assert tokens(record, "vercel-ai") == expected


def test_version_7_writes_the_newest_names() -> None:
    record = spoken(
        "gen_ai",
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "anthropic",
            "gen_ai.request.model": "claude-x",
            "gen_ai.client.operation.time_to_first_chunk": 0.039,
            "gen_ai.response.id": "msg_s",
            "gen_ai.usage.input_tokens": 130,
            "gen_ai.usage.output_tokens": 7,
            "gen_ai.usage.cache_read.input_tokens": 20,
            "gen_ai.usage.cache_creation.input_tokens": 10,
        },
    )

    assert reading(record, "vercel-ai") == {
        "role": "inference",
        "operation": "chat",
        "provider": "anthropic",
        "request_model": "claude-x",
        "response_id": "msg_s",
        "input_tokens": 130,
        "output_tokens": 7,
        "cache_read_input_tokens": 20,
        "cache_write_input_tokens": 10,
        "time_to_first_chunk_s": 0.039,
    }


@pytest.mark.parametrize(
    ("operation_id", "expected"),
    [
        ("ai.generateText", ("invoke_agent", "agent")),
        ("ai.streamText", ("invoke_agent", "agent")),
        ("ai.generateObject", ("invoke_agent", "agent")),
        ("ai.streamObject", ("invoke_agent", "agent")),
        ("ai.generateText.doGenerate", ("chat", "inference")),
        ("ai.streamText.doStream", ("chat", "inference")),
        ("ai.generateObject.doGenerate", ("chat", "inference")),
        ("ai.streamObject.doStream", ("chat", "inference")),
        ("ai.toolCall", ("execute_tool", "tool")),
        ("ai.embed", ("", "other")),
        ("ai.embed.doEmbed", ("embeddings", "inference")),
        ("ai.embedMany", ("", "other")),
        ("ai.embedMany.doEmbed", ("embeddings", "inference")),
        ("ai.rerank", ("", "other")),
        ("ai.rerank.doRerank", ("", "other")),
        ("ai.generateSpeech", ("", "other")),
    ],
)
def test_the_operation_by_its_id_under_any_tracer(
    operation_id: str, expected: tuple[str, str]
) -> None:
    says = reading(spoken("my-app", {"ai.operationId": operation_id}), "vercel-ai")

    assert (says.get("operation", ""), says["role"]) == expected


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("anthropic.messages", "anthropic"),
        ("openai.responses", "openai"),
        ("openai.embedding", "openai"),
        ("google.generative-ai", "gcp.gemini"),
        ("google.vertex.chat", "gcp.vertex_ai"),
        ("vertex.anthropic.messages", "gcp.vertex_ai"),
        ("amazon-bedrock", "aws.bedrock"),
        ("azure.chat", "azure.ai.openai"),
        ("azure-openai.chat", "azure.ai.openai"),
        ("mistral.chat", "mistral_ai"),
        ("xai.chat", "x_ai"),
        ("googly.chat", "googly"),
    ],
)
def test_the_provider_without_its_api(name: str, provider: str) -> None:
    attributes = {"ai.operationId": "ai.streamText.doStream", "ai.model.provider": name}

    assert reading(spoken("ai", attributes), "vercel-ai")["provider"] == provider


def test_a_run_a_tool_and_a_stream_of_version_5() -> None:
    shared: dict[str, Value] = {
        "ai.telemetry.functionId": "adder",
        "ai.telemetry.metadata.sessionId": "s1",
    }
    run = spoken("ai", {"ai.operationId": "ai.streamText", "ai.usage.inputTokens": 100, **shared})
    tool = spoken(
        "ai",
        {
            "ai.operationId": "ai.toolCall",
            "ai.telemetry.functionId": "adder",
            "ai.toolCall.name": "add",
            "ai.toolCall.id": "toolu_1",
        },
        status=StatusCode.ERROR,
        raised="AI_ToolExecutionError",
    )
    call = spoken(
        "ai",
        {
            "ai.operationId": "ai.streamText.doStream",
            "ai.model.id": "claude-x",
            "ai.response.msToFirstChunk": 250.0,
            "ai.response.id": "msg_s",
            "ai.response.model": "claude-x-resp",
            **shared,
        },
    )

    assert [reading(record, "vercel-ai") for record in (run, tool, call)] == [
        {"role": "agent", "operation": "invoke_agent", "agent": "adder", "conversation": "s1"},
        {
            "role": "tool",
            "operation": "execute_tool",
            "tool": "add",
            "call_id": "toolu_1",
            "failed": True,
            "error_type": "AI_ToolExecutionError",
        },
        {
            "role": "inference",
            "operation": "chat",
            "conversation": "s1",
            "request_model": "claude-x",
            "response_model": "claude-x-resp",
            "response_id": "msg_s",
            "time_to_first_chunk_s": 0.25,
        },
    ]


def calls_of(model: str, usage: str, calls: int = 1, tools: int = 0) -> list[str]:
    given, taken = map(int, usage.split("+"))
    total = calls * (given + taken)
    return [
        *[f"call {model} {usage} @adder"] * calls,
        *["tool add @adder"] * tools,
        f"run {calls} calls {tools} tools {total} tokens ({calls}/{tools} own) @adder",
    ]


FAILED = [
    "call bad 0+0 failed @adder",
    "run 1 calls 0 tools 0 tokens (1/0 own) failed @adder",
]
RETRIED = [
    "call flaky 0+0 failed @adder",
    "call flaky 100+17 @adder",
    "run 2 calls 0 tools 117 tokens (2/0 own) @adder",
]
RETRIED_INSIDE = calls_of("flaky", "100+17")


@pytest.mark.parametrize(
    ("name", "retried", "google", "embedding"),
    [
        ("vercel-ai__v4", RETRIED, "100+7", ""),
        ("vercel-ai__v5", RETRIED, "100+12", ""),
        ("vercel-ai__v6", RETRIED, "100+12", ""),
        ("vercel-ai__v7-legacy", RETRIED_INSIDE, "100+12", ""),
        ("vercel-ai__v7", RETRIED_INSIDE, "100+12", " ×2"),
    ],
)
def test_whole_traces(name: str, retried: list[str], google: str, embedding: str) -> None:
    traces = counted(capture(name))

    assert traces[:8] == [
        calls_of("claude-sonnet-4-5", "130+7", calls=2, tools=1),
        calls_of("claude-sonnet-4-5", "130+7"),
        calls_of("gpt-4o", "100+17"),
        FAILED,
        retried,
        calls_of("gemini-2.5-pro", google),
        [f"call text-embedding-3-small 8+0{embedding} @-"],
        [f"call text-embedding-3-small 8+0{embedding} @-"],
    ]


def test_each_chunk_of_an_embedding_is_a_call() -> None:
    def chunk(span_id: int, parent_id: int, attributes: dict[str, Value]) -> SpanRecord:
        record = spoken("gen_ai", {"gen_ai.operation.name": "embeddings", **attributes})
        record.span_id, record.parent_id = span_id, parent_id
        return record

    usage: dict[str, Value] = {"gen_ai.usage.input_tokens": 8}
    records = [chunk(1, 0, {}), chunk(2, 1, usage), chunk(3, 1, usage)]

    assert counted(records) == [["call ? 8+0 ×2 @-", "call ? 8+0 @-"]]


@pytest.mark.parametrize(
    "name",
    ["vercel-ai__v4", "vercel-ai__v5", "vercel-ai__v6", "vercel-ai__v7", "vercel-ai__v7-legacy"],
)
def test_what_a_capture_says_it_says_again_once_enriched(name: str) -> None:
    assert readings(name, "vercel-ai")
