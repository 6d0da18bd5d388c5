"""What is kept where nobody says: everything that matters, a tenth of the routine."""

from collections.abc import Mapping, Sequence
from typing import Final

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.policies.load import load
from otel_agents.pipeline.policies.ours import failed
from otel_agents.pipeline.policies.policy_set import NonAgent, PolicySet
from otel_agents.record import SpanKind, SpanRecord

DEFAULT: Final[Mapping[str, object]] = {
    "policies": [
        {"name": "failed", "type": "failure"},
        {"name": "slow", "type": "step_latency", "step_latency": {"threshold_ms": 10_000}},
        {"name": "external", "type": "external_tool"},
        {
            "name": "routine",
            "type": "probabilistic",
            "probabilistic": {"sampling_percentage": 10},
        },
    ]
}
"""The block that stands where there is none."""

CHECK_NS: Final = 1_000_000
"""A span of its own process that takes less is a mere check."""


def default(
    *, external_tools: Sequence[str] = (), non_agent: NonAgent = NonAgent.PASS
) -> PolicySet:
    """Return the policies that apply with no configuration.

    Args:
        external_tools: Names or globs of tools that are external whatever their spans say.
        non_agent: What becomes of traces without an agent; they pass unchanged.
    """
    return load(DEFAULT, external_tools=external_tools, non_agent=non_agent)


def droppable_alone(record: SpanRecord, said: AgentSpan | None) -> bool:
    """Whether a span tells nothing that its trace would miss.

    That is a check below 1 ms, or a retrieval that succeeded. The caller still has to see
    that it is a leaf, or has only such spans below it, that nothing links to it, and that
    its trace is still held whole.
    """
    if not record.parent_id or failed(record, said):
        return False
    if said is not None and said.role is not Role.OTHER:
        return said.role is Role.RETRIEVAL
    duration_ns = record.end_ns - record.start_ns
    if record.kind != SpanKind.INTERNAL or not 0 <= duration_ns < CHECK_NS:
        return False
    told = said is not None and record.get(semconv.OTEL_AGENTS_ESCALATION_REASON) is not None
    return not told and not record.events()
