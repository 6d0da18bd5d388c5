"""Which metrics a call, a run, a decision or a hand-off adds to, and with what value.

A table has a key: the values of all labels that its rows may carry, read once an item. A
row has a metric and a value; the convention says which of those labels the metric carries,
and in which order. So names, labels and buckets stand nowhere but in the convention.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, TypeAlias, TypeVar

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan, Origin
from otel_agents.pipeline.counted import Owner
from otel_agents.pipeline.error_class import error_class
from otel_agents.pipeline.labels import NO_GROUP
from otel_agents.semconv import IDENTITY, EventType, Instrument

Key: TypeAlias = tuple[str, ...]
Item = TypeVar("Item")

_NOTHING: Mapping[str, str] = MappingProxyType({})


def _always(key: Mapping[str, str]) -> bool:
    del key
    return True


@dataclass(frozen=True, slots=True)
class Row(Generic[Item]):
    """One metric of a table.

    Attributes:
        instrument: The metric.
        value: What an item adds to it; None for nothing.
        when: Whether an item with these labels adds to it at all.
        fixed: Labels that are the same for every item.
    """

    instrument: Instrument
    value: Callable[[Item], float | None]
    when: Callable[[Mapping[str, str]], bool] = _always
    fixed: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    def labels(self, key: Mapping[str, str]) -> Key:
        """Return the values of the metric's labels, identity first."""
        keys = (*IDENTITY[self.instrument.scope], *self.instrument.labels)
        return tuple(self.fixed[k] if k in self.fixed else key[k] for k in keys)


@dataclass(frozen=True, slots=True)
class Table(Generic[Item]):
    """The metrics of one kind of item.

    Attributes:
        columns: The labels that `key` returns, in its order.
        key: The values of these labels; None for an item that adds to no row.
        rows: The metrics.
    """

    columns: tuple[str, ...]
    key: Callable[[Item], Key | None]
    rows: tuple[Row[Item], ...]

    def named(self, key: Key) -> dict[str, str]:
        """Return a key as values by label."""
        return dict(zip(self.columns, key, strict=True))


OF_GROUP = IDENTITY["group"]
OF_AGENT = IDENTITY["agent"]
OF_TASK = (
    *OF_GROUP,
    semconv.OTEL_AGENTS_TASK_TYPE,
    semconv.GEN_AI_REQUEST_MODEL,
    semconv.OTEL_AGENTS_ROUTE_EXPECTED,
)


def one(item: object) -> int:
    """Count an item."""
    del item
    return 1


def seconds(span: AgentSpan) -> float | None:
    """Return how long a span took, if it says so."""
    return None if span.duration_ns is None else span.duration_ns / 1e9


def error(span: AgentSpan) -> str:
    """Return the class of a span's error, "" where it did not fail."""
    return error_class(span.error_type) if span.failed else ""


def of_agent(origin: Origin, owner: Owner) -> tuple[str, str, str, str]:
    """Return the identity of an agent's series."""
    return origin.environment, origin.service, owner.group or NO_GROUP, owner.agent


def of_group(origin: Origin, owner: Owner) -> tuple[str, str, str]:
    """Return the identity of a group's series."""
    return origin.environment, origin.service, owner.group or NO_GROUP


def named_agent(key: Mapping[str, str]) -> bool:
    """Whether the item belongs to an agent."""
    return bool(key[semconv.GEN_AI_AGENT_NAME])


def says(label: str) -> Callable[[Mapping[str, str]], bool]:
    """Ask whether a label says anything."""
    return lambda key: bool(key[label])


def reads(label: str, value: str) -> Callable[[Mapping[str, str]], bool]:
    """Ask whether a label reads this value."""
    return lambda key: key[label] == value


def event(kind: EventType) -> Mapping[str, str]:
    """Fix the type of an event."""
    return {semconv.OTEL_AGENTS_EVENT_TYPE: kind}
