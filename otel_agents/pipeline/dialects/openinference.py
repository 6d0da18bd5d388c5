"""OpenInference (Arize Phoenix), package openinference-semantic-conventions."""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import (
    NO_OPERATION,
    Dialect,
    by_attribute,
    in_json,
    whole_name,
)
from otel_agents.semconv import GenAiOperationName as Op

OPENINFERENCE = Dialect(
    name="openinference",
    scopes=("openinference.instrumentation.*",),
    markers=("openinference.span.kind",),
    operations=(
        by_attribute(
            "openinference.span.kind",
            {
                "llm": Op.CHAT,
                "embedding": Op.EMBEDDINGS,
                "retriever": Op.RETRIEVAL,
                "tool": Op.EXECUTE_TOOL,
                "agent": Op.INVOKE_AGENT,
                "chain": Op.INVOKE_WORKFLOW,
                "reranker": NO_OPERATION,
                "guardrail": NO_OPERATION,
                "evaluator": NO_OPERATION,
                "prompt": NO_OPERATION,
                "decision": Op.PLAN,
            },
        ),
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
        semconv.GEN_AI_AGENT_NAME: ("agent.name", "graph.node.id", whole_name),
        semconv.GEN_AI_CONVERSATION_ID: semconv.SESSION_ID,
        semconv.GEN_AI_TOOL_NAME: "tool.name",
        semconv.GEN_AI_TOOL_CALL_ID: "tool.id",
    },
)
