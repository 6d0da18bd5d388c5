"""OpenLLMetry (Traceloop): `traceloop.*` beside older and newer `gen_ai.*`.

Its scopes are named `opentelemetry.instrumentation.<library>`, some like OpenTelemetry's own.
Measured with 0.40 and 0.62.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    HANDOFF,
    NO_OPERATION,
    Dialect,
    by_attribute,
    in_json,
)
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op

PREFIX = "opentelemetry.instrumentation."
LANGCHAIN = f"{PREFIX}langchain"
LLAMAINDEX = f"{PREFIX}llamaindex"
BEDROCK = f"{PREFIX}bedrock"
CREWAI = f"{PREFIX}crewai.instrumentation"

LIBRARIES = (
    "agno",
    "alephalpha",
    "anthropic",
    "bedrock",
    "cohere",
    "crewai*",
    "google_generativeai",
    "groq",
    "haystack*",
    "langchain",
    "litellm",
    "llamaindex",
    "mcp.instrumentation",
    "mistralai",
    "ollama",
    "openai.*",
    "replicate",
    "sagemaker",
    "together",
    "transformers",
    "voyageai",
    "watsonx",
    "writer",
)
"""Whose instrumentation is Traceloop's alone, by the rest of the scope's name."""

KIND = "traceloop.span.kind"
ENTITY = "traceloop.entity.name"
LANGCHAIN_AGENT = "traceloop.association.properties.lc_agent_name"
LANGCHAIN_PART = "traceloop.association.properties.ls_integration"
UNNAMED = "LangGraph"
"""What LangGraph calls a graph without a name."""


def _langchain(record: SpanRecord) -> Value:
    """Tell the run of a graph from its announcement.

    `invoke_agent x` only announces a run: what the run does stands in `x.workflow` below
    it or, where a graph is a node of another, in `execute_task x` beside it.
    """
    if record.scope.name != LANGCHAIN:
        return None
    kind = record.get(KIND)
    if kind is None:
        return NO_OPERATION if record.name.startswith("invoke_agent ") else None
    if kind != "task" or record.get(LANGCHAIN_PART) != "langchain_create_agent":
        return None
    graph = record.get(LANGCHAIN_AGENT) or UNNAMED
    return Op.INVOKE_AGENT if record.get(ENTITY) == graph else None


def _crewai(record: SpanRecord) -> Value:
    """Take only the agent for a run, not the crew and the task around it."""
    if record.scope.name != CREWAI or record.get(semconv.GEN_AI_OPERATION_NAME) is None:
        return None
    kind = record.get(KIND)
    if kind is None:
        return Op.INVOKE_WORKFLOW if record.name.endswith(".workflow") else None
    return NO_OPERATION if kind == "task" else None


def _llamaindex(record: SpanRecord) -> Value:
    """Find agents and tools by the names of LlamaIndex's own classes."""
    if record.scope.name != LLAMAINDEX:
        return None
    if record.get(KIND) == "workflow" and record.name.endswith("Agent.workflow"):
        return Op.INVOKE_AGENT
    tool = record.get("tool.name")
    if tool is None:
        return None
    return HANDOFF if tool == "handoff" else Op.EXECUTE_TOOL


def _agent(record: SpanRecord) -> Value:
    """Take LlamaIndex's class, `FunctionAgent.workflow`, for the agent; it tells no name."""
    entity = record.get(ENTITY)
    return entity.removesuffix(".workflow") if isinstance(entity, str) else None


def _native(record: SpanRecord) -> Value:
    operation = record.get(semconv.GEN_AI_OPERATION_NAME)
    return operation if operation in _KNOWN else None


def _leaves_out_cache(record: SpanRecord) -> bool:
    scope = record.scope.name
    if scope == LLAMAINDEX:
        provider = record.get(semconv.GEN_AI_PROVIDER_NAME) or record.get(semconv.GEN_AI_SYSTEM)
        return isinstance(provider, str) and "anthropic" in provider.lower()
    return scope == BEDROCK


_KNOWN = frozenset(
    (
        Op.CHAT,
        Op.TEXT_COMPLETION,
        Op.GENERATE_CONTENT,
        Op.EMBEDDINGS,
        Op.INVOKE_AGENT,
        Op.EXECUTE_TOOL,
        HANDOFF,
    )
)

OPENLLMETRY = Dialect(
    name="openllmetry",
    scopes=(*(PREFIX + library for library in LIBRARIES), "traceloop.tracer"),
    markers=(KIND, "llm.request.type", "traceloop.workflow.name"),
    operations=(
        _langchain,
        _crewai,
        _llamaindex,
        _native,
        by_attribute(
            KIND,
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
    operation_first=True,
    fields={
        semconv.GEN_AI_AGENT_NAME: _agent,
        semconv.GEN_AI_TOOL_NAME: ("tool.name", ENTITY),
        semconv.OTEL_AGENTS_HANDOFF_TO: in_json("tool.arguments", "to_agent"),
        semconv.GEN_AI_WORKFLOW_NAME: "traceloop.workflow.name",
        semconv.GEN_AI_CONVERSATION_ID: (
            "traceloop.association.properties.thread_id",
            "traceloop.association.properties.session_id",
        ),
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: "gen_ai.usage.cache_read_input_tokens",
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: "gen_ai.usage.cache_creation_input_tokens",
        semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: "gen_ai.usage.reasoning_tokens",
    },
    native_excludes_cache=_leaves_out_cache,
)
