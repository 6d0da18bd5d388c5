from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies.rates import TokenBucket
from tests.pipeline.policies.traces import decided, one

S = 10**9
ERROR = {"name": "a", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}}
ALL = {"name": "b", "type": "always_sample"}


def composite(**keys: object) -> dict[str, Any]:
    return {"max_total_spans_per_second": 10, "composite_sub_policy": [ERROR, ALL], **keys}


def share(**percents: int) -> list[dict[str, Any]]:
    return [{"policy": name, "percent": percent} for name, percent in percents.items()]


@given(
    st.integers(1, 50),
    st.integers(1, 200),
    st.lists(st.tuples(st.integers(0, 3 * S), st.integers(1, 60)), max_size=60),
)
def test_a_bucket_never_lets_more_through_than_its_burst_and_rate(
    rate: int, burst: int, asked: list[tuple[int, int]]
) -> None:
    bucket, now_ns, through = TokenBucket(rate, burst), 0, 0
    for wait_ns, tokens in asked:
        now_ns += wait_ns
        through += tokens * bucket.take(tokens, now_ns)
        assert through * S <= burst * S + rate * now_ns


def test_tokens_come_back_by_the_nanosecond_and_not_when_the_clock_jumps_back() -> None:
    bucket = TokenBucket(2, 2)
    asked = [(2, 0), (1, S // 2 - 1), (1, S // 2), (1, 0), (1, S // 2 - 1), (1, S // 2)]

    assert [bucket.take(*ask) for ask in asked] == [True, False, True, False, False, True]


@pytest.mark.parametrize(
    ("keys", "strict", "collector"),
    [
        # The Collector asks in the order of the list, whatever policy_order says.
        ({"policy_order": ["b", "a"], "rate_allocation": share(a=90, b=10)}, "KNNN", "KKKK"),
        ({"rate_allocation": share(a=20, b=80)}, "KKNN", "KKNN"),
        ({"rate_allocation": share(a=20, b=80), "overflow": "next"}, "KKKK", "KKKK"),
        ({"rate_allocation": share(a=30)}, "KKKN", "KKKN"),
        ({"rate_allocation": share(b=70)}, "KKKN", "NNNN"),
    ],
)
def test_a_sub_policy_decides_within_its_share(
    keys: dict[str, Any], strict: str, collector: str
) -> None:
    for compat, expected in ((False, strict), (True, collector)):
        policies = one("composite", composite(**keys), compat=compat)
        errors = [decided(policies, [{"status": "ERROR"}], now_ns=S).keep for _ in range(4)]
        assert "".join("NK"[keep] for keep in errors) == expected


def test_the_total_holds_for_all_sub_policies_together() -> None:
    sum_of_shares = composite(rate_allocation=share(a=100, b=100))
    with pytest.raises(ConfigError, match=r"rate_allocation: .*at most 100"):
        one("composite", sum_of_shares)
    policies = one("composite", sum_of_shares, compat=True)
    kept = [
        decided(policies, [{"status": status}], now_ns=S).keep
        for status in ("ERROR", "UNSET")
        for _ in range(10)
    ]
    assert sum(kept) == 20


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"max_total_spans_per_second": 10}, "composite_sub_policy: got None"),
        (composite(max_total_spans_per_second=0), "max_total_spans_per_second: got 0"),
        (composite(policy_order=["a"]), "policy_order: .* expected each of a, b once"),
        (composite(policy_order=["a", "c"]), "policy_order: .* expected each of a, b once"),
        (composite(rate_allocation=share(c=10)), r"rate_allocation\[0\].policy: got 'c'"),
        (composite(rate_allocation=share(a=100)), "with some left for b"),
        (composite(rate_allocation=[{"policy": "a", "percents": 1}]), "did you mean percent"),
        (composite(overflow="spill"), "overflow: got 'spill'"),
        (composite(composite_sub_policy=[ERROR, ERROR]), r"\[1\].name: got 'a'"),
        (composite(composite_sub_policy=[{"type": "always_sample"}]), r"\[0\].name: got ''"),
    ],
)
def test_a_mistake_in_a_composite_is_named(block: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        one("composite", block)


@pytest.mark.parametrize(
    ("kind", "block", "message"),
    [
        ("rate_limiting", {}, "spans_per_second: got None"),
        ("rate_limiting", {"spans_per_second": 0}, "spans_per_second: got 0"),
        ("bytes_limiting", {"bytes_per_second": 5, "burst_capacity": -1}, "burst_capacity: got -1"),
        ("bytes_limiting", {"spans_per_second": 5}, "did you mean bytes_per_second"),
    ],
)
def test_a_mistake_in_a_limit_is_named(kind: str, block: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        one(kind, block)


def test_spans_that_do_not_divide_go_to_the_first_sub_policies() -> None:
    subs = [{"name": name, "type": "always_sample"} for name in "ab"]
    block = {"max_total_spans_per_second": 3, "composite_sub_policy": subs}
    assert [decided(one("composite", block), [{}] * count).keep for count in (2, 3)] == [
        True,
        False,
    ]
