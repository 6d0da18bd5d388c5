"""Every case of conformance.yaml, through these policies."""

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies import PolicySet, Reason, TraceHead, Vote, load, with_threshold
from otel_agents.pipeline.policies.fnv import fnv1a64, salted
from otel_agents.pipeline.policies.randomness import ot_of
from otel_agents.pipeline.policies.threshold import th_hex
from tests.pipeline.policies.traces import ROOT, decided, one

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "conformance.yaml").read_text()
)
VOTES = {
    Vote.SAMPLED: "S",
    Vote.NOT_SAMPLED: "N",
    Vote.DROPPED: "D",
    Vote.INVERT_SAMPLED: "IS",
    Vote.INVERT_NOT_SAMPLED: "IN",
    Vote.ERROR: "E",
    Vote.NOT_ASKED: "-",
}
MODES = ("strict", "otelcol")


def having(key: str) -> list[Any]:
    """Find the cases that have a key, once for each mode that they hold for."""
    return [
        pytest.param(case, mode, id=f"{case['case']}-{case['name']}-{place}-{mode}")
        for place, case in enumerate(CASES)
        if key in case
        for mode in case.get("modes", MODES)
    ]


def loaded(case: dict[str, Any], mode: str) -> PolicySet:
    block = case.get("block") or {"policies": case["policies"]}
    return load(block, compat=mode == "otelcol")


@pytest.mark.parametrize(("case", "mode"), having("traces"))
def test_a_trace_is_decided_as_the_case_says(case: dict[str, Any], mode: str) -> None:
    policies = loaded(case, mode)
    for trace in case["traces"]:
        for _ in range(trace.get("times", 1)):
            assert outcome(policies, trace) == expected(trace)
    assert policies.statistics().errors == case.get("errors", {})


def outcome(policies: PolicySet, trace: dict[str, Any]) -> tuple[Any, ...]:
    spans = [
        {key: value for key, value in given.items() if key != "times"}
        for given in trace["spans"]
        for _ in range(given.get("times", 1))
    ]
    state = spans[0].get("trace_state", "") if spans else ""
    decision = decided(
        policies,
        spans,
        trace_id=int(trace.get("trace_id", "7"), 16),
        now_ns=trace.get("at_s", 0) * 10**9,
        trace_state=state,
        byte_size=trace.get("bytes", 0),
    )
    letter = "S" if decision.keep else "D" if decision.reason is Reason.DROP_POLICY else "N"
    written = ot_of(with_threshold(state, decision.threshold)).th if decision.keep else None
    return (
        letter,
        [VOTES[vote] for vote in decision.votes] if "votes" in trace else None,
        ("erased" if written is None else th_hex(written)) if "th" in trace else None,
    )


def expected(trace: dict[str, Any]) -> tuple[Any, ...]:
    return trace["expect"], trace.get("votes"), trace.get("th")


@pytest.mark.parametrize(("case", "mode"), having("error"))
def test_a_block_that_cannot_be_used_is_refused(case: dict[str, Any], mode: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(case, mode)

    assert case["error"] in str(caught.value)


@pytest.mark.parametrize(("case", "mode"), having("shares"))
def test_a_percentage_keeps_that_share(case: dict[str, Any], mode: str) -> None:
    drawn = random.Random(19)
    heads = [TraceHead(drawn.getrandbits(128)) for _ in range(20_000)]
    for percentage, share in case["shares"].items():
        policies = one(
            "probabilistic", {"sampling_percentage": percentage}, compat=mode == "otelcol"
        )
        score = policies.score()
        kept = sum(policies.decide(score, head, 0, ROOT).keep for head in heads)

        assert abs(100 * kept / len(heads) - share) <= (0 if share in (0, 100) else 1)


@pytest.mark.parametrize(("case", "mode"), having("goldens"))
def test_the_hash_of_a_trace_id_is_the_collectors(case: dict[str, Any], mode: str) -> None:
    for golden in case["goldens"]:
        trace_id = int(golden["trace_id"], 16)
        assert f"{fnv1a64(salted(''), trace_id):016x}" == golden["hash"]
        for salt, edge in (("", golden["from"]), ("test-salt", golden["test-salt"])):
            for percentage, keep in ((edge - 0.0002, False), (edge + 0.0002, True)):
                block = {"sampling_percentage": percentage, "hash_salt": salt}
                policies = one("probabilistic", block, compat=mode == "otelcol")
                head = TraceHead(trace_id)
                assert policies.decide(policies.score(), head, 0, ROOT).keep is keep


def test_every_case_is_there_and_only_the_buffers_own_are_left_to_it() -> None:
    assert {case["case"] for case in CASES} == set(range(1, 51))
    waiting = {case["case"] for case in CASES if case.get("room") == "buffer"}
    assert waiting == set(range(38, 49))
