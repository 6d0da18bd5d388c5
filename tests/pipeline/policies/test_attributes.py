from typing import Any

import pytest

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies import Vote
from tests.pipeline.policies.traces import decided, kept, one

BOTH = pytest.mark.parametrize("compat", [False, True])


def attribute(value: object) -> list[dict[str, Any]]:
    return [{"attributes": {"k": value}}]


@pytest.mark.parametrize(
    ("kind", "block", "value", "strict", "collector"),
    [
        ("numeric_attribute", {"min_value": 1, "max_value": 9}, 5.5, True, False),
        ("numeric_attribute", {"min_value": -1, "max_value": 9}, "text", False, True),
        ("numeric_attribute", {"min_value": 1}, True, False, False),
        ("numeric_attribute", {"min_value": 0, "max_value": 9}, -5, False, True),
        ("numeric_attribute", {"max_value": 9}, -5, True, True),
        ("boolean_attribute", {"value": False}, "text", False, True),
        ("boolean_attribute", {"value": False}, False, True, True),
        ("boolean_attribute", {"value": True}, 1, False, False),
        ("string_attribute", {"values": ["5"]}, 5, False, False),
        ("string_attribute", {"values": [".*"], "enabled_regex_matching": True}, "", False, False),
    ],
)
def test_a_value_of_another_type_is_read_strictly_or_as_the_collector_does(
    kind: str, block: dict[str, Any], value: object, strict: bool, collector: bool
) -> None:
    spans = attribute(value)
    assert kept(kind, {"key": "k", **block}, spans) is strict
    assert kept(kind, {"key": "k", **block}, spans, compat=True) is collector


def test_an_empty_resource_text_matches_a_pattern_only_in_the_collector() -> None:
    block = {"key": "k", "values": ["^$"], "enabled_regex_matching": True}
    spans = [{"resource": {"k": 5}}]
    assert (
        kept("string_attribute", block, spans),
        kept("string_attribute", block, spans, compat=True),
    ) == (False, True)


@BOTH
def test_any_span_of_a_trace_is_enough(compat: bool) -> None:
    spans = [{}, {"attributes": {"k": "w"}}, {"attributes": {"k": "v"}}, {}]
    assert kept("string_attribute", {"key": "k", "values": ["v"]}, spans, compat=compat)


@pytest.mark.parametrize(
    ("kind", "block", "matching", "other"),
    [
        ("string_attribute", {"values": ["v"]}, "v", "w"),
        ("numeric_attribute", {"min_value": 5, "max_value": 7}, 6, 8),
        ("boolean_attribute", {"value": True}, True, False),
    ],
)
def test_an_inverted_match_is_against_a_trace_with_any_match(
    kind: str, block: dict[str, Any], matching: object, other: object
) -> None:
    policies = one(kind, {"key": "k", "invert_match": True, **block})
    both = attribute(other) + attribute(matching)
    assert decided(policies, both).votes == (Vote.INVERT_NOT_SAMPLED,)
    assert decided(policies, attribute(other)).votes == (Vote.INVERT_SAMPLED,)


@pytest.mark.parametrize(
    ("kind", "block", "message"),
    [
        ("string_attribute", {"values": ["v"]}, r"string_attribute\.key: got None"),
        ("string_attribute", {"key": "k", "values": "v"}, r"values: got 'v'"),
        (
            "string_attribute",
            {"key": "k", "values": ["ok", "("], "enabled_regex_matching": True},
            r"values\[1\]: got '\(', expected a regular expression",
        ),
        ("string_attribute", {"key": "k", "cache_max_size": -1}, "cache_max_size: got -1"),
        ("numeric_attribute", {"key": "k"}, "min_value or max_value"),
        ("numeric_attribute", {"key": "k", "min_value": "1"}, "min_value: got '1'"),
        (
            "numeric_attribute",
            {"key": "k", "min_value": 5, "max_value": 3},
            "max_value: got 3, expected at least min_value, which is 5",
        ),
        ("boolean_attribute", {"key": "k"}, "value: got None, expected true or false"),
        ("boolean_attribute", {"key": "k", "value": "true"}, "value: got 'true'"),
    ],
)
def test_a_mistake_is_named(kind: str, block: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        one(kind, block)


def test_bounds_that_the_collector_reads_as_none_are_refused_there_too() -> None:
    with pytest.raises(ConfigError, match="other than 0"):
        one("numeric_attribute", {"key": "k", "min_value": 0}, compat=True)
    assert kept("numeric_attribute", {"key": "k", "min_value": 0}, attribute(0))
