"""Spans to hold, from a few words, and a buffer whose time the test tells."""

from collections.abc import Sequence
from typing import Any

from otel_agents.pipeline.agent_span import AgentSpan, Origin, Role
from otel_agents.pipeline.buffer import Options, Released, TraceBuffer
from otel_agents.pipeline.policies import (
    NO_CONTEXT,
    NonAgent,
    PolicySet,
    SpanContext,
    default,
    load,
)
from otel_agents.record import Resource, Scope, SpanKind, SpanRecord, StatusCode

S = 10**9
MS = 10**6
START_NS = 1_790_000_000 * S

ERRORS = {"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}}
ALL = {"name": "all", "type": "always_sample"}
WHOLE = {"name": "whole", "type": "span_count", "span_count": {"max_spans": 10**6}}
"""Keeps everything, but is never sure before the end."""

LUCKY = (1 << 56) - 1
"""A trace that every chance keeps."""


def chance(percent: float) -> dict[str, Any]:
    """Write a policy that keeps a share."""
    block = {"sampling_percentage": percent}
    return {"name": "chance", "type": "probabilistic", "probabilistic": block}


def policies(*wanted: dict[str, Any], compat: bool = False, **keys: Any) -> PolicySet:  # noqa: ANN401 any key of a block
    """Load a block."""
    return load({"policies": list(wanted), **keys}, compat=compat)


def record(
    trace_id: int = 1,
    span_id: int = 9,
    parent_id: int = 1,
    *,
    ms: float = 5,
    status: StatusCode = StatusCode.UNSET,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: dict[str, Any] | None = None,
) -> SpanRecord:
    """Make a span, by default one of 5 ms below another."""
    return SpanRecord(
        trace_id,
        span_id,
        parent_id,
        "span",
        kind,
        START_NS,
        START_NS + int(ms * MS),
        status,
        Scope("tests", "1"),
        Resource({}),
        (attributes or {}).get,
    )


def says(role: Role = Role.INFERENCE, **fields: object) -> AgentSpan:
    """Make what a span says about an agent."""
    said = AgentSpan()
    said.dialect, said.role, said.origin = "genai", role, Origin()
    said.span_id, said.parent_id, said.kind, said.start_ns = 9, 1, 1, START_NS
    said.duration_ns = 5 * MS
    for name, value in fields.items():
        setattr(said, name, value)
    return said


class Held:
    """A buffer, told seconds instead of times, that shows what leaves as text."""

    def __init__(
        self,
        deciding: PolicySet | None = None,
        **options: Any,  # noqa: ANN401 any field of the options
    ) -> None:
        self.buffer: TraceBuffer[object] = TraceBuffer(
            deciding or default(non_agent=NonAgent.POLICIES), Options(**options)
        )
        self.offered = 0
        self.left: list[Released[object]] = []

    def span(
        self,
        trace_id: int = 1,
        span_id: int = 9,
        parent_id: int = 1,
        *,
        at_s: float = 0,
        item: object = None,
        said: AgentSpan | None = None,
        size: int = 100,
        context: SpanContext = NO_CONTEXT,
        links: Sequence[tuple[int, int]] = (),
        leaves: bool = False,
        **fields: Any,  # noqa: ANN401 any field of a record
    ) -> list[str]:
        """Offer a span; its item is its place among all, if the test names none."""
        self.offered += 1
        item = self.offered if item is None else item
        made = record(trace_id, span_id, parent_id, **fields)
        now_ns = START_NS + int(at_s * S)
        return self.shown(
            self.buffer.offer(item, made, said, None, size, now_ns, context, links, leaves=leaves)
        )

    def root(self, trace_id: int = 1, **fields: Any) -> list[str]:  # noqa: ANN401
        """Offer a root."""
        return self.span(trace_id, 1, 0, **fields)

    def tick(self, at_s: float, max_traces: int = 256) -> list[str]:
        """Tick."""
        return self.shown(self.buffer.tick(START_NS + int(at_s * S), max_traces))

    def drain(self) -> list[str]:
        """Drain."""
        return self.shown(self.buffer.drain())

    def shown(self, released: Sequence[Released[object]]) -> list[str]:
        """Show each as `trace keep trigger/policy [items] -dropped`, and remember it."""
        self.left += released
        return [shown(one) for one in released]


def shown(one: Released[object]) -> str:
    """Show what leaves: `1 keep root/all [1, 2] -3 follows`."""
    words = [str(one.trace_id), "keep" if one.decision.keep else "drop"]
    words.append(f"{one.trigger}/{one.decision.policy}")
    if one.items:
        words.append(str(list(one.items)))
    if one.spans_dropped:
        words.append(f"-{one.spans_dropped}")
    if one.follows:
        words.append("follows")
    return " ".join(words)
