"""LangSmith's OpenTelemetry export, of LangChain, LangGraph and its own tracing.

`gen_ai.operation.name` says "embeddings" of a retriever and "chat" of a prompt here, so the
kind of the run is asked first. Source: langsmith-sdk, `_otel_exporter.py`.
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
)
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op

USAGE = "langsmith.metadata.usage_metadata"
AGENT_NAME = "langsmith.metadata.lc_agent_name"
KIND = "langsmith.span.kind"


def _chain(record: SpanRecord) -> Value:
    """Tell an agent's run, which has its agent's name, from its steps, which inherit it."""
    if record.get(KIND) != "chain":
        return None
    agent = record.get(AGENT_NAME)
    if agent is not None and agent == record.get("langsmith.trace.name"):
        return Op.INVOKE_AGENT
    return NO_OPERATION if record.parent_id else Op.INVOKE_WORKFLOW


def _cache_read(record: SpanRecord) -> Value:
    """Add what the wrapper of Gemini puts aside: reads past the size that costs more."""
    details = part(json_map(record, USAGE), "input_token_details")
    if "cache_read" not in details:
        return None
    return number(details["cache_read"]) + number(details.get("cache_read_over_200k"))


def _cache_write(record: SpanRecord) -> Value:
    details = part(json_map(record, USAGE), "input_token_details")
    by_age = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
    if not any(key in details for key in ("cache_creation", *by_age)):
        return None
    whole = number(details.get("cache_creation"))
    return whole or sum(number(details.get(key)) for key in by_age)


def _leaves_out_reasoning(record: SpanRecord) -> bool:
    """Only the wrappers of Gemini do, and then the total is more than input and output."""
    usage = json_map(record, USAGE)
    output = number(usage.get("output_tokens"))
    reasoning = number(part(usage, "output_token_details").get("reasoning"))
    total = number(usage.get("total_tokens"))
    return reasoning > 0 and total == number(usage.get("input_tokens")) + output + reasoning


def _native_leaves_out_reasoning(record: SpanRecord) -> bool:
    # A count that differs from the wrapper's own was made whole already.
    native = record.get(semconv.GEN_AI_USAGE_OUTPUT_TOKENS)
    reported = json_map(record, USAGE).get("output_tokens")
    return native == reported and _leaves_out_reasoning(record)


LANGSMITH = Dialect(
    name="langsmith",
    scopes=("langsmith",),
    markers=(KIND,),
    operations=(
        _chain,
        by_attribute(
            KIND,
            {
                "llm": Op.CHAT,
                "embedding": Op.EMBEDDINGS,
                "tool": Op.EXECUTE_TOOL,
                "retriever": Op.RETRIEVAL,
                "prompt": NO_OPERATION,
                "parser": NO_OPERATION,
            },
        ),
    ),
    operation_first=True,
    fields={
        semconv.GEN_AI_PROVIDER_NAME: "langsmith.metadata.ls_provider",
        semconv.GEN_AI_REQUEST_MODEL: "langsmith.metadata.ls_model_name",
        semconv.GEN_AI_USAGE_INPUT_TOKENS: in_json(USAGE, "input_tokens"),
        semconv.GEN_AI_USAGE_OUTPUT_TOKENS: in_json(USAGE, "output_tokens"),
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: _cache_read,
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: _cache_write,
        semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: in_json(
            USAGE, "output_token_details.reasoning"
        ),
        semconv.GEN_AI_AGENT_NAME: AGENT_NAME,
        semconv.GEN_AI_WORKFLOW_NAME: "langsmith.trace.name",
        semconv.GEN_AI_TOOL_NAME: "langsmith.trace.name",
        # `langsmith.trace.session_id` is the project's.
        semconv.GEN_AI_CONVERSATION_ID: (
            "langsmith.metadata.session_id",
            "langsmith.metadata.thread_id",
            "langsmith.metadata.conversation_id",
        ),
    },
    excludes_reasoning=_leaves_out_reasoning,
    native_excludes_reasoning=_native_leaves_out_reasoning,
)
