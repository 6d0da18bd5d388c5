"""What a model call adds to."""

from collections.abc import Mapping
from typing import NamedTuple

from otel_agents import semconv
from otel_agents.pipeline.counted import ModelCall
from otel_agents.pipeline.error_class import error_class
from otel_agents.pipeline.labels import NO_GROUP
from otel_agents.pipeline.rows import (
    OF_AGENT,
    OF_GROUP,
    OF_TASK,
    Key,
    Row,
    Table,
    event,
    named_agent,
    of_agent,
    of_group,
    one,
    reads,
    says,
    seconds,
)
from otel_agents.pricing.rates import Unpriced
from otel_agents.semconv import ContextBand, DecisionType, ErrorClass, EventType


class CallFacts(NamedTuple):
    """A model call, with what takes a look-up or the time to know.

    Attributes:
        call: The call.
        used_tokens: What it filled of the context window; None where nobody says.
        limit_tokens: What the window holds; None where nobody knows.
        band: How full that is; "" where it is not known.
        route: Whether the model is the declared one; "" where nothing is declared.
        seen_s: When it ended, in Unix time; not later than now.
    """

    call: ModelCall
    used_tokens: int | None
    limit_tokens: int | None
    band: str
    route: str
    seen_s: float


def _call_key(facts: CallFacts) -> Key:
    call = facts.call
    span, owner = call.span, call.owner
    origin = span.origin
    return (
        origin.environment,
        origin.service,
        owner.group or NO_GROUP,
        owner.agent,
        owner.channel,
        span.provider or "",
        span.request_model or span.response_model or "",
        error_class(span.error_type) if span.failed else "",
        facts.band,
        DecisionType.INFERRED if call.decided else "",
    )


def _full(key: Mapping[str, str]) -> bool:
    exceeded = key[semconv.OTEL_AGENTS_CONTEXT_BAND] == ContextBand.EXCEEDED
    return exceeded or key[semconv.ERROR_TYPE] == ErrorClass.CONTEXT_EXCEEDED


_CALL: Table[CallFacts] = Table(
    columns=(
        *OF_AGENT,
        semconv.OTEL_AGENTS_CHANNEL,
        semconv.GEN_AI_PROVIDER_NAME,
        semconv.GEN_AI_REQUEST_MODEL,
        semconv.ERROR_TYPE,
        semconv.OTEL_AGENTS_CONTEXT_BAND,
        semconv.OTEL_AGENTS_DECISION_TYPE,
    ),
    key=_call_key,
    rows=(
        Row(
            semconv.METRIC_CLIENT_INFERENCE_USAGE_INPUT_TOKENS, lambda f: f.call.usage.input_tokens
        ),
        Row(
            semconv.METRIC_CLIENT_INFERENCE_USAGE_OUTPUT_TOKENS,
            lambda f: f.call.usage.output_tokens,
        ),
        # Most providers report 0 of these with every call: such series would say nothing.
        Row(
            semconv.METRIC_CLIENT_INFERENCE_USAGE_CACHE_READ_INPUT_TOKENS,
            lambda f: f.call.usage.cache_read_input_tokens or None,
        ),
        Row(
            semconv.METRIC_CLIENT_INFERENCE_USAGE_CACHE_WRITE_INPUT_TOKENS,
            lambda f: f.call.usage.cache_write_input_tokens or None,
        ),
        Row(
            semconv.METRIC_CLIENT_INFERENCE_USAGE_REASONING_OUTPUT_TOKENS,
            lambda f: f.call.usage.reasoning_output_tokens or None,
        ),
        Row(semconv.METRIC_USAGE_COST, lambda f: f.call.cost_usd),
        Row(
            semconv.METRIC_USAGE_UNATTRIBUTED_CALLS,
            one,
            when=lambda key: not named_agent(key),
        ),
        Row(semconv.METRIC_CONTEXT_CALLS, one, when=says(semconv.OTEL_AGENTS_CONTEXT_BAND)),
        Row(semconv.METRIC_CONTEXT_TOKENS, lambda f: f.used_tokens),
        Row(
            semconv.METRIC_CONTEXT_LIMIT,
            lambda f: f.limit_tokens,
            when=says(semconv.OTEL_AGENTS_CONTEXT_BAND),
        ),
        Row(semconv.METRIC_CLIENT_INFERENCE_DURATION, lambda f: seconds(f.call.span)),
        Row(
            semconv.METRIC_CLIENT_INFERENCE_TIME_TO_FIRST_CHUNK,
            lambda f: f.call.span.time_to_first_chunk_s,
        ),
        Row(
            semconv.METRIC_DECISION_DURATION,
            lambda f: seconds(f.call.span),
            when=says(semconv.OTEL_AGENTS_DECISION_TYPE),
        ),
        Row(
            semconv.METRIC_EVENTS,
            one,
            when=says(semconv.OTEL_AGENTS_DECISION_TYPE),
            fixed=event(EventType.DECISION_MADE),
        ),
        Row(
            semconv.METRIC_EVENTS,
            one,
            when=_full,
            fixed=event(EventType.CONTEXT_WINDOW_EXCEEDED),
        ),
        Row(
            semconv.METRIC_QUOTA_RATE_LIMITED,
            one,
            when=reads(semconv.ERROR_TYPE, ErrorClass.RATE_LIMITED),
        ),
        Row(semconv.METRIC_RETRIES, lambda f: 1 if f.call.retried else None),
        Row(semconv.METRIC_AGENT_LAST_SEEN, lambda f: f.seen_s, when=named_agent),
    ),
)


def _unpriced_key(facts: CallFacts) -> Key | None:
    call = facts.call
    if not isinstance(call.rate, Unpriced):
        return None
    return (*of_agent(call.span.origin, call.owner), call.rate.reason)


_UNPRICED: Table[CallFacts] = Table(
    columns=(*OF_AGENT, semconv.OTEL_AGENTS_USAGE_UNPRICED_REASON),
    key=_unpriced_key,
    rows=(Row(semconv.METRIC_USAGE_UNPRICED_CALLS, one),),
)


def _task_call_key(facts: CallFacts) -> Key | None:
    call = facts.call
    task_type = call.owner.task_type
    if not task_type:
        return None
    span = call.span
    return (*of_group(span.origin, call.owner), task_type, span.model, facts.route)


_TASK_CALL: Table[CallFacts] = Table(
    columns=OF_TASK,
    key=_task_call_key,
    rows=(
        Row(semconv.METRIC_TASK_COST, lambda f: f.call.cost_usd),
        Row(
            semconv.METRIC_TASK_TOKENS,
            lambda f: (f.call.usage.input_tokens or 0) + (f.call.usage.output_tokens or 0),
        ),
    ),
)


def _tenant_key(facts: CallFacts) -> Key | None:
    call = facts.call
    tenant = call.owner.tenant
    return (*of_group(call.span.origin, call.owner), tenant) if tenant else None


_TENANT: Table[CallFacts] = Table(
    columns=(*OF_GROUP, semconv.OTEL_AGENTS_TENANT),
    key=_tenant_key,
    rows=(Row(semconv.METRIC_TENANT_COST, lambda f: f.call.cost_usd),),
)

CALL_TABLES = (_CALL, _UNPRICED, _TASK_CALL, _TENANT)
