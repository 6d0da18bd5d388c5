"""What holds for any policies and any trace, against models that know nothing of the code."""

import math
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.policies import (
    Decision,
    PolicySet,
    Reason,
    TraceHead,
    Vote,
    adjusted_count,
    load,
)
from otel_agents.pipeline.policies.decision import Ballot
from otel_agents.pipeline.policies.node import Moment, Node, PolicyFailure, Score, Slots
from otel_agents.pipeline.policies.policy_set import Policy, Rules
from otel_agents.pipeline.policies.threshold import ALWAYS, NEVER, of_share
from tests.pipeline.policies.traces import ROOT, policy, span

S, N, D, IS, IN, E = (Vote(number) for number in range(6))
PERCENTS = (0, 10, 25, 50, 90, 100)
GRID = sorted({edge + step for p in PERCENTS for edge in [of_share(p / 100)] for step in (-1, 0)})
DRAWS = [draw for draw in GRID if 0 <= draw < NEVER]


# --- the algebra ----------------------------------------------------------------------------


def fixed(vote: Vote) -> Node:
    def ballot(_score: Score, _moment: Moment) -> Ballot:
        if vote is E:
            raise PolicyFailure("no")
        return vote, ALWAYS if vote in (S, D) else NEVER

    return Node(ballot=ballot, drop=vote is D)


def model(votes: Sequence[Vote], *, first_match: bool) -> bool:
    """Whether a trace is kept, by the table of the Collector's own manual."""
    if D in votes:
        return False
    if first_match and S in votes:
        votes = votes[: votes.index(S) + 1]
    if IN in votes:
        return False
    return S in votes or (IS in votes and N not in votes)


@given(st.lists(st.sampled_from([S, N, D, IS, IN, E]), max_size=6), st.booleans())
def test_votes_are_weighed_as_the_table_says(votes: list[Vote], first_match: bool) -> None:
    made = [Policy(name=str(n), type="x", node=fixed(vote)) for n, vote in enumerate(votes)]
    policies = PolicySet(made, Slots(), Rules(first_match=first_match))
    decision = policies.decide(policies.score(), TraceHead(1), 0, ROOT)
    assert decision.keep is model(votes, first_match=first_match)
    assert (decision.reason is Reason.DROP_POLICY) is (D in votes)


# --- any block ------------------------------------------------------------------------------

leaves = st.sampled_from(
    [
        policy("status_code", {"status_codes": ["ERROR"]}),
        policy("latency", {"threshold_ms": 50}),
        policy("latency", {"threshold_ms": 20, "upper_threshold_ms": 60}),
        policy("span_count", {"min_spans": 2, "max_spans": 4}),
        policy("span_count", {"min_spans": 3}),
        policy("string_attribute", {"key": "k", "values": ["v"]}),
        policy("numeric_attribute", {"key": "k", "min_value": 2}),
        policy("ottl_condition", {"span": ['attributes["k"] == "v" and status.code == 2']}),
        policy(
            "ottl_condition", {"error_mode": "propagate", "span": ['attributes["k"]["x"] == 1']}
        ),
        policy(
            "all_spans", {"all_spans_sub_policy": policy("status_code", {"status_codes": ["OK"]})}
        ),
    ]
)
chance = st.sampled_from(PERCENTS).map(
    lambda percent: policy("probabilistic", {"sampling_percentage": percent})
)
inverted = st.just(policy("string_attribute", {"key": "k", "values": ["v"], "invert_match": True}))
limits = st.just(policy("rate_limiting", {"spans_per_second": 1, "burst_capacity": 3}))


def nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.lists(inner, min_size=1, max_size=3).map(numbered)
    kinds = st.sampled_from(["and", "any_of", "all_of"])
    joined = st.builds(lambda kind, subs: policy(kind, {f"{kind}_sub_policy": subs}), kinds, lists)
    return joined | inner.map(lambda sub: policy("not", {"not_sub_policy": sub}))


