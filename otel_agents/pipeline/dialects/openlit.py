"""OpenLIT: the newest names with habits of its own in each instrumentation.

Source: openlit/openlit, `sdk/python/src/openlit/instrumentation`.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import HANDOFF, NO_OPERATION, Dialect
from otel_agents.pipeline.providers import canonical_provider
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op
from otel_agents.semconv import GenAiProviderName as Provider

LANGGRAPH = "openlit.instrumentation.langgraph"
OPENAI_AGENTS = "openlit.instrumentation.openai_agents"
LITELLM = "openlit.instrumentation.litellm"
GOOGLE_AI_STUDIO = "openlit.instrumentation.google_ai_studio"


def _graph(record: SpanRecord) -> Value:
    """Take a graph for the agent and its nodes for steps, which OpenLIT calls agents."""
    if record.scope.name != LANGGRAPH:
        return None
    named = record.get(semconv.GEN_AI_OPERATION_NAME)
    if named == Op.INVOKE_WORKFLOW:
        return Op.INVOKE_AGENT
    return NO_OPERATION if named == Op.INVOKE_AGENT else None


def _openai_agent(record: SpanRecord) -> Value:
    """Tell runs from tasks and turns, which have no agent's id, and from hand-offs."""
    if record.scope.name != OPENAI_AGENTS:
        return None
    if record.get(semconv.GEN_AI_OPERATION_NAME) != Op.INVOKE_AGENT:
        return None
    if record.get("gen_ai.agent.source") is not None:
        return HANDOFF
    return NO_OPERATION if record.get(semconv.GEN_AI_AGENT_ID) is None else None


def _time_to_first_chunk(record: SpanRecord) -> Value:
    # Of a call that does not stream this is its whole duration.
    streams = record.get("gen_ai.request.stream") is True
    return record.get("gen_ai.server.time_to_first_token") if streams else None


def _leaves_out_cache(record: SpanRecord) -> bool:
    """Counts of these providers are passed on as they come, but for LiteLLM's."""
    provider = record.get(semconv.GEN_AI_PROVIDER_NAME) or record.get(semconv.GEN_AI_SYSTEM)
    if record.scope.name == LITELLM or not isinstance(provider, str):
        return False
    return canonical_provider(provider) in (Provider.ANTHROPIC, Provider.AWS_BEDROCK)


def _leaves_out_reasoning(record: SpanRecord) -> bool:
    return record.scope.name == GOOGLE_AI_STUDIO


OPENLIT = Dialect(
    name="openlit",
    scopes=("openlit", "openlit.*"),
    operations=(_graph, _openai_agent),
    operation_first=True,
    fields={
        semconv.GEN_AI_AGENT_NAME: semconv.GEN_AI_WORKFLOW_NAME,
        semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: (
            "gen_ai.usage.reasoning_tokens",
            "gen_ai.usage.completion_tokens_details.reasoning_tokens",
        ),
        semconv.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK: _time_to_first_chunk,
        semconv.OTEL_AGENTS_HANDOFF_TO: semconv.GEN_AI_AGENT_NAME,
    },
    native_excludes_cache=_leaves_out_cache,
    native_excludes_reasoning=_leaves_out_reasoning,
)
