"""Langfuse: its Python SDK from version 3 on and its JavaScript SDK from version 4 on.

Usage comes as one JSON object in two shapes: as OpenAI counts, whole numbers with details
beside them, or as buckets that leave each other out. Source: langfuse/langfuse, the
ingestion's `OpenAICompletionUsageSchema`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    NO_OPERATION,
    Dialect,
    by_attribute,
    in_json,
    json_map,
    json_text,
    number,
    whole_name,
)
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op

USAGE = "langfuse.observation.usage_details"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

BARE_INPUT = ("cache_read_input_tokens", "cache_creation_input_tokens")
"""Buckets of input whose names do not begin with it."""


def _buckets(usage: Mapping[str, Value], side: str, *bare: str) -> int | float | None:
    """Add up the buckets of a side; None for usage in another shape."""
    if side not in usage:
        return None
    counted = [side, *bare]
    counted += (
        key
        for key in usage
        # A service tier's name stands among the buckets, and holds no tokens of its own.
        if key.startswith(f"{side}_") and not key.startswith((f"{side}_priority", f"{side}_tokens"))
    )
    return sum(number(usage.get(key)) for key in counted)


def _input(record: SpanRecord) -> Value:
    usage = json_map(record, USAGE)
    found = _buckets(usage, "input", *BARE_INPUT)
    if found is not None:
        return found
    if "prompt_tokens" in usage:
        return usage["prompt_tokens"]
    if "input_tokens" not in usage or "total_tokens" in usage:
        return usage.get("input_tokens")
    # Without a total it is the Anthropic API's own object.
    return sum(number(usage.get(key)) for key in ("input_tokens", *BARE_INPUT))


def _output(record: SpanRecord) -> Value:
    usage = json_map(record, USAGE)
    found = _buckets(usage, "output")
    if found is not None:
        return found
    return usage.get("completion_tokens", usage.get("output_tokens"))


def _cache_write(record: SpanRecord) -> Value:
    usage = json_map(record, USAGE)
    whole = ("input_cache_creation", "cache_creation_input_tokens")
    by_age = ("input_ephemeral_5m_input_tokens", "input_ephemeral_1h_input_tokens")
    if not any(key in usage for key in (*whole, *by_age)):
        return None
    found = next((number(usage[key]) for key in whole if usage.get(key)), 0)
    return found or sum(number(usage.get(key)) for key in by_age)


def _time_to_first_chunk(record: SpanRecord) -> Value:
    began = json_text("langfuse.observation.completion_start_time")(record)
    if not isinstance(began, str):
        return None
    try:
        when = datetime.fromisoformat(began)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return (when - EPOCH) / timedelta(seconds=1) - record.start_ns / 1e9


def _failed(record: SpanRecord) -> bool:
    return record.get("langfuse.observation.level") == "ERROR"


LANGFUSE = Dialect(
    name="langfuse",
    scopes=("langfuse-sdk",),
    markers=("langfuse.observation.type",),
    operations=(
        by_attribute(
            "langfuse.observation.type",
            {
                "generation": Op.CHAT,
                "embedding": Op.EMBEDDINGS,
                "agent": Op.INVOKE_AGENT,
                "tool": Op.EXECUTE_TOOL,
                "chain": Op.INVOKE_WORKFLOW,
                "retriever": Op.RETRIEVAL,
                "evaluator": NO_OPERATION,
                "guardrail": NO_OPERATION,
                "event": NO_OPERATION,
                "span": NO_OPERATION,
            },
        ),
    ),
    fields={
        # Where the call succeeded, its OpenAI wrapper puts the model that answered here.
        semconv.GEN_AI_REQUEST_MODEL: "langfuse.observation.model.name",
        semconv.GEN_AI_USAGE_INPUT_TOKENS: _input,
        semconv.GEN_AI_USAGE_OUTPUT_TOKENS: _output,
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: in_json(
            USAGE,
            "input_cached_tokens",
            "input_cache_read",
            "cache_read_input_tokens",
            "prompt_tokens_details.cached_tokens",
            "input_tokens_details.cached_tokens",
        ),
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: _cache_write,
        semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: in_json(
            USAGE,
            "output_reasoning_tokens",
            "output_reasoning",
            "completion_tokens_details.reasoning_tokens",
            "output_tokens_details.reasoning_tokens",
        ),
        semconv.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK: _time_to_first_chunk,
        semconv.GEN_AI_AGENT_NAME: whole_name,
        semconv.GEN_AI_TOOL_NAME: whole_name,
        semconv.GEN_AI_WORKFLOW_NAME: whole_name,
        semconv.GEN_AI_CONVERSATION_ID: (semconv.SESSION_ID, "langfuse.session.id"),
    },
    failed=_failed,
)
