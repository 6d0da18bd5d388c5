from typing import Any

import pytest

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies.timers import Strategy, Timers, timers

S = 10**9


def test_what_a_block_says_is_read() -> None:
    block = {
        "decision_wait": "10s",
        "decision_wait_after_root_received": "2s",
        "num_traces": 100,
        "block_on_overflow": True,
        "expected_new_traces_per_sec": 10,
        "num_shards": 4,
        "decision_cache": {"sampled_cache_size": 1000, "non_sampled_cache_size": 10000},
        "drop_pending_traces_on_shutdown": True,
        "maximum_trace_size_bytes": 5,
        "sampling_strategy": "span-ingest",
    }
    assert timers("t", block, compat=False) == Timers(
        decision_wait_ns=10 * S,
        decision_wait_after_root_ns=2 * S,
        num_traces=100,
        block_on_overflow=True,
        expected_new_traces_per_s=10,
        num_shards=4,
        sampled_cache=1000,
        non_sampled_cache=10000,
        drop_pending_on_shutdown=True,
        max_trace_bytes=5,
        strategy=Strategy.SPAN_INGEST,
    )


def test_what_a_block_does_not_say_is_left_open_or_the_collectors() -> None:
    assert timers("t", {}, compat=False) == Timers()
    assert timers("t", {}, compat=True) == Timers(
        decision_wait_ns=30 * S,
        decision_wait_after_root_ns=0,
        num_traces=50_000,
        sampled_cache=0,
        non_sampled_cache=0,
        max_trace_bytes=0,
    )


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"decision_wait": 30}, "t.decision_wait: got 30, expected a duration"),
        ({"num_traces": 0}, "t.num_traces: got 0"),
        ({"num_shards": 257}, "t.num_shards: got 257, expected at most 256"),
        (
            {"decision_cache": {"sampled_cache": 1}},
            "t.decision_cache.sampled_cache: .*did you mean",
        ),
        ({"decision_cache": 5}, "t.decision_cache: got 5, expected a mapping"),
        ({"sampling_strategy": "span_ingest"}, "did you mean span-ingest"),
        ({"tail_storage": "pebble"}, "t.tail_storage: got 'pebble', expected no such key"),
        ({"block_on_overflow": 1}, "t.block_on_overflow: got 1"),
    ],
)
def test_a_mistake_is_named(block: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        timers("t", block, compat=False)
