"""The scope in which two packages report the OpenAI Agents SDK: Traceloop's and OpenTelemetry's.

OpenTelemetry's fills in a default where it knows no agent, gives every agent the same id
and calls the whole workflow an agent. Source: opentelemetry-instrumentation-openai-agents
0.62, opentelemetry-instrumentation-openai-agents-v2 0.1.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.openllmetry import OPENLLMETRY
from otel_agents.pipeline.dialects.table import HANDOFF, Dialect
from otel_agents.record import SpanKind, SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op

NOBODY = "OpenAI Agent"
"""The default of an agent's name; the agent's id is always one of `NO_IDS`."""

NO_IDS = ("agent",)
TO = "gen_ai.handoff.to_agent"


def _operation(record: SpanRecord) -> Value:
    operation = record.get(semconv.GEN_AI_OPERATION_NAME)
    if operation == "agent_handoff":
        return HANDOFF
    if operation == Op.INVOKE_AGENT and record.kind == SpanKind.SERVER:
        return Op.INVOKE_WORKFLOW
    return operation or None


def _agent(record: SpanRecord) -> Value:
    name = record.get(semconv.GEN_AI_AGENT_NAME)
    return None if name == NOBODY else name


def _agent_id(record: SpanRecord) -> Value:
    agent_id = record.get(semconv.GEN_AI_AGENT_ID)
    return None if agent_id in NO_IDS else agent_id


def _target(record: SpanRecord) -> Value:
    """Find to whom Traceloop's `a → b.handoff` leads, if it knew."""
    _, arrow, rest = record.name.partition(" → ")
    target = rest.removesuffix(".handoff")
    return target if arrow and target != "unknown" else None


OPENAI_AGENTS = Dialect(
    name="openai-agents",
    scopes=("opentelemetry.instrumentation.openai_agents",),
    operations=(_operation, *OPENLLMETRY.operations),
    operation_first=True,
    fields={**OPENLLMETRY.fields, semconv.OTEL_AGENTS_HANDOFF_TO: (TO, _target)},
    instead={semconv.GEN_AI_AGENT_NAME: _agent, semconv.GEN_AI_AGENT_ID: _agent_id},
)
