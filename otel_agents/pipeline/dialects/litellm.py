"""LiteLLM: its first format, the same under the newest names, and its second format.

Where a span is open already, the first format makes none of its own for the call but
writes it on that span, each call over the one before, and under it a span with each raw
response. Source: BerriAI/litellm, `integrations/opentelemetry.py`.
"""

from collections.abc import Mapping

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    NO_OPERATION,
    Dialect,
    by_attribute,
    in_map,
    number,
    python_map,
)
from otel_agents.record import SpanKind, SpanRecord, StatusCode, Value
from otel_agents.semconv import GenAiOperationName as Op

SCOPE = "litellm"
CALL_ID = "litellm.call_id"

RAW = {"openai": "openai", "anthropic": "anthropic", "": "None"}
"""By provider, the name under which its raw responses stand, of those that hold usage."""

REQUEST_TYPES = {
    "completion": Op.CHAT,
    "acompletion": Op.CHAT,
    "responses": Op.CHAT,
    "aresponses": Op.CHAT,
    "anthropic_messages": Op.CHAT,
    "generate_content": Op.CHAT,
    "agenerate_content": Op.CHAT,
    "text_completion": Op.TEXT_COMPLETION,
    "atext_completion": Op.TEXT_COMPLETION,
    "embedding": Op.EMBEDDINGS,
    "aembedding": Op.EMBEDDINGS,
}

_request_type = by_attribute("llm.request.type", REQUEST_TYPES)


def _usage(record: SpanRecord) -> Mapping[str, Value]:
    """Find the usage of a call, or of a raw response as its provider's API wrote it."""
    if record.get(CALL_ID) is not None:
        return python_map(record, "metadata.usage_object")
    raw = (python_map(record, f"llm.{name}.usage") for name in RAW.values())
    return next(filter(None, raw), {})


def _raw_model(record: SpanRecord) -> Value:
    if record.get(CALL_ID) is not None:
        return None
    models = (record.get(f"llm.{name}.model") for name in RAW.values())
    return next((model for model in models if model is not None), None)


def _operation(record: SpanRecord) -> Value:
    if record.get(CALL_ID) is None:
        return Op.CHAT if _usage(record) else None
    operation = _request_type(record)
    if operation == Op.CHAT and _is_host(record) and _responses_follow(record):
        return NO_OPERATION
    return operation


def _is_host(record: SpanRecord) -> bool:
    """Whether a call was written on a span that is not its own."""
    if record.name == "litellm_request":
        return False
    return record.scope.name != SCOPE or record.kind == SpanKind.SERVER


def _responses_follow(record: SpanRecord) -> bool:
    """Whether each call on a host has a raw response with usage below it.

    None has where content is not captured, which leaves out why the call finished too,
    under the newest names, for streams, and where no call succeeded.
    """
    return (
        record.status != StatusCode.ERROR
        and record.get(semconv.GEN_AI_RESPONSE_FINISH_REASONS) is not None
        and record.get(semconv.GEN_AI_SYSTEM) in RAW
        and record.get("llm.is_streaming") != "True"
    )


def _provider(record: SpanRecord) -> Value:
    """Take the provider before the model's name, or the one whose raw response it is."""
    model = record.get("litellm.provider.model")
    if isinstance(model, str) and "/" in model:
        return model.partition("/")[0]
    if record.get(CALL_ID) is not None:
        return None
    return next((p for p, name in RAW.items() if p and record.get(f"llm.{name}.usage")), None)


def _input(record: SpanRecord) -> Value:
    usage = _usage(record)
    if "prompt_tokens" in usage:
        return usage["prompt_tokens"]
    if "input_tokens" not in usage or "total_tokens" in usage:
        return usage.get("input_tokens")
    cached = ("cache_read_input_tokens", "cache_creation_input_tokens")
    return sum(number(usage.get(key)) for key in ("input_tokens", *cached))


LITELLM = Dialect(
    name="litellm",
    scopes=(SCOPE,),
    markers=(CALL_ID,),
    operations=(_operation,),
    operation_first=True,
    fields={
        semconv.GEN_AI_PROVIDER_NAME: (semconv.GEN_AI_SYSTEM, _provider),
        semconv.GEN_AI_RESPONSE_MODEL: _raw_model,
        semconv.GEN_AI_USAGE_INPUT_TOKENS: _input,
        semconv.GEN_AI_USAGE_OUTPUT_TOKENS: in_map(_usage, "completion_tokens", "output_tokens"),
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: in_map(
            _usage,
            "prompt_tokens_details.cached_tokens",
            "input_tokens_details.cached_tokens",
            "cache_read_input_tokens",
        ),
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: in_map(
            _usage,
            "prompt_tokens_details.cache_creation_tokens",
            "prompt_tokens_details.cache_write_tokens",
            "cache_creation_input_tokens",
        ),
        semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: in_map(
            _usage,
            "completion_tokens_details.reasoning_tokens",
            "output_tokens_details.reasoning_tokens",
        ),
    },
)
