"""When a trace is decided at the latest, and how much is held until then."""

from dataclasses import dataclass
from math import inf
from typing import Final

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies import PolicySet
from otel_agents.pipeline.policies.timers import Strategy

_SECOND: Final = 10**9
_TIMES: Final = ("root_delay_ns", "idle_ns", "max_age_ns")
_SIZES: Final = ("max_bytes", "max_traces", "max_trace_spans", "max_trace_bytes")
_COUNTS: Final = ("remembered_kept", "remembered_dropped")


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Timers and bounds of the trace buffer.

    Attributes:
        root_delay_ns: How long after its root a trace waits for spans that come late.
        idle_ns: How long a trace without a root waits after its last span.
        max_age_ns: How long a trace waits at most.
        max_bytes: How much is held; past it the oldest traces are decided.
        max_traces: How many traces are held, likewise.
        max_trace_spans: With so many spans a trace is decided, and the rest follows.
        max_trace_bytes: With so many bytes, likewise.
        remembered_kept: Decisions to keep that late spans still find.
        remembered_dropped: Decisions to drop that late spans still find.
        local: Whether all spans are one process's own. A span below a remote parent is then
            a root, and a trace that holds no agent when its root ends need not wait.
        drop_trivial: Whether single spans that tell nothing are dropped from kept traces.
    """

    root_delay_ns: int = 5 * _SECOND
    idle_ns: int = 60 * _SECOND
    max_age_ns: int = 1800 * _SECOND
    max_bytes: int = 256 * 2**20
    max_traces: int = 100_000
    max_trace_spans: int = 10_000
    max_trace_bytes: int = 32 * 2**20
    remembered_kept: int = 32_768
    remembered_dropped: int = 32_768
    local: bool = True
    drop_trivial: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be kept."""
        for name in (*_TIMES, *_COUNTS):
            if getattr(self, name) < 0:
                expected = "a time of 0 or more" if name in _TIMES else "a number of 0 or more"
                raise ConfigError(name, getattr(self, name), expected)
        for name in _SIZES:
            if getattr(self, name) < 1:
                raise ConfigError(name, getattr(self, name), "1 or more")


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What holds once a block's own timers are read; `inf` where nothing bounds it.

    Attributes:
        root_delay_ns: How long to wait after the root.
        idle_ns: How long to wait after the last span.
        max_age_ns: How long to wait after the first span.
        max_bytes: Bytes held.
        max_traces: Traces held.
        max_trace_spans: Spans with which a trace is decided.
        max_trace_bytes: Bytes with which a trace is decided.
        too_large_bytes: Bytes over which a trace is dropped, whatever policies say.
        remembered_kept: Decisions to keep that are remembered.
        remembered_dropped: Decisions to drop that are remembered.
        shared_kept: Whether remembered keeps take the room of traces held.
        shared_dropped: Whether remembered drops do.
        early: Whether a trace may be kept before it is complete.
        by_span: Whether policies are asked of each span alone, and never of a whole trace.
        evicts_unasked: Whether eviction drops without asking the policies.
        pushes_back: Whether the door should hold a new trace back rather than evict.
        discards_at_shutdown: Whether shutdown drops what is undecided.
        drop_trivial: Whether single spans are dropped from kept traces.
    """

    root_delay_ns: float
    idle_ns: float
    max_age_ns: float
    max_bytes: int
    max_traces: int
    max_trace_spans: float
    max_trace_bytes: float
    too_large_bytes: float
    remembered_kept: int
    remembered_dropped: int
    shared_kept: bool
    shared_dropped: bool
    early: bool
    by_span: bool
    evicts_unasked: bool
    pushes_back: bool
    discards_at_shutdown: bool
    drop_trivial: bool


def limits(options: Options, policies: PolicySet) -> Limits:
    """Return what holds for a block: what it says itself goes before the options.

    `decision_wait` counts from a trace's last span, with `compat` from its first; there
    everything is as in the Collector, save that `max_bytes` holds.
    """
    said, compat = policies.timers, policies.compat
    traces = options.max_traces if said.num_traces is None else said.num_traces
    wait = said.decision_wait_ns
    after_root = said.decision_wait_after_root_ns
    shared_kept = compat and not said.sampled_cache
    shared_dropped = compat and not said.non_sampled_cache
    kept = options.remembered_kept if said.sampled_cache is None else said.sampled_cache
    dropped = (
        options.remembered_dropped if said.non_sampled_cache is None else said.non_sampled_cache
    )
    return Limits(
        # In a block, 0 means that the root is nothing special.
        root_delay_ns=options.root_delay_ns if after_root is None else after_root or inf,
        idle_ns=inf if compat else options.idle_ns if wait is None else wait,
        max_age_ns=wait if compat and wait is not None else options.max_age_ns,
        max_bytes=options.max_bytes,
        max_traces=traces,
        max_trace_spans=inf if compat else options.max_trace_spans,
        max_trace_bytes=inf if compat else options.max_trace_bytes,
        too_large_bytes=said.max_trace_bytes or inf,
        remembered_kept=traces if shared_kept else kept,
        remembered_dropped=traces if shared_dropped else dropped,
        shared_kept=shared_kept,
        shared_dropped=shared_dropped,
        early=not compat and any(told.early for told in policies.analysis()),
        by_span=compat and said.strategy is Strategy.SPAN_INGEST,
        evicts_unasked=compat,
        pushes_back=said.block_on_overflow,
        discards_at_shutdown=said.drop_pending_on_shutdown,
        drop_trivial=options.drop_trivial and not compat,
    )
