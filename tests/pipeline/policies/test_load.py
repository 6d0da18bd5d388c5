from pathlib import Path
from typing import Any

import pytest
import yaml

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies import NonAgent, load
from otel_agents.pipeline.policies.load import ALONE, MAX_DEPTH, TYPES
from tests.pipeline.policies.traces import decided, policy

ALL = policy("always_sample")


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({}, "tail_sampling.policies: got None, expected a list of policies"),
        ({"policies": []}, r"tail_sampling\.policies: got \[\]"),
        ({"policies": {}}, r"tail_sampling\.policies: got \{\}"),
        ({"policies": [ALL], "decision_waits": "5s"}, "did you mean decision_wait?"),
        ({"policies": [None]}, r"policies\[0\]: got None, expected a policy"),
        ({"policies": ["x"]}, r"policies\[0\]: got 'x', expected a mapping"),
        ({"policies": [{"name": "p"}]}, r"policies\[0\]\.type: got None"),
        (
            {"policies": [{"name": "p", "type": "latncy"}]},
            r"\.type: got 'latncy', .*did you mean latency",
        ),
        ({"policies": [{"name": "p", "type": []}]}, r"\.type: got \[\]"),
        ({"policies": [{"type": "always_sample"}]}, r"policies\[0\]\.name: got ''"),
        ({"policies": [{"name": 5, "type": "always_sample"}]}, r"policies\[0\]\.name: got 5"),
        ({"policies": [ALL | {"latncy": {}}]}, r"policies\[0\]\.latncy: .*did you mean latency"),
        ({"policies": [ALL | {"latency": {}}]}, "this policy's type is always_sample"),
        ({"policies": [ALL], "sample_on_first_match": "yes"}, "sample_on_first_match: got 'yes'"),
        ({5: 1, "policies": [ALL]}, r"tail_sampling\.5: got 5"),
    ],
)
def test_a_mistake_is_named_with_its_full_path(block: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises(ConfigError, match=message):
        load(block)


def test_a_path_begins_where_the_block_stands() -> None:
    with pytest.raises(ConfigError, match=r"agents\.yaml:3: tail_sampling\.policies"):
        load({}, where="agents.yaml:3: tail_sampling")


@pytest.mark.parametrize("kind", ALONE)
def test_what_decides_on_the_whole_stands_alone(kind: str) -> None:
    inside = policy("any_of", {"any_of_sub_policy": [policy(kind, {})]})
    with pytest.raises(ConfigError, match=rf"any_of_sub_policy\[0\]\.type: got '{kind}'"):
        load({"policies": [inside]})


def test_a_policy_that_stands_in_itself_is_refused() -> None:
    endless: dict[str, Any] = policy("not")
    endless["not"] = {"not_sub_policy": endless}
    with pytest.raises(ConfigError, match=f"at most {MAX_DEPTH} deep"):
        load({"policies": [endless]})


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        ("and", policy("and", {"and_sub_policy": [ALL]})),
        ("drop", policy("and", {"and_sub_policy": [ALL]})),
    ],
)
def test_what_the_collector_does_not_nest_is_refused_only_for_it(
    parent: str, child: dict[str, Any]
) -> None:
    block = {"policies": [policy(parent, {f"{parent}_sub_policy": [child]})]}
    load(block)
    with pytest.raises(ConfigError, match=f"a type that the Collector takes in {parent}"):
        load(block, compat=True)


def test_the_collector_takes_blocks_of_other_types_and_policies_without_blocks() -> None:
    policies = load({"policies": [policy("latency") | {"probabilistic": {}}]}, compat=True)
    assert decided(policies, [{"ms": 2}]).keep


def test_a_policy_that_must_wait_is_refused_where_spans_are_decided_as_they_come() -> None:
    band = policy("span_count", {"min_spans": 1, "max_spans": 5}, "band")
    block = {"sampling_strategy": "span-ingest", "policies": [ALL, band]}
    with pytest.raises(ConfigError, match=r"policies\[1\]: got 'band', .*span-ingest"):
        load(block)
    load(block | {"policies": [ALL]})


def test_other_traces_are_decided_by_policies_unless_they_are_to_pass() -> None:
    never = {"policies": [policy("probabilistic", {"sampling_percentage": 0})]}
    assert not decided(load(never)).keep
    assert decided(load(never, non_agent=NonAgent.PASS)).keep


def test_every_type_says_whether_the_collector_has_it() -> None:
    theirs = {name for name, kind in TYPES.items() if kind.collector}
    cases = yaml.safe_load((Path(__file__).parent / "conformance.yaml").read_text())
    tried = {entry["type"] for case in cases for entry in case.get("policies", ())}
    assert tried - theirs == set()
    assert theirs - tried - {"probabilistic", "trace_flags"} == set()