def numbered(policies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [made | {"name": f"p{number}"} for number, made in enumerate(policies)]


def blocks(*extra: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    base = st.one_of(leaves, chance, inverted, *extra)
    tree = st.recursive(base, nested, max_leaves=4)
    dropping = st.lists(tree, min_size=1, max_size=2).map(
        lambda subs: policy("drop", {"drop_sub_policy": numbered(subs)})
    )
    tops = st.lists(st.one_of(tree, tree, tree, dropping), min_size=1, max_size=4).map(numbered)
    return st.builds(
        lambda policies, first: {"policies": policies, "sample_on_first_match": first},
        tops,
        st.booleans(),
    )


spans = st.lists(
    st.fixed_dictionaries(
        {
            "at_ms": st.integers(0, 80),
            "ms": st.integers(0, 80),
            "status": st.sampled_from(["OK", "UNSET", "ERROR"]),
            "attributes": st.sampled_from([{}, {"k": "v"}, {"k": "w"}, {"k": 5}, {"k": {"x": 1}}]),
        }
    ),
    max_size=5,
)


def decide(policies: PolicySet, trace: Sequence[dict[str, Any]], draw: int = 0) -> Decision:
    score = policies.score()
    for given_span in trace:
        policies.observe(score, span(**given_span)[0], None, None)
    return policies.decide(score, TraceHead(draw, span_count=len(trace)), 0, ROOT)


@given(blocks(), spans)
def test_a_threshold_is_exactly_what_the_trace_had_to_pass(
    block: dict[str, Any], trace: list[dict[str, Any]]
) -> None:
    policies = load(block)
    decisions = {draw: decide(policies, trace, draw) for draw in DRAWS}
    told = {decision.threshold for decision in decisions.values() if decision.keep} - {None}
    for threshold in told:
        assert threshold is not None
        assert all(decisions[draw].keep is (draw >= threshold) for draw in DRAWS)


@given(blocks(limits), spans, st.sampled_from(DRAWS))
def test_an_early_keep_is_what_is_decided_in_the_end(
    block: dict[str, Any], trace: list[dict[str, Any]], draw: int
) -> None:
    policies = load(block)
    score, early = policies.score(), None
    for given_span in trace:
        policies.observe(score, span(**given_span)[0], None, None)
        later = policies.early(score)
        assert early is None or later is not None
        early = early or later
    decision = policies.decide(score, TraceHead(draw, span_count=len(trace)), 0, ROOT)
    if early is not None:
        assert (decision.keep, decision.threshold) == (True, ALWAYS)


@given(blocks(), spans.flatmap(lambda trace: st.tuples(st.just(trace), st.permutations(trace))))
def test_the_order_of_spans_does_not_matter(
    block: dict[str, Any], orders: tuple[list[dict[str, Any]], list[dict[str, Any]]]
) -> None:
    policies = load(block)
    assert decide(policies, orders[0], DRAWS[3]) == decide(policies, orders[1], DRAWS[3])


# --- weights --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policies", "first_match"),
    [
        ([policy("probabilistic", {"sampling_percentage": 10}, "tenth")], False),
        ([policy("probabilistic", {"sampling_percentage": 10}, "tenth")], True),
        (
            [
                policy("probabilistic", {"sampling_percentage": 10}, "tenth"),
                policy(
                    "and",
                    {
                        "and_sub_policy": [
                            policy("string_attribute", {"key": "k", "values": ["v"]}, "a"),
                            policy("probabilistic", {"sampling_percentage": 50}, "b"),
                        ]
                    },
                    "gold",
                ),
            ],
            False,
        ),
    ],
)
def test_kept_traces_stand_for_all_errors_and_all_routine_apart(
    policies: list[dict[str, Any]], first_match: bool
) -> None:
    errors = policy("status_code", {"status_codes": ["ERROR"]}, "errors")
    loaded = load({"policies": [*policies, errors], "sample_on_first_match": first_match})
    drawn, count = random.Random(8), 6_000
    sums, squares, real = [0.0, 0.0], [0.0, 0.0], [0, 0]
    for _ in range(count):
        failed, gold = drawn.random() < 0.1, drawn.random() < 0.3
        trace = [{"status": "ERROR" if failed else "OK", "attributes": {"k": "v"} if gold else {}}]
        decision = decide(loaded, trace, drawn.getrandbits(128))
        real[failed] += 1
        if decision.keep:
            weight = adjusted_count(decision.threshold)
            assert weight is not None
            sums[failed] += weight
            squares[failed] += weight * (weight - 1)
    assert sums[True] == real[True]
    assert abs(sums[False] - real[False]) <= 4 * math.sqrt(squares[False])
