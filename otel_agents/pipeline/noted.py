"""What a span says beside calls and runs: events, escalations, limits, what runs.

It belongs to the agent that the span or event names, else to the resource's main agent.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.fields import text
from otel_agents.pipeline.labels import NO_GROUP
from otel_agents.record import SpanRecord
from otel_agents.semconv import EVENT_TYPES, EventType, Instrument, RunLimit, RunOutcome

_LIMITS = frozenset(RunLimit)
# The others are told by the spans of the calls and decisions themselves.
_EVENTS = {
    name: kind
    for name, kind in EVENT_TYPES.items()
    if kind in (EventType.AGENT_INITIALIZED, EventType.AGENT_STATE_CORRUPTED)
}
MEASURED = (
    semconv.METRIC_AGENT_INFO,
    semconv.METRIC_RUN_LIMIT_EXCEEDED,
    semconv.METRIC_ESCALATIONS,
    semconv.METRIC_EVENTS,
)
"""The metrics that notes add to."""

_INFO = (
    semconv.OTEL_AGENTS_AGENT_CONFIG_HASH,
    semconv.GEN_AI_PROMPT_VERSION,
    semconv.FEATURE_FLAG_RESULT_VARIANT,
)


class Note(NamedTuple):
    """One thing to count, or to show as 1, that a span says on its own.

    Attributes:
        instrument: The metric.
        environment: Where it was.
        service: Which service said so.
        group: The agent's group.
        agent: The agent, "" where nobody says.
        labels: The metric's labels beside its identity, by key.
    """

    instrument: Instrument
    environment: str
    service: str
    group: str
    agent: str
    labels: Mapping[str, str]


def notes(record: SpanRecord, span: AgentSpan) -> Iterator[Note]:
    """Yield what a span about agents notes.

    Args:
        record: The span as it came.
        span: What it says about agents.
    """
    if span.role is Role.AGENT:
        yield from _run_notes(record, span)
    elif record.get(semconv.OTEL_AGENTS_ESCALATION_REASON) is not None:
        yield _note(span, semconv.METRIC_ESCALATIONS)
    for event in record.events():
        kind = _EVENTS.get(event.name)
        if kind is not None:
            labels = {semconv.OTEL_AGENTS_EVENT_TYPE: kind}
            note = _note(span, semconv.METRIC_EVENTS, labels)
            agent = text("", event.attributes.get(semconv.GEN_AI_AGENT_NAME))
            group = text("", event.attributes.get(semconv.OTEL_AGENTS_AGENT_GROUP))
            yield note._replace(agent=agent or note.agent, group=group or note.group)


def _run_notes(record: SpanRecord, span: AgentSpan) -> Iterator[Note]:
    get, resource = record.get, record.resource.attributes.get
    info = {key: text("", get(key)) or text("", resource(key)) or "" for key in _INFO}
    if span.version or any(info.values()):
        info[semconv.GEN_AI_AGENT_VERSION] = span.version or ""
        yield _note(span, semconv.METRIC_AGENT_INFO, info)
    limit = get(semconv.OTEL_AGENTS_RUN_LIMIT)
    # A run that ended at its iteration limit is counted by its outcome.
    told = limit == RunLimit.ITERATIONS and span.outcome == RunOutcome.ITERATION_LIMIT
    if isinstance(limit, str) and limit in _LIMITS and not told:
        labels = {semconv.OTEL_AGENTS_RUN_LIMIT: limit}
        yield _note(span, semconv.METRIC_RUN_LIMIT_EXCEEDED, labels)


def _note(
    span: AgentSpan,
    instrument: Instrument,
    labels: Mapping[str, str] | None = None,
) -> Note:
    origin = span.origin
    return Note(
        instrument,
        origin.environment,
        origin.service,
        span.group or origin.group or NO_GROUP,
        span.agent or origin.main_agent,
        labels or {},
    )
