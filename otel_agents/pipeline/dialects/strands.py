"""Strands Agents."""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import Dialect

STRANDS = Dialect(
    name="strands",
    scopes=("strands.telemetry.tracer", "strands-agents", "strands.*"),
    fields={
        semconv.GEN_AI_CONVERSATION_ID: semconv.SESSION_ID,
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: "gen_ai.usage.cache_read_input_tokens",
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: "gen_ai.usage.cache_write_input_tokens",
    },
)
