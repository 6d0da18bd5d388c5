"""OpenLLMetry (Traceloop): `traceloop.*` beside older and newer `gen_ai.*`.

Its scopes are named `opentelemetry.instrumentation.<library>`, some like OpenTelemetry's own.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import NO_OPERATION, Dialect, by_attribute
from otel_agents.semconv import GenAiOperationName as Op

OPENLLMETRY = Dialect(
    name="openllmetry",
    scopes=("opentelemetry.instrumentation.langchain",),
    markers=("traceloop.span.kind", "llm.request.type", "traceloop.workflow.name"),
    operations=(
        by_attribute(
            "traceloop.span.kind",
            {
                "workflow": Op.INVOKE_WORKFLOW,
                "agent": Op.INVOKE_AGENT,
                "tool": Op.EXECUTE_TOOL,
                "task": NO_OPERATION,
            },
        ),
        by_attribute(
            "llm.request.type",
            {
                "chat": Op.CHAT,
                "completion": Op.TEXT_COMPLETION,
                "embedding": Op.EMBEDDINGS,
                "rerank": NO_OPERATION,
            },
        ),
    ),
    fields={
        semconv.GEN_AI_AGENT_NAME: "traceloop.entity.name",
        semconv.GEN_AI_TOOL_NAME: "traceloop.entity.name",
        semconv.GEN_AI_WORKFLOW_NAME: "traceloop.workflow.name",
        semconv.GEN_AI_CONVERSATION_ID: (
            "traceloop.association.properties.thread_id",
            "traceloop.association.properties.session_id",
        ),
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: "gen_ai.usage.cache_read_input_tokens",
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: "gen_ai.usage.cache_creation_input_tokens",
        semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: "gen_ai.usage.reasoning_tokens",
    },
)
