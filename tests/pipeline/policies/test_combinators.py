from typing import Any

import pytest

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies.combinators import highest, lowest
from otel_agents.pipeline.policies.threshold import ALWAYS, NEVER, of_share
from tests.pipeline.policies.traces import decided, kept, one, policy

FAILED = policy("status_code", {"status_codes": ["ERROR"]}, "failed")
SLOW = policy("latency", {"threshold_ms": 100}, "slow")
HALF = policy("probabilistic", {"sampling_percentage": 50}, "half")
TENTH = policy("probabilistic", {"sampling_percentage": 10}, "tenth")
LIMIT = policy("rate_limiting", {"spans_per_second": 1, "burst_capacity": 2}, "limit")
HIGH = (1 << 56) - 1
H, T = of_share(0.5), of_share(0.1)


def nest(kind: str, *subs: dict[str, Any], name: str = "p") -> dict[str, Any]:
    return policy(kind, {f"{kind}_sub_policy": list(subs)}, name)


def no(sub: dict[str, Any]) -> dict[str, Any]:
    return policy("not", {"not_sub_policy": sub}, "no")


@pytest.mark.parametrize(
    ("failed", "slow", "keep"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, False)],
)
def test_policies_nest_freely(failed: bool, slow: bool, keep: bool) -> None:
    either = nest("any_of", FAILED, SLOW, name="either")
    both = nest("all_of", FAILED, SLOW, name="both")
    exactly_one = {"all_of_sub_policy": [either, no(both)]}
    spans = [{"status": "ERROR" if failed else "OK", "ms": 200 if slow else 1}]
    assert kept("all_of", exactly_one, spans) is keep


@pytest.mark.parametrize(
    ("statuses", "keep"), [(["OK", "OK"], True), (["OK", "ERROR"], False), ([], False)]
)
def test_all_spans_wants_every_span(statuses: list[str], keep: bool) -> None:
    every = {"all_spans_sub_policy": policy("status_code", {"status_codes": ["OK", "UNSET"]})}
    assert kept("all_spans", every, [{"status": status} for status in statuses]) is keep


def test_all_spans_takes_a_span_whose_condition_fails_as_one_that_does_not_pass() -> None:
    asked = policy(
        "ottl_condition", {"error_mode": "propagate", "span": ['attributes["k"]["x"] == nil']}
    )
    fine: dict[str, Any] = {"attributes": {"k": {"y": 1}}}
    failing: dict[str, Any] = {"attributes": {"k": 5}}
    for spans, keep in (([fine], True), ([fine, failing], False), ([failing, fine], False)):
        assert kept("all_spans", {"all_spans_sub_policy": asked}, spans) is keep


@pytest.mark.parametrize(
    ("thresholds", "of_all", "of_any"),
    [
        ([], ALWAYS, NEVER),
        ([H, T], T, H),
        ([ALWAYS, T], T, ALWAYS),
        ([NEVER, T], NEVER, T),
        ([None, T], None, None),
        ([None, NEVER], NEVER, None),
        ([None, ALWAYS], None, ALWAYS),
    ],
)
def test_thresholds_join_as_votes_do(
    thresholds: list[int | None], of_all: int | None, of_any: int | None
) -> None:
    assert (highest(thresholds), lowest(thresholds)) == (of_all, of_any)


@pytest.mark.parametrize(
    ("asked", "threshold"),
    [
        (nest("and", HALF, TENTH), T),
        (nest("any_of", HALF, TENTH), H),
        (nest("and", HALF, no(FAILED)), H),
        (no(nest("and", FAILED, HALF)), ALWAYS),
        (no(no(HALF)), None),
        (nest("and", LIMIT, HALF), None),
    ],
)
def test_a_keep_says_how_likely_it_was(asked: dict[str, Any], threshold: int | None) -> None:
    block = asked[asked["type"]]
    decision = decided(one(asked["type"], block), [{"status": "OK"}], trace_id=HIGH)
    assert (decision.keep, decision.threshold) == (True, threshold)


def test_a_budget_is_not_spent_on_a_trace_that_is_lost_already() -> None:
    lost = one("and", {"and_sub_policy": [TENTH, LIMIT]})
    for _ in range(5):
        assert not decided(lost, [{}], trace_id=0).keep
    assert decided(lost, [{}, {}], trace_id=HIGH).keep


@pytest.mark.parametrize(
    ("kind", "block", "message"),
    [
        ("and", {}, "and_sub_policy: got None"),
        ("drop", {"drop_sub_policy": []}, "drop_sub_policy: got"),
        ("not", {}, "not_sub_policy: got None"),
        ("and", {"and_sub_policy": [FAILED, FAILED]}, r"and_sub_policy\[1\]\.name: got 'failed'"),
        ("and", {"and_sub_policy": [{"name": "x"}]}, r"and_sub_policy\[0\]\.type: got None"),
        ("all_spans", {"all_spans_sub_policy": SLOW}, r"all_spans_sub_policy\.type: got 'latency'"),
        ("any_of", {"any_of_sub_policy": [nest("drop", FAILED)]}, r"\[0\]\.type: got 'drop'"),
    ],
)
def test_a_mistake_is_named(kind: str, block: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        one(kind, block)
