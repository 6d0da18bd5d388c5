"""Strands Agents.

An agent's usage is the sum over its whole life. Whether a call's input leaves out what was
cached depends on the model's API, and the total tells, which never does. Measured with 1.62.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    HANDOFF,
    Dialect,
    by_attribute,
    in_json,
    map_in,
    number,
    scaled,
)
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op


def _target(record: SpanRecord) -> Value:
    """Find to whom a tool hands over in the event that holds its arguments."""
    asked = (event for event in record.events() if event.name == "gen_ai.tool.message")
    arguments = next((map_in(event.attributes.get("content")) for event in asked), {})
    return arguments.get("agent_name")


def _leaves_out_cache(record: SpanRecord) -> bool:
    total = number(record.get("gen_ai.usage.total_tokens"))
    counted = number(record.get(semconv.GEN_AI_USAGE_INPUT_TOKENS))
    return total > counted + number(record.get(semconv.GEN_AI_USAGE_OUTPUT_TOKENS))


STRANDS = Dialect(
    name="strands",
    scopes=("strands.telemetry.tracer", "strands-agents", "strands.*"),
    operations=(
        by_attribute(semconv.GEN_AI_TOOL_NAME, {"handoff_to_agent": HANDOFF}),
        by_attribute(
            semconv.GEN_AI_OPERATION_NAME,
            {"invoke_swarm": Op.INVOKE_WORKFLOW, "invoke_graph": Op.INVOKE_WORKFLOW},
        ),
    ),
    operation_first=True,
    fields={
        semconv.GEN_AI_CONVERSATION_ID: semconv.SESSION_ID,
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: "gen_ai.usage.cache_read_input_tokens",
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: "gen_ai.usage.cache_write_input_tokens",
        semconv.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK: scaled(
            "gen_ai.server.time_to_first_token", 0.001
        ),
        semconv.OTEL_AGENTS_HANDOFF_TO: (
            in_json(semconv.GEN_AI_TOOL_CALL_ARGUMENTS, "agent_name"),
            _target,
        ),
    },
    native_excludes_cache=_leaves_out_cache,
)
