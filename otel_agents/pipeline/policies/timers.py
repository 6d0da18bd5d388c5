"""The keys of a `tail_sampling` block that say when, and of how much, is decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies.block import Block

KEYS: Final = (
    "decision_wait",
    "decision_wait_after_root_received",
    "num_traces",
    "block_on_overflow",
    "expected_new_traces_per_sec",
    "num_shards",
    "decision_cache",
    "sample_on_first_match",
    "drop_pending_traces_on_shutdown",
    "maximum_trace_size_bytes",
    "sampling_strategy",
    "tail_storage",
)
CACHE_KEYS: Final = ("sampled_cache_size", "non_sampled_cache_size")

_COLLECTOR_WAIT_NS = 30 * 10**9
_COLLECTOR_TRACES = 50_000
_MAX_SHARDS = 256


class Strategy(StrEnum):
    """When policies are asked."""

    TRACE_COMPLETE = "trace-complete"
    SPAN_INGEST = "span-ingest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """When a trace is decided, and how much is held until then.

    None means that the block does not say; with `compat` the Collector's own defaults stand
    in its place.

    Attributes:
        decision_wait_ns: How long to wait for a trace.
        decision_wait_after_root_ns: How long after its root; it only shortens the wait.
        num_traces: Traces held at most.
        block_on_overflow: Whether to push back rather than to evict the oldest.
        expected_new_traces_per_s: Room to prepare; it has no other meaning.
        num_shards: Decision loops side by side.
        sampled_cache: Kept traces remembered, 0 for none.
        non_sampled_cache: Dropped traces remembered, 0 for none.
        drop_pending_on_shutdown: Whether shutdown discards what is undecided.
        max_trace_bytes: A trace over it is dropped, 0 for no bound.
        strategy: When policies are asked.
    """

    decision_wait_ns: int | None = None
    decision_wait_after_root_ns: int | None = None
    num_traces: int | None = None
    block_on_overflow: bool = False
    expected_new_traces_per_s: int = 0
    num_shards: int = 1
    sampled_cache: int | None = None
    non_sampled_cache: int | None = None
    drop_pending_on_shutdown: bool = False
    max_trace_bytes: int | None = None
    strategy: Strategy = Strategy.TRACE_COMPLETE


def timers(where: str, keys: Mapping[str, object], *, compat: bool) -> Timers:
    """Read the timers of a block.

    Args:
        where: The path of the block.
        keys: The block.
        compat: Whether the Collector's defaults stand in for what it does not say.

    Raises:
        ConfigError: If a value cannot be used.
    """
    block = Block(where, {key: keys[key] for key in KEYS if key in keys}, KEYS)
    if block.keys.get("tail_storage") is not None:
        raise block.refuse("tail_storage", "no such key: undecided spans are held in memory only")
    cache = Block(block.at("decision_cache"), block.keys.get("decision_cache"), CACHE_KEYS)
    shards = block.whole("num_shards", 1, 1)
    if shards > _MAX_SHARDS:
        raise ConfigError(block.at("num_shards"), shards, f"at most {_MAX_SHARDS}")
    default = 0 if compat else None
    return Timers(
        decision_wait_ns=block.duration_ns("decision_wait", _COLLECTOR_WAIT_NS if compat else None),
        decision_wait_after_root_ns=block.duration_ns("decision_wait_after_root_received", default),
        num_traces=_whole(block, "num_traces", _COLLECTOR_TRACES if compat else None, 1),
        block_on_overflow=block.flag("block_on_overflow"),
        expected_new_traces_per_s=block.whole("expected_new_traces_per_sec", 0),
        num_shards=shards,
        sampled_cache=_whole(cache, "sampled_cache_size", default, 0),
        non_sampled_cache=_whole(cache, "non_sampled_cache_size", default, 0),
        drop_pending_on_shutdown=block.flag("drop_pending_traces_on_shutdown"),
        max_trace_bytes=_whole(block, "maximum_trace_size_bytes", default, 0),
        strategy=Strategy(
            block.word("sampling_strategy", tuple(Strategy), Strategy.TRACE_COMPLETE)
        ),
    )


def _whole(block: Block, key: str, default: int | None, least: int) -> int | None:
    return default if block.keys.get(key) is None else block.whole(key, None, least)
