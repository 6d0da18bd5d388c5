from typing import Any

import pytest

from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.policies import (
    NonAgent,
    Reason,
    SpanContext,
    TraceHead,
    Vote,
    load,
    th_hex,
)
from otel_agents.semconv import SamplingTrigger
from tests.pipeline.policies.traces import ROOT, decided, policy, says, span

FAILED = policy("status_code", {"status_codes": ["ERROR"]}, "failed")
SLOW = policy("latency", {"threshold_ms": 100}, "slow")
TENTH = policy("probabilistic", {"sampling_percentage": 10}, "tenth")
HALF = policy("probabilistic", {"sampling_percentage": 50}, "half")
LIMIT = policy("rate_limiting", {"spans_per_second": 100}, "limit")
NOT_V = policy("string_attribute", {"key": "k", "values": ["v"], "invert_match": True}, "not_v")
DROP = policy(
    "drop", {"drop_sub_policy": [policy("boolean_attribute", {"key": "d", "value": True})]}, "drop"
)
DROP_HALF = policy("drop", {"drop_sub_policy": [HALF]}, "drop_half")
HIGH = (1 << 56) - 1
BAD = {"status": "ERROR"}


@pytest.mark.parametrize(
    ("policies", "spans", "keep", "named", "reason"),
    [
        ([FAILED, SLOW], [BAD | {"ms": 200}], True, "failed", Reason.VOTED),
        ([SLOW, FAILED], [BAD | {"ms": 200}], True, "slow", Reason.VOTED),
        ([FAILED, SLOW], [{}], False, "none", Reason.NO_VOTE),
        ([FAILED, DROP], [BAD | {"attributes": {"d": True}}], False, "drop", Reason.DROP_POLICY),
        (
            [FAILED, NOT_V],
            [BAD | {"attributes": {"k": "v"}}],
            False,
            "not_v",
            Reason.INVERTED_MATCH,
        ),
        ([NOT_V], [{}], True, "not_v", Reason.VOTED),
        ([NOT_V, DROP], [{}], True, "not_v", Reason.VOTED),
    ],
)
def test_a_decision_names_its_policy_and_its_reason(
    policies: list[dict[str, Any]],
    spans: list[dict[str, Any]],
    keep: bool,
    named: str,
    reason: Reason,
) -> None:
    decision = decided(load({"policies": policies}), spans)
    assert (decision.keep, decision.policy, decision.reason) == (keep, named, reason)
    assert decision.trigger is ROOT
    assert keep or decision.threshold is None


@pytest.mark.parametrize(
    ("policies", "first_match", "spans", "written"),
    [
        ([FAILED, TENTH], False, [BAD], "0"),
        ([FAILED, TENTH], False, [{}], "e666"),
        ([TENTH, HALF], False, [{}], "8"),
        ([TENTH, LIMIT], False, [{}], None),
        ([FAILED, LIMIT], False, [BAD], "0"),
        ([TENTH, FAILED], True, [BAD], "0"),
        ([TENTH, HALF], True, [{}], "8"),
        ([TENTH, LIMIT], True, [{}], None),
        ([NOT_V], False, [{}], "0"),
        ([NOT_V, TENTH], False, [{}], "e666"),
        ([FAILED, policy("not", {"not_sub_policy": TENTH}), HALF], False, [{}], None),
    ],
)
def test_the_threshold_tells_how_likely_such_a_trace_was_to_be_kept(
    policies: list[dict[str, Any]],
    first_match: bool,
    spans: list[dict[str, Any]],
    written: str | None,
) -> None:
    block = {"policies": policies, "sample_on_first_match": first_match}
    decision = decided(load(block), spans, trace_id=HIGH)
    assert decision.keep
    assert (None if decision.threshold is None else th_hex(decision.threshold)) == written


def test_a_drop_by_chance_leaves_no_threshold() -> None:
    decision = decided(load({"policies": [FAILED, DROP_HALF]}), [BAD], trace_id=0)
    assert (decision.keep, decision.threshold) == (True, None)


def test_the_votes_stand_in_the_order_of_the_names() -> None:
    policies = load({"policies": [FAILED, SLOW, DROP], "sample_on_first_match": True})
    assert policies.names == ("drop", "failed", "slow")
    assert decided(policies, [BAD]).votes == (Vote.NOT_SAMPLED, Vote.SAMPLED, Vote.NOT_ASKED)
    dropped = decided(policies, [{"attributes": {"d": True}}])
    assert dropped.votes == (Vote.DROPPED, Vote.NOT_ASKED, Vote.NOT_ASKED)


