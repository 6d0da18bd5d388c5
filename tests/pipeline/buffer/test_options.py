"""What holds once a block and the options are read together."""

from math import inf
from typing import Any

import pytest

from otel_agents.errors import ConfigError
from otel_agents.pipeline.buffer.options import Limits, Options, limits
from tests.pipeline.buffer.spans import ALL, ERRORS, S, chance, policies


@pytest.mark.parametrize(
    "wrong",
    [
        {"root_delay_ns": -1},
        {"idle_ns": -1},
        {"max_age_ns": -1},
        {"max_bytes": 0},
        {"max_traces": 0},
        {"max_trace_spans": 0},
        {"max_trace_bytes": 0},
        {"remembered_kept": -1},
        {"remembered_dropped": -1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_cannot_be_kept_is_refused_by_its_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Options(**wrong)


def read(*, compat: bool = False, **keys: Any) -> Limits:  # noqa: ANN401 any key of a block
    return limits(Options(), policies(ERRORS, chance(10), compat=compat, **keys))


@pytest.mark.parametrize(
    ("keys", "strict", "compat"),
    [
        ({}, (5 * S, 60 * S, 1800 * S), (inf, inf, 30 * S)),
        ({"decision_wait": "7s"}, (5 * S, 7 * S, 1800 * S), (inf, inf, 7 * S)),
        (
            {"decision_wait_after_root_received": "2s"},
            (2 * S, 60 * S, 1800 * S),
            (2 * S, inf, 30 * S),
        ),
        (
            {"decision_wait_after_root_received": "0s"},
            (inf, 60 * S, 1800 * S),
            (inf, inf, 30 * S),
        ),
    ],
    ids=["nothing", "wait", "after root", "not after root"],
)
def test_a_wait_is_idle_time_and_in_compat_the_age(
    keys: dict[str, Any], strict: tuple[float, ...], compat: tuple[float, ...]
) -> None:
    for mode, expected in ((False, strict), (True, compat)):
        found = read(compat=mode, **keys)
        assert (found.root_delay_ns, found.idle_ns, found.max_age_ns) == expected


@pytest.mark.parametrize(
    ("keys", "field", "strict", "compat"),
    [
        ({}, "max_traces", 100_000, 50_000),
        ({"num_traces": 7}, "max_traces", 7, 7),
        ({}, "max_trace_spans", 10_000, inf),
        ({}, "max_trace_bytes", 32 * 2**20, inf),
        ({"maximum_trace_size_bytes": 9}, "too_large_bytes", 9, 9),
        ({}, "too_large_bytes", inf, inf),
        ({}, "remembered_kept", 32_768, 50_000),
        ({"decision_cache": {"sampled_cache_size": 9}}, "remembered_kept", 9, 9),
        ({"decision_cache": {"sampled_cache_size": 0}}, "remembered_kept", 0, 50_000),
        ({"decision_cache": {"non_sampled_cache_size": 9}}, "remembered_dropped", 9, 9),
        ({"decision_cache": {"sampled_cache_size": 9}}, "shared_kept", False, False),
        ({}, "shared_kept", False, True),
        ({}, "shared_dropped", False, True),
        ({}, "early", True, False),
        ({"sampling_strategy": "span-ingest"}, "by_span", False, True),
        ({}, "evicts_unasked", False, True),
        ({"block_on_overflow": True}, "pushes_back", True, True),
        ({"drop_pending_traces_on_shutdown": True}, "discards_at_shutdown", True, True),
        ({}, "drop_trivial", True, False),
    ],
)
def test_what_a_block_says_goes_before_the_options(
    keys: dict[str, Any],
    field: str,
    strict: float,
    compat: float,
) -> None:
    found = [getattr(read(compat=mode, **keys), field) for mode in (False, True)]

    assert found == [strict, compat]


def test_nothing_is_early_where_no_policy_is_sure() -> None:
    assert not limits(Options(), policies(chance(10))).early
    assert limits(Options(), policies(ALL)).early
