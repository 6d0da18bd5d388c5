"""Claude Code and the Claude Agent SDK (documentation page "Monitoring usage")."""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    NO_OPERATION,
    Dialect,
    always,
    by_attribute,
    constant,
    scaled,
)
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op


def _unsuccessful(record: SpanRecord) -> bool:
    return record.get("success") is False


def _from_mcp_server(record: SpanRecord) -> Value:
    return True if record.get("anthropic.mcp.server.name") is not None else None


CLAUDE_CODE = Dialect(
    name="claude-code",
    scopes=("com.anthropic.claude_code*",),
    operations=(
        by_attribute(
            "span.type",
            {
                "interaction": Op.INVOKE_AGENT,
                "llm_request": Op.CHAT,
                "tool": Op.EXECUTE_TOOL,
                "tool.execution": Op.EXECUTE_TOOL,
                "tool.blocked_on_user": NO_OPERATION,
                "hook": NO_OPERATION,
            },
        ),
    ),
    fields={
        semconv.GEN_AI_AGENT_NAME: ("agent_id", constant("claude-code")),
        semconv.GEN_AI_CONVERSATION_ID: semconv.SESSION_ID,
        semconv.GEN_AI_REQUEST_MODEL: "model",
        semconv.GEN_AI_USAGE_INPUT_TOKENS: "input_tokens",
        semconv.GEN_AI_USAGE_OUTPUT_TOKENS: "output_tokens",
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: "cache_read_tokens",
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: "cache_creation_tokens",
        semconv.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK: scaled("ttft_ms", 0.001),
        semconv.GEN_AI_TOOL_NAME: "tool_name",
        semconv.GEN_AI_TOOL_CALL_ID: "tool_use_id",
        semconv.OTEL_AGENTS_TOOL_EXTERNAL: _from_mcp_server,
    },
    excludes_cache=always,
    failed=_unsuccessful,
)
