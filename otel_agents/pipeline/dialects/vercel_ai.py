"""The Vercel AI SDK: versions 4 to 6 under `ai.*`, version 7 under the newest names.

Source: vercel/ai, packages/ai and packages/otel.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    NO_OPERATION,
    Dialect,
    by_attribute,
    in_json,
    json_map,
    number,
    part,
    scaled,
)
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op
from otel_agents.semconv import GenAiProviderName as Provider

METADATA = "ai.response.providerMetadata"

PROVIDERS = (
    ("google.vertex", Provider.GCP_VERTEX_AI),
    ("google-vertex", Provider.GCP_VERTEX_AI),
    ("vertex", Provider.GCP_VERTEX_AI),
    ("google", Provider.GCP_GEMINI),
    ("amazon-bedrock", Provider.AWS_BEDROCK),
    ("bedrock", Provider.AWS_BEDROCK),
    ("azure-openai", Provider.AZURE_AI_OPENAI),
    ("azure", Provider.AZURE_AI_OPENAI),
)
"""How the SDK's provider ids begin; what follows after a dot or a dash is the API."""


def _provider(record: SpanRecord) -> Value:
    value = record.get("ai.model.provider") or record.get(semconv.GEN_AI_SYSTEM)
    if not isinstance(value, str):
        return None
    for start, provider in PROVIDERS:
        if value == start or value.startswith((f"{start}.", f"{start}-")):
            return str(provider)
    return value.partition(".")[0]


def _reported(record: SpanRecord, *keys: str) -> Value:
    return next((value for key in keys if (value := record.get(key)) is not None), None)


def _input(record: SpanRecord) -> Value:
    return _reported(record, "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens")


def _output(record: SpanRecord) -> Value:
    return _reported(record, "ai.usage.outputTokens", "ai.usage.completionTokens")


def _before_version_6(record: SpanRecord) -> bool:
    """Streams, and version 4 everywhere, do not tell the version."""
    agent = record.get("ai.request.headers.user-agent")
    return not isinstance(agent, str) or agent.startswith(("ai/4", "ai/5"))


def _leaves_out_cache(record: SpanRecord) -> bool:
    """Before version 6 the Anthropic and Bedrock providers passed their API's count on."""
    if record.get("ai.usage.inputTokenDetails.noCacheTokens") is not None:
        return False
    metadata = json_map(record, METADATA)
    usage = part(part(metadata, "anthropic"), "usage")
    if usage:
        return number(usage.get("input_tokens")) == _input(record)
    bedrock = _provider(record) == Provider.AWS_BEDROCK
    return ("anthropic" in metadata or bedrock) and _before_version_6(record)


def _leaves_out_reasoning(record: SpanRecord) -> bool:
    """Before version 6 the Google provider passed the count without thoughts on."""
    output = number(_output(record))
    usage = part(part(json_map(record, METADATA), "google"), "usageMetadata")
    if usage:
        return number(usage.get("candidatesTokenCount")) == output
    reasoning = number(record.get("ai.usage.reasoningTokens"))
    total = number(record.get("ai.usage.totalTokens"))
    return reasoning > 0 and total == number(_input(record)) + output + reasoning


def _native_leaves_out_cache(record: SpanRecord) -> bool:
    # A count that differs from the SDK's own was made whole already.
    native = record.get(semconv.GEN_AI_USAGE_INPUT_TOKENS)
    return native == _input(record) and _leaves_out_cache(record)


def _native_leaves_out_reasoning(record: SpanRecord) -> bool:
    native = record.get(semconv.GEN_AI_USAGE_OUTPUT_TOKENS)
    return native == _output(record) and _leaves_out_reasoning(record)


VERCEL_AI = Dialect(
    name="vercel-ai",
    scopes=("ai", "gen_ai"),
    markers=("ai.operationId",),
    operations=(
        by_attribute(
            "ai.operationId",
            {
                "ai.generateText": Op.INVOKE_AGENT,
                "ai.streamText": Op.INVOKE_AGENT,
                "ai.generateObject": Op.INVOKE_AGENT,
                "ai.streamObject": Op.INVOKE_AGENT,
                "ai.generateText.doGenerate": Op.CHAT,
                "ai.streamText.doStream": Op.CHAT,
                "ai.generateObject.doGenerate": Op.CHAT,
                "ai.streamObject.doStream": Op.CHAT,
                "ai.toolCall": Op.EXECUTE_TOOL,
                "ai.embed": NO_OPERATION,
                "ai.embedMany": NO_OPERATION,
                "ai.embed.doEmbed": Op.EMBEDDINGS,
                "ai.embedMany.doEmbed": Op.EMBEDDINGS,
                "ai.rerank": NO_OPERATION,
                "ai.rerank.doRerank": NO_OPERATION,
            },
        ),
    ),
    fields={
        semconv.GEN_AI_PROVIDER_NAME: _provider,
        semconv.GEN_AI_REQUEST_MODEL: "ai.model.id",
        semconv.GEN_AI_RESPONSE_MODEL: "ai.response.model",
        semconv.GEN_AI_RESPONSE_ID: "ai.response.id",
        semconv.GEN_AI_USAGE_INPUT_TOKENS: _input,
        semconv.GEN_AI_USAGE_OUTPUT_TOKENS: _output,
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: (
            "ai.usage.inputTokenDetails.cacheReadTokens",
            "ai.usage.cachedInputTokens",
            in_json(
                METADATA,
                "anthropic.usage.cache_read_input_tokens",
                "anthropic.cacheReadInputTokens",
                "bedrock.usage.cacheReadInputTokens",
                "openai.cachedPromptTokens",
                "google.usageMetadata.cachedContentTokenCount",
            ),
        ),
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: (
            "ai.usage.inputTokenDetails.cacheWriteTokens",
            in_json(
                METADATA,
                "anthropic.usage.cache_creation_input_tokens",
                "anthropic.cacheCreationInputTokens",
                "bedrock.usage.cacheWriteInputTokens",
            ),
        ),
        semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: (
            "ai.usage.outputTokenDetails.reasoningTokens",
            "ai.usage.reasoningTokens",
            in_json(METADATA, "openai.reasoningTokens", "google.usageMetadata.thoughtsTokenCount"),
        ),
        semconv.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK: (
            scaled("ai.response.msToFirstChunk", 0.001),
            scaled("ai.stream.msToFirstChunk", 0.001),
            "gen_ai.client.operation.time_to_first_chunk",
        ),
        semconv.GEN_AI_AGENT_NAME: "ai.telemetry.functionId",
        semconv.GEN_AI_CONVERSATION_ID: (
            "ai.telemetry.metadata.sessionId",
            "ai.telemetry.metadata.conversationId",
            "ai.telemetry.metadata.threadId",
            "ai.telemetry.metadata.chatId",
        ),
        semconv.GEN_AI_TOOL_NAME: "ai.toolCall.name",
        semconv.GEN_AI_TOOL_CALL_ID: "ai.toolCall.id",
    },
    excludes_cache=_leaves_out_cache,
    native_excludes_cache=_native_leaves_out_cache,
    excludes_reasoning=_leaves_out_reasoning,
    native_excludes_reasoning=_native_leaves_out_reasoning,
)
