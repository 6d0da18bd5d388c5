"""What holds whatever happens: every span leaves once, in order, within the bounds."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from otel_agents.pipeline.agent_span import Role
from otel_agents.pipeline.buffer import Options, Released, TraceBuffer
from otel_agents.pipeline.buffer.room import SPAN_BYTES, TRACE_BYTES
from otel_agents.pipeline.buffer.wheel import SLOT_NS
from otel_agents.pipeline.policies import NonAgent, PolicySet, default
from otel_agents.record import StatusCode
from tests.pipeline.buffer.spans import (
    ALL,
    ERRORS,
    START_NS,
    WHOLE,
    S,
    chance,
    policies,
    record,
    says,
)

DROP = {"name": "drop", "type": "drop", "drop": {"drop_sub_policy": [ERRORS]}}
SETS: dict[str, Callable[[], PolicySet]] = {
    "default": default,
    "default for all": lambda: default(non_agent=NonAgent.POLICIES),
    "errors": lambda: policies(ERRORS, chance(50)),
    "all": lambda: policies(ALL),
    "whole": lambda: policies(WHOLE),
    "drop": lambda: policies(ALL, DROP, num_traces=4),
    "compat": lambda: policies(ERRORS, chance(50), compat=True, num_traces=4),
    "by span": lambda: policies(ERRORS, compat=True, sampling_strategy="span-ingest"),
    "small": lambda: policies(ERRORS, decision_wait="1s", maximum_trace_size_bytes=900),
}
REOPENS = ("compat",)
"""Sets under which a trace that was evicted or forgotten begins again, as in the Collector."""

OPTIONS = {
    "wide": Options(),
    "narrow": Options(max_bytes=12_000, max_traces=5, max_trace_spans=6, max_trace_bytes=2000),
    "quick": Options(root_delay_ns=0, idle_ns=S, max_age_ns=2 * S),
    "gateway": Options(local=False, drop_trivial=False, max_traces=3),
}
SIZES = (1, 100, 700)
roles = st.sampled_from([None, None, Role.AGENT, Role.TOOL, Role.RETRIEVAL, Role.INFERENCE])


class Machine(RuleBasedStateMachine):
    """A buffer beside a list of all that was offered to it."""

    @initialize(chosen=st.sampled_from(sorted(SETS)), options=st.sampled_from(sorted(OPTIONS)))
    def begin(self, chosen: str, options: str) -> None:
        self.reopens = chosen in REOPENS
        self.policies = SETS[chosen]()
        self.options = OPTIONS[options]
        self.buffer: TraceBuffer[tuple[int, int]] = TraceBuffer(self.policies, self.options)
        self.now_ns = START_NS
        self.offered: dict[int, int] = defaultdict(int)
        self.ended: dict[int, int] = defaultdict(int)
        self.kept: dict[int, list[int]] = defaultdict(list)
        self.decisions: dict[int, list[bool]] = defaultdict(list)
        self.spans_kept = self.spans_dropped = 0

    def see(self, released: Sequence[Released[tuple[int, int]]]) -> None:
        """Check what leaves against what was offered."""
        for one in released:
            self.kept[one.trace_id] += [place for _, place in one.items]
            self.ended[one.trace_id] += len(one.items) + one.spans_dropped
            self.spans_kept += len(one.items)
            self.spans_dropped += one.spans_dropped
            assert {trace_id for trace_id, _ in one.items} <= {one.trace_id}
            assert one.decision.keep or not one.items
            assert one.dropped_alone == (one.spans_dropped if one.decision.keep else 0)
            assert -1 <= one.bearer < max(1, len(one.items))
            if one.follows:
                assert one.decision.keep is self.decisions[one.trace_id][-1]
            else:
                assert one.items or not one.decision.keep
                self.decisions[one.trace_id].append(one.decision.keep)

    @rule(
        trace_id=st.integers(1, 8),
        span_id=st.integers(1, 6),
        parent_id=st.integers(0, 6),
        failed=st.sampled_from([False, False, False, True]),
        role=roles,
        ms=st.sampled_from([0.5, 5]),
        size=st.sampled_from(SIZES),
        linked=st.booleans(),
    )
    def offer(
        self,
        *,
        trace_id: int,
        span_id: int,
        parent_id: int,
        failed: bool,
        role: Role | None,
        ms: float,
        size: int,
        linked: bool,
    ) -> None:
        status = StatusCode.ERROR if failed else StatusCode.UNSET
        made = record(trace_id, span_id, parent_id, status=status, ms=ms)
        said = None if role is None else says(role, failed=failed)
        self.offered[trace_id] += 1
        item = (trace_id, self.offered[trace_id])
        links = [(trace_id, 3)] if linked else []
        self.see(self.buffer.offer(item, made, said, None, size, self.now_ns, links=links))

    @rule(seconds=st.sampled_from([0.01, 0.5, 6, 70, 2000]))
    def wait(self, seconds: float) -> None:
        self.now_ns += int(seconds * S)

    @rule(seconds=st.sampled_from([1, 5000]))
    def clock_goes_back(self, seconds: int) -> None:
        self.now_ns -= seconds * S

    @rule(max_traces=st.sampled_from([1, 3, 256]))
    def tick(self, max_traces: int) -> None:
        released = self.buffer.tick(self.now_ns, max_traces)
        assert len(released) <= max_traces
        self.see(released)

    @rule()
    def wait_for_everything(self) -> None:
        # A clock that went back must be seen there: time counts from what was read last.
        self.see(self.buffer.tick(self.now_ns))
        self.now_ns += self.options.max_age_ns + 60 * S + SLOT_NS
        self.see(self.buffer.tick(self.now_ns))
        while self.buffer.behind:
            self.see(self.buffer.tick(self.now_ns))
        assert self.buffer.statistics().held_traces == 0

    @rule(max_traces=st.sampled_from([1, None]))
    def drain(self, max_traces: int | None) -> None:
        self.see(self.buffer.drain(max_traces))

    @rule()
    def close(self) -> None:
        self.buffer.close()

    @invariant()
    def every_span_is_accounted_for(self) -> None:
        told = self.buffer.statistics()
        assert told.accepted == told.dropped + told.undecided + told.released
        assert told.accepted == sum(self.offered.values())
        assert told.dropped == self.spans_dropped
        assert told.released == self.spans_kept

    @invariant()
    def no_more_is_held_than_the_bounds_allow(self) -> None:
        told = self.buffer.statistics()
        least = TRACE_BYTES * told.held_traces + (SPAN_BYTES + min(SIZES)) * told.undecided
        assert least <= told.held_bytes <= self.options.max_bytes
        assert told.held_traces <= (self.policies.timers.num_traces or self.options.max_traces)
        if not self.policies.compat:
            most = told.held_traces * (self.options.max_trace_spans - 1)
            assert told.undecided <= most

    @invariant()
    def every_trace_is_decided_once_and_leaves_in_order(self) -> None:
        for trace_id, places in self.kept.items():
            assert places == sorted(set(places))
            assert self.ended[trace_id] <= self.offered[trace_id]
        if not self.reopens:
            assert all(len(decisions) <= 1 for decisions in self.decisions.values())

    def teardown(self) -> None:
        if hasattr(self, "buffer"):
            self.see(self.buffer.drain())
            told = self.buffer.statistics()
            assert (told.undecided, told.held_bytes, told.held_traces) == (0, 0, 0)
            assert self.ended == {key: count for key, count in self.offered.items() if count}


Machine.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestBuffer = pytest.mark.timeout(60)(Machine.TestCase)
