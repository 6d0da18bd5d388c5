"""How the spans of a dialect are read in a role: its tables, compiled to look-ups."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.dialects.table import Dialect, Source, Sources
from otel_agents.pipeline.fields import FIELDS, MAX_TEXT_CHARS, UNSAID, Field, text
from otel_agents.record import SpanRecord, Value

Step: TypeAlias = tuple[str, str, Callable[[str, Value], object], bool]
"""A field's slot, its newest key, its parser, and whether it is text."""

Fallback: TypeAlias = tuple[str, str, tuple[Source, ...], Callable[[str, Value], object]]
"""A field's slot and newest key, where else it may stand, and its parser."""


class Plan(NamedTuple):
    """How the spans of a dialect are read in a role.

    Attributes:
        keys: Where each field is looked for first, all at once: most look-ups find nothing.
        steps: What to do with what they hold, in the same order.
        fallbacks: Where else to look for the fields that are still missing.
        instead: Where to look first, for fields that the dialect writes wrongly.
    """

    keys: tuple[str, ...]
    steps: tuple[Step, ...]
    fallbacks: tuple[Fallback, ...]
    instead: tuple[Fallback, ...]


def fill(  # noqa: C901 one call a span; each step in a function of its own would double it
    span: AgentSpan, record: SpanRecord, plan: Plan
) -> None:
    """Set the fields that a span says.

    Raises:
        SpanRefused: If a value that counts is impossible.
    """
    decode = record.decode
    for (slot, key, parse, is_text), value in zip(
        plan.steps, map(record.find, plan.keys), strict=True
    ):
        if value is None:
            continue
        said = value if decode is None else decode(value)
        if not is_text or said.__class__ is not str or len(said) > MAX_TEXT_CHARS:
            said = parse(key, said)
            if said is None:
                continue
        elif said in UNSAID:
            continue
        setattr(span, slot, said)
    for fallback in plan.fallbacks:
        if getattr(span, fallback[0]) is None:
            _take(span, record, fallback)
    for fallback in plan.instead:
        setattr(span, fallback[0], None)
        _take(span, record, fallback)


def _take(span: AgentSpan, record: SpanRecord, fallback: Fallback) -> None:
    """Take the first that says something; most keys are plain, and looked up right here."""
    slot, key, sources, parse = fallback
    find = record.find
    for source in sources:
        if source.__class__ is str:
            value = find(source)
            if value is None:
                continue
            if record.decode is not None:
                value = record.decode(value)
        else:
            value = source(record)  # type: ignore[operator]
            if value is None:
                continue
        said = parse(key, value)
        if said is not None:
            setattr(span, slot, said)
            return


def compile_plan(
    dialect: Dialect, role: Role, group_keys: tuple[str, ...], tenant_keys: tuple[str, ...]
) -> Plan:
    """Compile how a dialect's spans are read in a role."""
    fields = [field for field in FIELDS if role in field.roles]
    steps = [(f.slot, f.key, f.parse, f.parse is text) for f in fields]
    fallbacks = [(f.slot, f.key, _others(f, dialect, role), f.parse) for f in fields]
    instead = [
        (f.slot, f.key, _several(dialect.instead[f.key]), f.parse)
        for f in fields
        if f.key in dialect.instead
    ]
    keys = [f.key for f in fields]
    for slot, name, own in (
        ("group", semconv.OTEL_AGENTS_AGENT_GROUP, group_keys),
        ("tenant", semconv.OTEL_AGENTS_TENANT, tenant_keys),
    ):
        if own:
            keys.append(own[0])
            steps.append((slot, name, text, True))
            fallbacks.append((slot, name, own[1:], text))
    return Plan(
        tuple(keys),
        tuple(steps),
        tuple(fallback for fallback in fallbacks if fallback[2]),
        tuple(instead),
    )


def _others(field: Field, dialect: Dialect, role: Role) -> tuple[Source, ...]:
    own: Sources = ()
    if field.own is None or role in field.own:
        own = dialect.fields.get(field.key, ())
    return (*_several(own), *field.older)


def _several(sources: Sources) -> tuple[Source, ...]:
    return sources if isinstance(sources, tuple) else (sources,)
