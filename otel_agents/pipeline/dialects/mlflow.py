"""MLflow's OTLP export: its own attributes, each a JSON text, or the newest names.

Its libraries also roll usage up on agents and modules; only spans of model calls count.
Source: mlflow/mlflow, `tracing/constant.py` and `tracing/otel/translation`.
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
    json_text,
    number,
    whole_name,
)
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op

USAGE = "mlflow.chat.tokenUsage"

SPAN_TYPES = {
    "chat_model": Op.CHAT,
    "llm": Op.CHAT,
    "embedding": Op.EMBEDDINGS,
    "agent": Op.INVOKE_AGENT,
    "tool": Op.EXECUTE_TOOL,
    "retriever": Op.RETRIEVAL,
    "workflow": Op.INVOKE_WORKFLOW,
    "chain": Op.INVOKE_WORKFLOW,
    "task": NO_OPERATION,
    "parser": NO_OPERATION,
    "reranker": NO_OPERATION,
    "memory": NO_OPERATION,
    "guardrail": NO_OPERATION,
    "evaluator": NO_OPERATION,
    "unknown": NO_OPERATION,
}

PROVIDER_OF_FORMAT = {
    "openai": "openai",
    "anthropic": "anthropic",
    "gemini": "gemini",
    "bedrock": "bedrock",
    "mistral": "mistral",
    "groq": "groq",
}
"""Formats of messages that tell the provider, where nothing better does."""

_provider = json_text("mlflow.llm.provider")
_format = json_text("mlflow.message.format")
_model = json_text("mlflow.llm.model")
_asked_model = json_text("model")
_handed_to = in_json("mlflow.spanOutputs", "to_agent")


def _handoff(record: SpanRecord) -> Value:
    """Tell a hand-off of the OpenAI Agents SDK, which is a chain like any other."""
    named = record.name.startswith("Handoff") and isinstance(_handed_to(record), str)
    return HANDOFF if named else None


def _tool(record: SpanRecord) -> Value:
    return None if _handoff(record) else record.name


def _provider_of_format(record: SpanRecord) -> Value:
    found = _format(record)
    return PROVIDER_OF_FORMAT.get(found) if isinstance(found, str) else None


def _response_model(record: SpanRecord) -> Value:
    # The model of a span is the one that answered, where another attribute holds the one asked.
    return _model(record) if record.get("model") is not None else None


def _output(record: SpanRecord) -> Value:
    """Take output, for Gemini what of the total is no input: its output leaves thoughts out."""
    usage = json_map(record, USAGE)
    total = number(usage.get("total_tokens"))
    if total and "gemini" in (_provider(record), _format(record)):
        return total - number(usage.get("input_tokens"))
    return usage.get("output_tokens")


MLFLOW = Dialect(
    name="mlflow",
    scopes=("mlflow.tracing.provider",),
    markers=("mlflow.spanType",),
    operations=(
        _handoff,
        by_attribute(json_text("mlflow.spanType"), SPAN_TYPES),
        # Under the newest names, types without one of their own stand there in capitals.
        by_attribute(semconv.GEN_AI_OPERATION_NAME, SPAN_TYPES),
    ),
    operation_first=True,
    fields={
        semconv.GEN_AI_PROVIDER_NAME: (_provider, _provider_of_format),
        semconv.GEN_AI_REQUEST_MODEL: (_asked_model, _model),
        semconv.GEN_AI_RESPONSE_MODEL: _response_model,
        semconv.GEN_AI_USAGE_INPUT_TOKENS: in_json(USAGE, "input_tokens"),
        semconv.GEN_AI_USAGE_OUTPUT_TOKENS: _output,
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: in_json(USAGE, "cache_read_input_tokens"),
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: in_json(
            USAGE, "cache_creation_input_tokens"
        ),
        semconv.GEN_AI_AGENT_NAME: (after_name("invoke_agent "), whole_name),
        semconv.GEN_AI_TOOL_NAME: (after_name("execute_tool "), _tool),
        semconv.GEN_AI_WORKFLOW_NAME: whole_name,
        semconv.GEN_AI_CONVERSATION_ID: semconv.SESSION_ID,
        semconv.OTEL_AGENTS_HANDOFF_TO: _handed_to,
    },
)
