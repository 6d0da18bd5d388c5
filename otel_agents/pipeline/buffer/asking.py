"""Showing a span to the policies, and asking whether its trace can be decided at once."""

from collections.abc import Callable
from typing import TypeAlias

from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.buffer.held import HeldTrace
from otel_agents.pipeline.buffer.options import Limits
from otel_agents.pipeline.buffer.released import Item
from otel_agents.pipeline.policies import Decision, NonAgent, PolicySet, Reason, SpanContext
from otel_agents.record import SpanRecord
from otel_agents.semconv import SamplingTrigger

Ask: TypeAlias = Callable[
    [HeldTrace[Item], SpanRecord, AgentSpan | None, float | None, SpanContext, int],
    Decision | None,
]
"""Notes a span in its trace's score; returns a decision if one is sure by now."""


def asking(policies: PolicySet, limits: Limits) -> Ask[Item] | None:
    """Return how spans are shown to policies; None if they only have to be noted."""
    if limits.by_span:
        return _each_alone(policies)
    return _for_sure(policies) if limits.early else None


def _for_sure(policies: PolicySet) -> Ask[Item]:
    observe, early = policies.observe, policies.early
    # Policies that let other traces pass have nothing to say of one without an agent.
    needs_agent = policies.non_agent is NonAgent.PASS
    untouched = early(policies.score())

    def ask(
        trace: HeldTrace[Item],
        record: SpanRecord,
        said: AgentSpan | None,
        cost_usd: float | None,
        context: SpanContext,
        _now_ns: int,
    ) -> Decision | None:
        score = trace.score
        before = score.copy()
        observe(score, record, said, cost_usd, context)
        # Asking costs more than comparing, and most spans change nothing.
        if needs_agent and not trace.holds_agent:
            return None
        return untouched if score == before else early(score)

    return ask


def _each_alone(policies: PolicySet) -> Ask[Item]:
    """Ask of each span alone, as the Collector's `span-ingest` does of what comes together.

    A drop policy that does not match yet could match later, and defers every keep.
    """
    defers = any(told.type == "drop" for told in policies.analysis())

    def ask(  # noqa: PLR0913, PLR0917 called for every span
        trace: HeldTrace[Item],
        record: SpanRecord,
        said: AgentSpan | None,
        cost_usd: float | None,
        context: SpanContext,
        now_ns: int,
    ) -> Decision | None:
        score = policies.score()
        policies.observe(score, record, said, cost_usd, context)
        decision = policies.decide(score, trace.head(), now_ns, SamplingTrigger.EARLY)
        if decision.keep:
            return None if defers else decision
        return decision if decision.reason is Reason.DROP_POLICY else None

    return ask
