"""Which traces are kept: the policies of a `tail_sampling` block, and ours."""

from otel_agents.pipeline.policies.decision import (
    NO_CONTEXT,
    Decision,
    Reason,
    SpanContext,
    TraceHead,
    Vote,
)
from otel_agents.pipeline.policies.default import DEFAULT, default, droppable_alone
from otel_agents.pipeline.policies.load import load
from otel_agents.pipeline.policies.policy_set import Analysis, NonAgent, PolicySet
from otel_agents.pipeline.policies.randomness import of_conversation, with_threshold
from otel_agents.pipeline.policies.threshold import adjusted_count, th_hex, th_parse
from otel_agents.pipeline.policies.timers import Timers

__all__ = [
    "DEFAULT",
    "NO_CONTEXT",
    "Analysis",
    "Decision",
    "NonAgent",
    "PolicySet",
    "Reason",
    "SpanContext",
    "Timers",
    "TraceHead",
    "Vote",
    "adjusted_count",
    "default",
    "droppable_alone",
    "load",
    "of_conversation",
    "th_hex",
    "th_parse",
    "with_threshold",
]
