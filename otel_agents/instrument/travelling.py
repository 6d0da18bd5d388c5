"""Telling other processes, by baggage, for which agent they work. Only where asked for.

Baggage goes to every host that an instrumented client calls, also outside the house, so
that nothing of a run is put there by itself.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, Literal, TypeAlias

from opentelemetry.baggage import get_baggage, set_baggage
from opentelemetry.context import Context, attach, get_current

from otel_agents import semconv
from otel_agents.instrument.opened import current
from otel_agents.instrument.runs import Run

Fact: TypeAlias = Literal["agent", "group", "conversation", "task_type", "tenant"]

_KEYS: Final[dict[Fact, str]] = {
    "agent": semconv.GEN_AI_AGENT_NAME,
    "group": semconv.OTEL_AGENTS_AGENT_GROUP,
    "conversation": semconv.GEN_AI_CONVERSATION_ID,
    "task_type": semconv.OTEL_AGENTS_TASK_TYPE,
    "tenant": semconv.OTEL_AGENTS_TENANT,
}

MAX_CHARS: Final = 256
"""A longer fact does not travel: baggage is a header of every request."""


@contextmanager
def propagated(facts: Iterable[Fact] = ("agent", "group", "conversation")) -> Iterator[None]:
    """Send facts of the run of the moment along with every request of the block.

    Args:
        facts: What to send; tenant and task type only where you name them.
    """
    run = current()
    before = context = get_current()
    if run is not None:
        for fact in facts:
            value = getattr(run, fact)
            if value and len(value) <= MAX_CHARS:
                context = set_baggage(_KEYS[fact], value, context)
    if context is before:
        yield
        return
    attach(context)
    try:
        yield
    finally:
        if get_current() is context:
            attach(before)


def received(context: Context | None = None) -> Run | None:
    """Return what a request's baggage says of the run that sent it, None for nothing.

    Anybody may send baggage: take it only from callers that you trust.
    """
    said: dict[Fact, str] = {}
    for fact, key in _KEYS.items():
        value = get_baggage(key, context)
        if isinstance(value, str) and value and len(value) <= MAX_CHARS:
            said[fact] = value
    if not said:
        return None
    return Run(
        agent=said.get("agent", ""),
        group=said.get("group", ""),
        conversation=said.get("conversation", ""),
        task_type=said.get("task_type", ""),
        tenant=said.get("tenant", ""),
    )
