"""Google's Agent Development Kit: its first schema, also of versions 1, and its second.

Source: google/adk-python, `telemetry`.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    HANDOFF,
    NO_OPERATION,
    Dialect,
    after_name,
    by_name,
    by_name_start,
    in_json,
)
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op

TRANSFER = "transfer_to_agent"
MERGED = "(merged tools)"
"""The name of a span that repeats the tool calls beside it, made side by side."""

_agent_run = after_name("agent_run [")


def _tool(record: SpanRecord) -> Value:
    name = record.get(semconv.GEN_AI_TOOL_NAME)
    if name == TRANSFER:
        return HANDOFF
    return NO_OPERATION if name == MERGED else None


def _agent(record: SpanRecord) -> Value:
    name = _agent_run(record)
    return name.rstrip("]") if isinstance(name, str) else None


GOOGLE_ADK = Dialect(
    name="google-adk",
    scopes=("gcp.vertex.agent",),
    operations=(
        _tool,
        by_name(
            {
                "invocation": Op.INVOKE_WORKFLOW,
                "call_llm": Op.CHAT,
                "send_data": NO_OPERATION,
            }
        ),
        by_name_start(
            {
                "invoke_agent ": Op.INVOKE_AGENT,
                "agent_run [": Op.INVOKE_AGENT,
                "execute_tool ": Op.EXECUTE_TOOL,
                "generate_content ": Op.GENERATE_CONTENT,
            }
        ),
    ),
    operation_first=True,
    fields={
        semconv.GEN_AI_AGENT_NAME: (_agent, after_name("invoke_agent ")),
        semconv.GEN_AI_TOOL_NAME: after_name("execute_tool "),
        semconv.GEN_AI_CONVERSATION_ID: "gcp.vertex.agent.session_id",
        semconv.OTEL_AGENTS_HANDOFF_TO: (
            in_json("gcp.vertex.agent.tool_call_args", "agent_name"),
            in_json("gen_ai.tool.call.arguments", "agent_name"),
        ),
    },
)
