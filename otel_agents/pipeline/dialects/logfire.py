"""Logfire's own instrumentations of OpenAI, Anthropic, the OpenAI Agents SDK and MCP.

A span's name is its template. A call that streams is two spans: the request, which never
has usage, and a log of the whole stream, which does. Measured with 5.2.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    HANDOFF,
    NO_OPERATION,
    Dialect,
    by_name_start,
    in_json,
)
from otel_agents.record import SpanRecord, StatusCode, Value
from otel_agents.semconv import GenAiOperationName as Op

AGENTS = "logfire.openai_agents"
SPAN_TYPE = "logfire.span_type"
RAW = ("gen_ai.usage.raw", "usage")
"""The provider's own usage; the only place of cached and reasoning tokens."""

READ = (
    "prompt_tokens_details.cached_tokens",
    "input_tokens_details.cached_tokens",
    "cache_read_input_tokens",
)
WRITE = ("cache_creation_input_tokens", "input_tokens_details.cache_write_tokens")
REASONING = (
    "completion_tokens_details.reasoning_tokens",
    "output_tokens_details.reasoning_tokens",
)

ANSWERED = (semconv.GEN_AI_USAGE_INPUT_TOKENS, semconv.GEN_AI_RESPONSE_ID, "response_data")
"""What a request that does not stream has at least one of."""


def _told_elsewhere(record: SpanRecord) -> Value:
    """Leave out early copies of a span, and requests whose stream is logged by itself."""
    span_type = record.get(SPAN_TYPE)
    if span_type == "pending_span":
        return NO_OPERATION
    if span_type != "span" or record.get(semconv.GEN_AI_OPERATION_NAME) != Op.CHAT:
        return None
    answered = any(record.get(key) is not None for key in ANSWERED)
    return None if answered or record.status == StatusCode.ERROR else NO_OPERATION


_agents = by_name_start(
    {
        "OpenAI Agents trace: ": Op.INVOKE_WORKFLOW,
        "Task: ": NO_OPERATION,
        "Turn ": NO_OPERATION,
        "Guardrail ": NO_OPERATION,
        "Agent run: ": Op.INVOKE_AGENT,
        "Function: ": Op.EXECUTE_TOOL,
        "Handoff: ": HANDOFF,
        "Chat completion with ": Op.CHAT,
        "Responses API with ": Op.CHAT,
    }
)


def _agents_operation(record: SpanRecord) -> Value:
    return _agents(record) if record.scope.name == AGENTS else None


def _mcp_tool(record: SpanRecord) -> Value:
    return Op.EXECUTE_TOOL if record.get("rpc.method") == "tools/call" else None


LOGFIRE = Dialect(
    name="logfire",
    scopes=("logfire*",),
    operations=(_agents_operation, _told_elsewhere, _mcp_tool),
    operation_first=True,
    fields={
        semconv.GEN_AI_AGENT_NAME: "name",
        semconv.GEN_AI_WORKFLOW_NAME: "name",
        semconv.GEN_AI_TOOL_NAME: ("name", in_json("request", "params.name")),
        semconv.GEN_AI_CONVERSATION_ID: "group_id",
        semconv.OTEL_AGENTS_HANDOFF_TO: "to_agent",
        semconv.GEN_AI_RESPONSE_ID: "response_id",
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: tuple(in_json(key, *READ) for key in RAW),
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: tuple(in_json(key, *WRITE) for key in RAW),
        semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: tuple(
            in_json(key, *REASONING) for key in RAW
        ),
    },
)
