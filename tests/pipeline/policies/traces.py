"""Traces to decide on, from a few words."""

from collections.abc import Mapping, Sequence
from typing import Any

from otel_agents.pipeline.agent_span import AgentSpan, Origin, Role
from otel_agents.pipeline.policies import Decision, PolicySet, SpanContext, TraceHead, load
from otel_agents.record import Event, Resource, Scope, SpanKind, SpanRecord, StatusCode
from otel_agents.semconv import SamplingTrigger

START_NS = 1_790_000_000 * 10**9
MS = 10**6
ROOT = SamplingTrigger.ROOT


def span(
    *,
    at_ms: float = 0,
    ms: float = 1,
    status: str = "UNSET",
    name: str = "span",
    kind: str = "INTERNAL",
    attributes: Mapping[str, Any] | None = None,
    resource: Mapping[str, Any] | None = None,
    events: Sequence[Mapping[str, Any]] = (),
    parent_id: int = 1,
    trace_state: str = "",
    flags: int = 0,
) -> tuple[SpanRecord, SpanContext]:
    """Make a span and its context."""
    start_ns = START_NS + int(at_ms * MS)
    told = [Event(event["name"], event.get("attributes", {})) for event in events]
    record = SpanRecord(
        7,
        9,
        parent_id,
        name,
        SpanKind[kind],
        start_ns,
        start_ns + int(ms * MS),
        StatusCode[status],
        Scope("scope", "1.0"),
        Resource(resource or {}),
        (attributes or {}).get,
        lambda: told,
    )
    return record, SpanContext(trace_state, flags)


def says(role: Role = Role.INFERENCE, *, ms: float | None = 1, **fields: object) -> AgentSpan:
    """Make what a span says about an agent."""
    said = AgentSpan()
    said.dialect, said.role, said.origin = "genai", role, Origin()
    said.span_id, said.parent_id, said.kind, said.start_ns = 9, 1, 1, START_NS
    said.duration_ns = None if ms is None else int(ms * MS)
    for name, value in fields.items():
        setattr(said, name, value)
    return said


def policy(kind: str, block: Mapping[str, Any] | None = None, name: str = "p") -> dict[str, Any]:
    """Write one policy of a block."""
    return {"name": name, "type": kind} | ({kind: block} if block is not None else {})


def one(kind: str, block: Mapping[str, Any] | None = None, *, compat: bool = False) -> PolicySet:
    """Load a block that holds one policy."""
    return load({"policies": [policy(kind, block)]}, compat=compat)


def decided(
    policies: PolicySet,
    spans: Sequence[Mapping[str, Any]] = (),
    *,
    said: Sequence[AgentSpan] = (),
    costs: Sequence[float] = (),
    trace_id: int = 7,
    now_ns: int = 0,
    **head: Any,  # noqa: ANN401 any field of the head
) -> Decision:
    """Show a trace to the policies and let them decide; what is said has plain spans."""
    score = policies.score()
    for given in spans:
        record, context = span(**given)
        policies.observe(score, record, None, None, context)
    for place, told in enumerate(said):
        policies.observe(score, span()[0], told, costs[place] if costs else None)
    head.setdefault("span_count", len(spans) + len(said))
    return policies.decide(score, TraceHead(trace_id, **head), now_ns, ROOT)


def kept(
    kind: str,
    block: Mapping[str, Any] | None = None,
    spans: Sequence[Mapping[str, Any]] = (),
    *,
    compat: bool = False,
    said: Sequence[AgentSpan] = (),
    costs: Sequence[float] = (),
) -> bool:
    """Whether one policy keeps a trace."""
    return decided(one(kind, block, compat=compat), spans, said=said, costs=costs).keep
