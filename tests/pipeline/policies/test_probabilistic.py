from typing import Any

import pytest

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies import Vote, of_conversation, th_hex
from tests.pipeline.policies.traces import decided, one

HALF = {"sampling_percentage": 50}


@pytest.mark.parametrize(
    ("head", "keep"),
    [
        ({"trace_id": 0x80000000000000}, True),
        ({"trace_id": 0x7FFFFFFFFFFFFF}, False),
        ({"trace_id": 1, "trace_state": "ot=rv:80000000000000"}, True),
        ({"trace_id": (1 << 128) - 1, "trace_state": "ot=rv:00000000000000"}, False),
        ({"trace_id": 1, "conversation": "conv-1"}, True),
        ({"trace_id": 1, "conversation": "conv-1", "trace_state": "ot=th:8"}, False),
        ({"trace_id": 1, "conversation": ""}, False),
    ],
)
def test_chance_is_the_rv_then_the_conversation_then_the_trace_id(
    head: dict[str, Any], keep: bool
) -> None:
    assert of_conversation("conv-1") >= 1 << 55
    assert decided(one("probabilistic", HALF), **head).keep is keep


@pytest.mark.parametrize(
    ("head", "written"),
    [
        ({"conversation": "conv-1"}, of_conversation("conv-1")),
        ({"conversation": "conv-1", "remote_parent": True}, None),
        ({"conversation": "conv-1", "trace_state": "ot=rv:80000000000000"}, None),
        ({"trace_id": (1 << 128) - 1}, None),
    ],
)
def test_only_the_conversations_chance_is_written_and_only_at_the_root(
    head: dict[str, Any], written: int | None
) -> None:
    decision = decided(one("probabilistic", HALF), **head)
    assert (decision.keep, decision.rv) == (True, written)


def test_the_threshold_is_the_percentage() -> None:
    decision = decided(one("probabilistic", {"sampling_percentage": 10}), trace_id=(1 << 56) - 1)
    assert decision.threshold is not None
    assert th_hex(decision.threshold) == "e666"


def test_the_collectors_hash_says_no_threshold_and_reads_no_rv() -> None:
    policies = one("probabilistic", {"sampling_percentage": 90}, compat=True)
    low = decided(policies, trace_id=7, trace_state="ot=rv:00000000000000", conversation="c")
    assert (low.keep, low.threshold, low.rv) == (True, None, None)
    assert decided(policies, trace_id=7, conversation="c").rv is None
    always = decided(one("probabilistic", {"sampling_percentage": 100}, compat=True))
    assert (always.votes, always.threshold) == ((Vote.SAMPLED,), 0)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (
            {"sampling_percentage": 10, "hash_salt": "x"},
            "hash_salt: got 'x', expected no hash_salt",
        ),
        ({}, "sampling_percentage: got None"),
        ({"sampling_percentage": "10%"}, "sampling_percentage: got '10%'"),
        ({"sampling_percentag": 10}, "did you mean sampling_percentage"),
    ],
)
def test_a_mistake_is_named(block: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        one("probabilistic", block)
