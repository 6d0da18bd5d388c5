from dataclasses import FrozenInstanceError

import pytest

from otel_agents.pipeline.policies.decision import Decision, Reason, TraceHead
from otel_agents.semconv import SamplingTrigger


def test_a_decision_cannot_be_changed() -> None:
    decision = Decision(
        keep=True, threshold=0, policy="p", trigger=SamplingTrigger.ROOT, reason=Reason.VOTED
    )
    with pytest.raises(FrozenInstanceError):
        decision.keep = False  # type: ignore[misc]


def test_a_head_needs_no_more_than_the_trace_id() -> None:
    assert TraceHead(7) == TraceHead(7, "", None, 0, 0, external=False, remote_parent=False)
