"""The values of labels: clean, short, and from a closed set where there is one."""

from collections.abc import Callable
from typing import NamedTuple

from otel_agents import semconv
from otel_agents.pipeline.error_class import error_class
from otel_agents.semconv import (
    ContextBand,
    ErrorClass,
    EventType,
    RunLimit,
    RunOutcome,
    SamplingDecision,
    SamplingTrigger,
    SpanState,
    TimeKind,
    ToolEffect,
    ToolStatus,
    UnpricedReason,
)

OTHER = "other"
"""What a value becomes past a cap."""

NO_GROUP = "none"
"""The group of an agent that nobody gave one."""

TRUE, FALSE = "true", "false"


class Closed(NamedTuple):
    """A label whose values are a closed set.

    Attributes:
        values: The set; the empty value always belongs to it.
        stray: What any other value becomes.
    """

    values: frozenset[str]
    stray: Callable[[str], str]


def flag(value: bool) -> str:  # noqa: FBT001 - a label's value from what it says
    """Write a truth as a label's value."""
    return TRUE if value else FALSE


def clean(value: str, max_chars: int) -> str:
    """Cut a value to its length and put a space for what cannot be printed."""
    if len(value) > max_chars:
        value = value[: max_chars - 1] + "…"
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() else " " for c in value).strip()


def _always(word: str) -> Callable[[str], str]:
    return lambda _: word


_FLAGS = Closed(frozenset((TRUE, FALSE)), _always(""))

CLOSED: dict[str, Closed] = {
    semconv.ERROR_TYPE: Closed(frozenset(ErrorClass), error_class),
    semconv.OTEL_AGENTS_CONTEXT_BAND: Closed(frozenset(ContextBand), _always("")),
    semconv.OTEL_AGENTS_EVENT_TYPE: Closed(frozenset(EventType), _always(EventType.OTHER)),
    semconv.OTEL_AGENTS_ROUTE_EXPECTED: _FLAGS,
    semconv.OTEL_AGENTS_RUN_LIMIT: Closed(frozenset(RunLimit), _always("")),
    semconv.OTEL_AGENTS_RUN_NESTED: _FLAGS,
    semconv.OTEL_AGENTS_RUN_OUTCOME: Closed(frozenset(RunOutcome), _always(RunOutcome.UNKNOWN)),
    semconv.OTEL_AGENTS_SAMPLING_DECISION: Closed(frozenset(SamplingDecision), _always("")),
    semconv.OTEL_AGENTS_SAMPLING_TRIGGER: Closed(frozenset(SamplingTrigger), _always("")),
    semconv.OTEL_AGENTS_SPAN_STATE: Closed(frozenset(SpanState), _always("")),
    semconv.OTEL_AGENTS_TIME_KIND: Closed(frozenset(TimeKind), _always(TimeKind.OTHER)),
    semconv.OTEL_AGENTS_TOOL_EFFECT: Closed(frozenset(ToolEffect), _always(ToolEffect.UNKNOWN)),
    semconv.OTEL_AGENTS_TOOL_EXTERNAL: _FLAGS,
    semconv.OTEL_AGENTS_TOOL_STATUS: Closed(frozenset(ToolStatus), _always(ToolStatus.ERROR)),
    semconv.OTEL_AGENTS_USAGE_UNPRICED_REASON: Closed(frozenset(UnpricedReason), _always("")),
}
"""The closed labels. A set without a word for the rest says nothing where a value strays."""
