"""Microsoft's Agent Framework.

A hand-off makes no span of its own: it is a message that one executor of a workflow
addresses to another. Source: microsoft/agent-framework, `observability.py`.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    HANDOFF,
    NO_OPERATION,
    Dialect,
    after_name,
    by_name,
    by_name_start,
)
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op
from otel_agents.semconv import GenAiProviderName as Provider
from otel_agents.semconv import McpMethodName

SOURCE = "message.source_id"
TARGET = "message.target_id"

CONDUCTORS = ("group_chat_orchestrator", "magentic_orchestrator")
"""Executors that address each agent of a group in turn, which hands nothing over."""


def _handoff(record: SpanRecord) -> Value:
    if not record.name.startswith("edge_group.process"):
        return None
    source = record.get(SOURCE)
    hands_over = (
        isinstance(source, str)
        and not source.startswith("internal:")
        and source not in CONDUCTORS
        and record.get(TARGET) is not None
        and record.get("edge_group.delivered") is True
    )
    return HANDOFF if hands_over else NO_OPERATION


def _mcp(record: SpanRecord) -> Value:
    method = record.get(semconv.MCP_METHOD_NAME)
    if method is None:
        return None
    return Op.EXECUTE_TOOL if method == McpMethodName.TOOLS_CALL else NO_OPERATION


def _leaves_out_cache(record: SpanRecord) -> bool:
    """The clients of Anthropic and Bedrock pass their API's count on."""
    provider = record.get(semconv.GEN_AI_PROVIDER_NAME)
    if provider in (Provider.ANTHROPIC, Provider.AWS_BEDROCK):
        return True
    model = record.get(semconv.GEN_AI_REQUEST_MODEL) or record.get(semconv.GEN_AI_RESPONSE_MODEL)
    claude = isinstance(model, str) and "claude" in model
    return claude and provider in ("google.vertex.ai", "azure.ai.foundry")


def _leaves_out_reasoning(record: SpanRecord) -> bool:
    return record.get(semconv.GEN_AI_PROVIDER_NAME) == Provider.GCP_GEMINI


AGENT_FRAMEWORK = Dialect(
    name="agent-framework",
    scopes=("agent_framework",),
    operations=(
        _handoff,
        _mcp,
        by_name(
            {
                "workflow.run": Op.INVOKE_WORKFLOW,
                "workflow.build": NO_OPERATION,
                "message.send": NO_OPERATION,
            }
        ),
        by_name_start({"executor.process": NO_OPERATION}),
    ),
    fields={
        semconv.GEN_AI_WORKFLOW_NAME: "workflow.name",
        semconv.GEN_AI_TOOL_NAME: after_name("tools/call "),
        semconv.GEN_AI_AGENT_NAME: SOURCE,
        semconv.OTEL_AGENTS_HANDOFF_TO: TARGET,
    },
    providers={"google.vertex.ai": Provider.GCP_VERTEX_AI},
    native_excludes_cache=_leaves_out_cache,
    native_excludes_reasoning=_leaves_out_reasoning,
)
