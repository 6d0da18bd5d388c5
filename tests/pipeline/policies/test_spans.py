from typing import Any

import pytest

from otel_agents.errors import ConfigError
from tests.pipeline.policies.traces import kept, one

BAND = {"threshold_ms": 100, "upper_threshold_ms": 200}


@pytest.mark.parametrize(
    ("block", "spans", "strict", "collector"),
    [
        ({"threshold_ms": 100}, [{"ms": 100.4}], True, False),
        ({"threshold_ms": 100}, [{"ms": 101}], True, True),
        (BAND, [{"ms": 200.9}], False, True),
        (BAND, [{"ms": 150}, {"ms": 250}], False, True),
        (BAND, [{"ms": 250}, {"ms": 150}], False, False),
        ({"threshold_ms": 100}, [{"ms": -500}], False, False),
        ({"threshold_ms": 0}, [{"ms": 0}], False, False),
        ({"threshold_ms": 100}, [], False, False),
        ({"threshold_ms": 100}, [{}, {"at_ms": -200}], True, True),
    ],
)
def test_a_trace_lasts_from_its_first_start_to_its_last_end(
    block: dict[str, Any], spans: list[dict[str, Any]], strict: bool, collector: bool
) -> None:
    assert kept("latency", block, spans) is strict
    assert kept("latency", block, spans, compat=True) is collector


def test_a_broken_end_makes_no_trace_slow() -> None:
    forever = [{"ms": 20 * 366 * 86_400_000.0}]
    assert not kept("latency", {"threshold_ms": 100}, forever)
    assert kept("latency", {"threshold_ms": 100}, forever, compat=True)


@pytest.mark.parametrize(
    ("flags", "keep"), [([0], False), ([0, 1], True), ([0x101], True), ([0x100], False)]
)
def test_the_sampled_flag_of_any_span_counts(flags: list[int], keep: bool) -> None:
    assert kept("trace_flags", None, [{"flags": flag} for flag in flags]) is keep


@pytest.mark.parametrize(
    ("state", "keep"),
    [
        ("k=v", True),
        ("a=b, k=v", True),
        ("k=w,k=v", False),
        ("k=v,k=w", False),
        ("k=v,broken", False),
        ("k=v,Bad=1", False),
        ("k=v ,,", True),
        ("1@k=v,k=v", True),
        ("kk=v", False),
        ("", False),
        ("k", False),
        ("k=v," + ",".join(f"a{n}=b" for n in range(32)), False),
    ],
)
def test_a_valid_tracestate_is_compared_by_its_member_of_that_key(state: str, keep: bool) -> None:
    assert kept("trace_state", {"key": "k", "values": ["v"]}, [{"trace_state": state}]) is keep


@pytest.mark.parametrize(
    ("kind", "block", "message"),
    [
        ("latency", {}, "threshold_ms: got None, expected a whole number of at least 0"),
        ("latency", {"threshold_ms": "5s"}, "threshold_ms: got '5s'"),
        ("latency", {"threshold_ms": -1}, "threshold_ms: got -1"),
        ("latency", {"threshold_ms": 9, "upper_threshold_ms": 9}, "more than threshold_ms"),
        ("status_code", {}, "status_codes: got None"),
        ("status_code", {"status_codes": ["Error"]}, r"status_codes\[0\]: got 'Error'"),
        ("span_count", {"min_spans": 5, "max_spans": 3}, "at least min_spans, which is 5"),
        ("span_count", {"min_spans": 1.5}, "min_spans: got 1.5"),
        ("trace_state", {"key": "k"}, "values: got None"),
        ("trace_state", {"key": "k", "values": ["v" * 256]}, "256 characters"),
        ("always_sample", {"x": 1}, r"always_sample\.x: got 'x', expected one of no keys"),
    ],
)
def test_a_mistake_is_named(kind: str, block: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        one(kind, block)


def test_what_is_impossible_but_loads_in_the_collector_never_matches_there() -> None:
    block = {"threshold_ms": 9, "upper_threshold_ms": 5}
    assert not kept("latency", block, [{"ms": 7}], compat=True)
    assert kept("latency", {}, [{"ms": 1}], compat=True)
