"""OpenInference (Arize Phoenix), package openinference-semantic-conventions.

A span's kind tells what it is, with exceptions: a chain is seldom a workflow, LangChain
spans are agents by the word in their name, and LlamaIndex prepares a call under the kind
of one. Measured with the instrumentations of openinference-instrumentation 0.1.72.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    HANDOFF,
    NO_OPERATION,
    Dialect,
    after_name,
    by_attribute,
    in_json,
    json_map,
    whole_name,
)
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op

PREFIX = "openinference.instrumentation."
LANGCHAIN = f"{PREFIX}langchain"
LLAMA_INDEX = f"{PREFIX}llama_index"
HAYSTACK = f"{PREFIX}haystack"
DSPY = f"{PREFIX}dspy"
OPENAI_AGENTS = f"{PREFIX}openai_agents"
AGNO = f"{PREFIX}agno"

KIND = "openinference.span.kind"
METADATA = "metadata"
UNNAMED = "LangGraph"
"""What LangGraph calls a graph without a name."""

METHODS = (".run", ".arun", ".forward", ".__call__", ".acall", ".on_messages_stream")
"""Methods that stand after the name of an agent or tool in a span's name."""

_kind = by_attribute(
    KIND,
    {
        "llm": Op.CHAT,
        "embedding": Op.EMBEDDINGS,
        "retriever": Op.RETRIEVAL,
        "tool": Op.EXECUTE_TOOL,
        "agent": Op.INVOKE_AGENT,
        "chain": NO_OPERATION,
        "reranker": NO_OPERATION,
        "guardrail": NO_OPERATION,
        "evaluator": NO_OPERATION,
        "prompt": NO_OPERATION,
        "decision": Op.PLAN,
    },
)
_handoff_name = after_name("handoff to ")


def _of_kind(record: SpanRecord, *kinds: str) -> bool:
    kind = record.get(KIND)
    return isinstance(kind, str) and kind.lower() in kinds


def _tool(record: SpanRecord) -> Value:
    """Take for a tool what names one, though its kind may say agent, and find hand-offs."""
    name = record.get("tool.name")
    if name is None:
        return HANDOFF if _handoff_name(record) and _of_kind(record, "tool") else None
    if not _of_kind(record, "tool", "agent"):
        return None
    return HANDOFF if name == "handoff" else Op.EXECUTE_TOOL


def _langgraph(record: SpanRecord) -> Value:
    """Tell agents from nodes by the metadata, since the kind only tells the name."""
    if record.scope.name != LANGCHAIN or not _of_kind(record, "agent", "chain"):
        return None
    metadata = json_map(record, METADATA)
    part_of = metadata.get("ls_integration")
    if part_of == "langchain_create_agent":
        graph = metadata.get("lc_agent_name") or UNNAMED
        return Op.INVOKE_AGENT if record.name == graph else NO_OPERATION
    node = metadata.get("langgraph_node")
    is_node = node == record.name and metadata.get("checkpoint_ns") is None
    return NO_OPERATION if is_node else None


def _by_class(record: SpanRecord) -> Value:
    """Find agents by the names of their classes, where the kind tells none."""
    owner, _, method = record.name.rpartition(".")
    scope = record.scope.name
    if scope == LLAMA_INDEX and _of_kind(record, "llm"):
        return NO_OPERATION if method.startswith("_") else None
    runs = (scope in (LLAMA_INDEX, HAYSTACK) and method == "run" and owner.endswith("Agent")) or (
        scope == DSPY and record.name == "ReAct.forward"
    )
    return Op.INVOKE_AGENT if runs else None


def _openai_agents(record: SpanRecord) -> Value:
    """The root of a trace has the kind of an agent but names none."""
    if record.scope.name != OPENAI_AGENTS or record.get("agent.name") is not None:
        return None
    return Op.INVOKE_WORKFLOW if _of_kind(record, "agent") else None


def _root_chain(record: SpanRecord) -> Value:
    if record.parent_id or not _of_kind(record, "chain"):
        return None
    return Op.INVOKE_WORKFLOW


def _node(record: SpanRecord) -> Value:
    return None if record.scope.name == AGNO else record.get("graph.node.id")


def _before_method(record: SpanRecord) -> Value:
    """Take the name of the agent or tool from `name.method` or `name.task.method`."""
    name = record.name
    method = next((method for method in METHODS if name.endswith(method)), None)
    return name.removesuffix(method) if method else None


def _leaves_out_cache(record: SpanRecord) -> bool:
    provider = record.get("llm.provider")
    anthropic = isinstance(provider, str) and provider.lower() == "anthropic"
    return anthropic and record.scope.name == AGNO


OPENINFERENCE = Dialect(
    name="openinference",
    scopes=(f"{PREFIX}*",),
    markers=(KIND,),
    operations=(
        _tool,
        _langgraph,
        _by_class,
        _openai_agents,
        _root_chain,
        _kind,
    ),
    fields={
        semconv.GEN_AI_PROVIDER_NAME: ("llm.provider", "llm.system"),
        semconv.GEN_AI_REQUEST_MODEL: (
            "llm.request.model_name",
            in_json("llm.invocation_parameters", "model", "model_name", "model_id"),
            in_json("embedding.invocation_parameters", "model", "model_name"),
            "llm.model_name",
            "embedding.model_name",
        ),
        semconv.GEN_AI_RESPONSE_MODEL: (
            "llm.response.model_name",
            "llm.model_name",
            "embedding.model_name",
        ),
        semconv.GEN_AI_USAGE_INPUT_TOKENS: "llm.token_count.prompt",
        semconv.GEN_AI_USAGE_OUTPUT_TOKENS: "llm.token_count.completion",
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: (
            "llm.token_count.prompt_details.cache_read",
            "llm.token_count.prompt_details.cache_input",
        ),
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: "llm.token_count.prompt_details.cache_write",
        semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: (
            "llm.token_count.completion_details.reasoning"
        ),
        semconv.GEN_AI_AGENT_NAME: (
            "agent.name",
            "graph.node.name",
            _node,
            in_json(METADATA, "lc_agent_name"),
            _before_method,
            whole_name,
        ),
        semconv.GEN_AI_CONVERSATION_ID: semconv.SESSION_ID,
        semconv.GEN_AI_TOOL_NAME: ("tool.name", _before_method),
        semconv.GEN_AI_TOOL_CALL_ID: "tool.id",
        semconv.OTEL_AGENTS_HANDOFF_TO: (
            _handoff_name,
            in_json("input.value", "kwargs.to_agent", "to_agent"),
        ),
    },
    excludes_cache=_leaves_out_cache,
)