@pytest.mark.parametrize(
    ("policies", "first_match", "early"),
    [
        ([FAILED, TENTH], False, {"failed": "", "tenth": "chance decides"}),
        ([FAILED, DROP], False, {"failed": "drop could still drop the trace"}),
        ([FAILED, NOT_V], False, {"failed": "not_v could still vote inverted"}),
        ([FAILED, NOT_V], True, {"failed": ""}),
        ([NOT_V, FAILED], True, {"failed": "not_v could still vote inverted"}),
        ([FAILED, LIMIT], False, {"failed": "limit counts every complete trace"}),
        ([FAILED, LIMIT], True, {"failed": ""}),
        (
            [policy("latency", {"threshold_ms": 1, "upper_threshold_ms": 9})],
            False,
            {"p": "may grow past"},
        ),
        (
            [policy("span_count", {"min_spans": 1, "max_spans": 9})],
            False,
            {"p": "may pass max_spans"},
        ),
        ([policy("span_count", {"min_spans": 1})], False, {"p": ""}),
        ([policy("and", {"and_sub_policy": [FAILED, SLOW]})], False, {"p": ""}),
        ([policy("and", {"and_sub_policy": [FAILED, TENTH]})], False, {"p": "chance decides"}),
        ([policy("not", {"not_sub_policy": FAILED})], False, {"p": "may still come true"}),
        ([policy("all_spans", {"all_spans_sub_policy": FAILED})], False, {"p": "a later span"}),
    ],
)
def test_the_analysis_tells_who_may_decide_early_and_why_not(
    policies: list[dict[str, Any]], first_match: bool, early: dict[str, str]
) -> None:
    loaded = load({"policies": policies, "sample_on_first_match": first_match})
    told = {told.name: told for told in loaded.analysis()}
    for name, why_not in early.items():
        assert told[name].early is (why_not == "")
        assert why_not in told[name].why_not


def test_a_keep_that_is_certain_is_told_at_once_and_only_then() -> None:
    policies = load({"policies": [FAILED, TENTH]})
    score = policies.score()
    policies.observe(score, span()[0], None, None)
    assert policies.early(score) is None
    policies.observe(score, span(status="ERROR")[0], None, None)
    decision = policies.early(score)
    assert decision is not None
    assert (decision.keep, decision.threshold, decision.policy) == (True, 0, "failed")
    assert decision.trigger is SamplingTrigger.EARLY


def test_a_condition_that_fails_is_no_early_keep() -> None:
    asked = {"error_mode": "propagate", "span": ['attributes["k"]["x"] == 1']}
    policies = load({"policies": [policy("ottl_condition", asked)]})
    score = policies.score()
    policies.observe(score, span(attributes={"k": 5})[0], None, None)
    assert policies.early(score) is None
    assert policies.statistics().errors == {}


@pytest.mark.parametrize(
    ("said", "keep", "named"),
    [(None, True, "non_agent"), (says(Role.OTHER), True, "non_agent"), (says(), False, "none")],
)
def test_traces_without_an_agent_can_pass(said: AgentSpan | None, keep: bool, named: str) -> None:
    policies = load({"policies": [FAILED]}, non_agent=NonAgent.PASS)
    score = policies.score()
    policies.observe(score, span()[0], said, None)
    decision = policies.decide(score, TraceHead(7), 0, ROOT)
    assert (decision.keep, decision.policy) == (keep, named)


@pytest.mark.parametrize("turned", [False, True])
def test_spans_that_disagree_on_their_randomness_do_so_in_any_order(
    turned: bool,
) -> None:
    states = ("ot=rv:ffffffffffffff", "ot=rv:00000000000000")
    policies = load({"policies": [TENTH]})
    score = policies.score()
    for state in reversed(states) if turned else states:
        policies.observe(score, span()[0], None, None, SpanContext(state))
    assert policies.decide(score, TraceHead(0), 0, ROOT).keep


def test_a_threshold_on_any_span_leaves_chance_to_the_trace_id() -> None:
    policies = load({"policies": [HALF]})
    score = policies.score()
    head = TraceHead(0, conversation="conv-1")
    assert policies.decide(score, head, 0, ROOT).keep
    policies.observe(score, span()[0], None, None, SpanContext("ot=th:8"))
    assert not policies.decide(score, head, 0, ROOT).keep


def test_scores_share_nothing() -> None:
    policies = load({"policies": [FAILED]})
    failed, fine = policies.score(), policies.score()
    policies.observe(failed, span(status="ERROR")[0], None, None)
    assert policies.decide(failed, TraceHead(7), 0, ROOT).keep
    assert not policies.decide(fine, TraceHead(7), 0, ROOT).keep
