"""Pydantic AI, instrumentation versions 1 to 6, of its packages 1 and 2."""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    NO_OPERATION,
    Dialect,
    by_name,
    by_name_start,
    when,
)
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op


def _attempt(record: SpanRecord) -> Value:
    """Take an attempt for a call only if its response was rejected, since that was paid for."""
    if not record.name.startswith("model request attempt "):
        return None
    paid = record.get(semconv.GEN_AI_USAGE_INPUT_TOKENS) is not None
    return Op.CHAT if paid else NO_OPERATION


PYDANTIC_AI = Dialect(
    name="pydantic-ai",
    scopes=("pydantic-ai",),
    # Versions 1 and 2 named the operation of model calls only.
    operations=(
        by_name(
            {
                "agent run": Op.INVOKE_AGENT,
                "running tool": Op.EXECUTE_TOOL,
                "running tools": NO_OPERATION,
                "running output function": NO_OPERATION,
            }
        ),
        by_name_start({"running tool: ": Op.EXECUTE_TOOL}),
        _attempt,
        when("agent_name", Op.INVOKE_AGENT),
    ),
    fields={
        semconv.GEN_AI_AGENT_NAME: "agent_name",
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: "gen_ai.usage.details.cache_read_tokens",
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: "gen_ai.usage.details.cache_write_tokens",
        semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: "gen_ai.usage.details.reasoning_tokens",
    },
)
