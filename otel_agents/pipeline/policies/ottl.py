"""The policy `ottl_condition`: any span, or any of its events, that fulfils a condition."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from otel_agents.errors import ConfigError
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.policies.block import Block
from otel_agents.pipeline.policies.decision import SpanContext
from otel_agents.pipeline.policies.node import Build, Node, PolicyFailure, any_span
from otel_agents.pipeline.policies.ottl_parser import Condition, condition
from otel_agents.pipeline.policies.ottl_paths import Seen
from otel_agents.pipeline.policies.ottl_text import OttlRefused
from otel_agents.record import SpanRecord

KEYS = ("error_mode", "span", "spanevent")
MODES: Final = ("propagate", "ignore", "silent")


def ottl_condition(block: Block, build: Build) -> Node:
    """Build `ottl_condition`."""
    # Without a mode the Collector passes a failure over.
    mode = block.word("error_mode", MODES, "ignore")
    spans = _conditions(block, "span", events=False)
    events = _conditions(block, "spanevent", events=True)
    if not spans and not events:
        raise block.refuse("span", "at least one condition in span or spanevent")
    if mode != "propagate":
        spans = [partial(_forgiving, asked) for asked in spans]
        events = [partial(_forgiving, asked) for asked in events]

    def test(record: SpanRecord, _said: AgentSpan | None, context: SpanContext) -> bool:
        if spans and _fulfils(spans, Seen(record, context)):
            return True
        # Events are decoded only for who asks.
        told = record.events() if events else ()
        return any(_fulfils(events, Seen(record, context, event)) for event in told)

    return any_span(build.slots, test, first_counts=build.compat)


def _fulfils(conditions: Sequence[Condition], seen: Seen) -> bool:
    return any(asked(seen) for asked in conditions)


def _conditions(block: Block, key: str, *, events: bool) -> Sequence[Condition]:
    found = []
    for index, text in enumerate(block.texts(key, empty=True)):
        try:
            found.append(condition(text, events=events))
        except OttlRefused as refusal:
            expected = f"a condition of the OTTL subset ({refusal})"
            raise ConfigError(f"{block.at(key)}[{index}]", text, expected) from None
    return found


def _forgiving(asked: Condition, seen: Seen) -> bool:
    try:
        return asked(seen)
    except PolicyFailure:
        return False
