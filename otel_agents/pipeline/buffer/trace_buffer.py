"""Holding spans until their trace is decided.

The buffer is told the time and what came; it returns what leaves. It reads no clock, does
no I/O and has no lock: the door has one, and sends after letting go of it.

A trace is decided at the first of: its root ended and a delay has passed; no span came for
a while; it is old; it has so many spans or bytes; it is the oldest and there is no room;
shutdown. It is kept before that where policies are sure. Every decision is remembered, and
the spans that come after it follow it.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final, Generic

from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.buffer.asking import Ask, asking
from otel_agents.pipeline.buffer.held import NEVER_NS, REMOTE, HeldTrace
from otel_agents.pipeline.buffer.links import Link, Links
from otel_agents.pipeline.buffer.options import Options, limits
from otel_agents.pipeline.buffer.released import NOBODY, Item, Released
from otel_agents.pipeline.buffer.room import SPAN_BYTES, Room
from otel_agents.pipeline.buffer.statistics import Statistics
from otel_agents.pipeline.buffer.verdicts import Verdicts
from otel_agents.pipeline.policies import (
    NO_CONTEXT,
    Decision,
    NonAgent,
    PolicySet,
    Reason,
    SpanContext,
    droppable_alone,
)
from otel_agents.pipeline.policies.decision import NO_POLICY
from otel_agents.pipeline.policies.default import CHECK_NS
from otel_agents.record import SpanRecord
from otel_agents.semconv import SamplingTrigger

MAX_SLICE_SPANS: Final = 4096
"""A slice of decisions ends after so many spans, so that it takes at most 5 ms."""

_ROOT, _LATE, _EVICTED = SamplingTrigger.ROOT, SamplingTrigger.LATE, SamplingTrigger.EVICTED
_COMPLETE = (_ROOT, SamplingTrigger.IDLE, SamplingTrigger.MAX_AGE, SamplingTrigger.SHUTDOWN)
_NONE: Final[frozenset[int]] = frozenset()


class TraceBuffer(Generic[Item]):
    """Holds spans within bounds until the policies decide on their trace."""

    def __init__(self, policies: PolicySet, options: Options | None = None) -> None:
        """Start empty.

        Args:
            policies: Who decides; its block's timers go before the options.
            options: Timers and bounds.
        """
        options = options or Options()
        self._policies = policies
        self._limits = bounds = limits(options, policies)
        self._room: Room[Item] = Room(bounds)
        self._verdicts = Verdicts(bounds)
        self._links = Links()
        self._ask: Ask[Item] | None = asking(policies, bounds)
        self._observe = policies.observe
        self._local = options.local
        # Within one process a trace without an agent is known to be one when its root ends.
        self._others_pass_at_root = options.local and policies.non_agent is NonAgent.PASS
        self._drop_trivial = bounds.drop_trivial
        self._max_bytes = bounds.max_bytes
        self._max_trace_spans = bounds.max_trace_spans
        self._max_trace_bytes = min(bounds.max_trace_bytes, bounds.too_large_bytes)
        self._closed = False
        self._now_ns = self._ahead_ns = 0
        self._entered = self._left = self._late = self._streamed = 0
        self._released = self._dropped = self._alone = 0
        self._decided = self._evicted = self._too_large = 0

    def offer(  # noqa: C901, PLR0913, PLR0915, PLR0917 the hot path, in one piece
        self,
        item: Item,
        record: SpanRecord,
        said: AgentSpan | None,
        cost_usd: float | None,
        size_bytes: int,
        now_ns: int,
        context: SpanContext = NO_CONTEXT,
        links: Sequence[Link] = (),
        *,
        leaves: bool = False,
    ) -> Sequence[Released[Item]]:
        """Take a span in; return what leaves because of it, most often nothing.

        Args:
            item: What the door wants back; the buffer never looks into it.
            record: The span; it is not held.
            said: What it says about an agent.
            cost_usd: What it cost, where it is a model call that counts and has a price.
            size_bytes: What the item takes.
            now_ns: The time; a clock that goes back makes no time pass.
            context: Its tracestate and flags.
            links: The spans that it links to.
            leaves: Whether it called another system over the network.
        """
        now = now_ns + self._ahead_ns
        if now < self._now_ns:
            now = self._stand_still(now_ns)
        self._now_ns = now
        room = self._room
        crowds, is_root = False, not record.parent_id
        trace = room.traces.get(record.trace_id)
        if trace is None:
            decision = self._verdicts.of(record.trace_id)
            if decision is not None:
                return (self._follow(item, record, decision, context),)
            crowds = room.full
            trace = self._begin(record.trace_id)
        self._entered += 1
        items, ids = trace.items, trace.ids
        items.append(item)
        ids.append(record.span_id)
        ids.append(record.parent_id)
        trace.last_ns = now
        trace_bytes = trace.byte_size = trace.byte_size + size_bytes
        held_bytes = room.held_bytes = room.held_bytes + size_bytes + SPAN_BYTES
        if said is not None or leaves or links or context is not NO_CONTEXT:
            trace.note(record.span_id, said, context, leaves=leaves)
            if links:
                self._links.note(links)
            is_root = is_root or self._is_local_root(context)
        if said is not None or record.end_ns - record.start_ns < CHECK_NS:
            self._note_trivial(trace, record, said, fixed=is_root or bool(links))
        sure: Decision | None = None
        if self._ask is None:
            self._observe(trace.score, record, said, cost_usd, context)
        else:
            sure = self._ask(trace, record, said, cost_usd, context, now)
        if is_root or crowds or sure is not None or held_bytes > self._max_bytes:
            return self._act(trace, sure, is_root=is_root)
        if len(items) >= self._max_trace_spans or trace_bytes >= self._max_trace_bytes:
            return self._act(trace, sure, is_root=is_root)
        return ()

    def tick(self, now_ns: int, max_traces: int = 256) -> Sequence[Released[Item]]:
        """Return what is due, oldest first, from at most so many traces.

        Call it again while `behind`; a slice takes a few milliseconds.
        """
        now = now_ns + self._ahead_ns
        if now < self._now_ns:
            now = self._stand_still(now_ns)
        self._now_ns = now
        released: list[Released[Item]] = []
        spans = 0
        for trace, trigger in self._room.take_due(now, max_traces):
            released.append(self._decide(trace, trigger))
            spans += len(trace.items)
            if spans >= MAX_SLICE_SPANS:
                break
        return released

    @property
    def behind(self) -> bool:
        """Whether the last tick has left traces that may be due."""
        return self._room.behind

    def pushes_back(self, trace_id: int) -> bool:
        """Whether a span should be held back until a tick has made room for its trace."""
        return (
            self._limits.pushes_back
            and self._room.full
            and trace_id not in self._room.traces
            and self._verdicts.of(trace_id) is None
        )

    def drain(self, max_traces: int | None = None) -> Sequence[Released[Item]]:
        """Decide on what is held, oldest first; the buffer can be used on.

        Args:
            max_traces: How many traces at most; call it again until nothing comes.
        """
        released: list[Released[Item]] = []
        while self._room.traces and (max_traces is None or len(released) < max_traces):
            released.append(self._shut(self._room.oldest()))
        return released

    def close(self) -> None:
        """Decide from now on as at shutdown, on each span as it comes; drain the rest."""
        self._closed = True
        self._max_trace_spans = 0

    def statistics(self) -> Statistics:
        """Return what is held and what became of the spans that came."""
        return Statistics(
            accepted=self._entered + self._late + self._streamed,
            dropped=self._dropped,
            undecided=self._entered - self._left,
            released=self._released,
            dropped_alone=self._alone,
            late=self._late,
            streamed=self._streamed,
            traces=self._decided,
            held_traces=len(self._room.traces),
            held_bytes=self._room.held_bytes,
            remembered=len(self._verdicts),
            evicted=self._evicted,
            too_large=self._too_large,
        )

    # --- a span comes -----------------------------------------------------------------------

    def _stand_still(self, now_ns: int) -> int:
        """Return the time if the clock went back: it stays as it was, and goes on from there."""
        self._ahead_ns = self._now_ns - now_ns
        return self._now_ns

    def _begin(self, trace_id: int) -> HeldTrace[Item]:
        trace = self._room.begin(trace_id, self._policies.score(), self._now_ns)
        if self._limits.evicts_unasked:
            self._verdicts.share(self._limits.max_traces - len(self._room.traces))
        return trace

    def _is_local_root(self, context: SpanContext) -> bool:
        return self._local and context.flags & REMOTE == REMOTE

    def _note_trivial(
        self,
        trace: HeldTrace[Item],
        record: SpanRecord,
        said: AgentSpan | None,
        *,
        fixed: bool,
    ) -> None:
        if self._drop_trivial and not fixed and droppable_alone(record, said):
            trace.note_trivial()

    def _act(
        self, trace: HeldTrace[Item], sure: Decision | None, *, is_root: bool
    ) -> Sequence[Released[Item]]:
        """Decide what has become due by a span."""
        bounds = self._limits
        trigger: SamplingTrigger | None = None
        if is_root and trace.root_ns == NEVER_NS:
            trigger = self._root_came(trace)
        if sure is not None:
            return (self._release(trace, sure),)
        if self._closed:
            return (self._shut(trace),)
        if trace.byte_size > bounds.too_large_bytes:
            self._too_large += 1
            return (self._refuse(trace, SamplingTrigger.BYTE_LIMIT),)
        if len(trace.items) >= bounds.max_trace_spans:
            trigger = SamplingTrigger.SPAN_LIMIT
        elif trace.byte_size >= bounds.max_trace_bytes:
            trigger = SamplingTrigger.BYTE_LIMIT
        if trigger is not None:
            return (self._decide(trace, trigger),)
        return self._make_room() if self._room.crowded else ()

    def _root_came(self, trace: HeldTrace[Item]) -> SamplingTrigger | None:
        """Note that the root came; return a trigger if nothing has to be waited for."""
        self._room.root_came(trace, self._now_ns)
        passes = self._others_pass_at_root and not trace.holds_agent
        return _ROOT if passes or not self._limits.root_delay_ns else None

    def _make_room(self) -> list[Released[Item]]:
        released: list[Released[Item]] = []
        while self._room.crowded:
            oldest = self._room.oldest()
            self._evicted += 1
            if self._limits.evicts_unasked:
                released.append(self._refuse(oldest, _EVICTED, remember=False))
            else:
                released.append(self._decide(oldest, _EVICTED))
        return released

    def _follow(
        self, item: Item, record: SpanRecord, decision: Decision, context: SpanContext
    ) -> Released[Item]:
        """Let a span follow what was decided before it came."""
        if decision.trigger is _LATE:
            self._late += 1
        else:
            self._streamed += 1
        if not decision.keep:
            self._dropped += 1
            return Released(record.trace_id, (), decision, 1, follows=True)
        self._released += 1
        is_root = not record.parent_id or self._is_local_root(context)
        bearer = 0 if is_root else NOBODY
        return Released(record.trace_id, (item,), decision, bearer=bearer, follows=True)

    # --- a trace leaves ---------------------------------------------------------------------

    def _shut(self, trace: HeldTrace[Item]) -> Released[Item]:
        if self._limits.discards_at_shutdown:
            return self._refuse(trace, SamplingTrigger.SHUTDOWN)
        return self._decide(trace, SamplingTrigger.SHUTDOWN)

    def _decide(self, trace: HeldTrace[Item], trigger: SamplingTrigger) -> Released[Item]:
        if self._limits.by_span:
            return self._refuse(trace, trigger)
        decision = self._policies.decide(trace.score, trace.head(), self._now_ns, trigger)
        return self._release(trace, decision)

    def _refuse(
        self, trace: HeldTrace[Item], trigger: SamplingTrigger, *, remember: bool = True
    ) -> Released[Item]:
        """Drop a trace without asking the policies, as a block may want it."""
        decision = Decision(
            keep=False, threshold=None, policy=NO_POLICY, trigger=trigger, reason=Reason.NO_VOTE
        )
        return self._release(trace, decision, remember=remember)

    def _release(
        self, trace: HeldTrace[Item], decision: Decision, *, remember: bool = True
    ) -> Released[Item]:
        """Let a trace go, kept or dropped."""
        self._room.forget(trace)
        linked = self._links.take(trace.trace_id)
        if remember:
            self._verdicts.remember(trace.trace_id, decision)
        count = len(trace.items)
        self._decided += 1
        self._left += count
        if not decision.keep:
            self._dropped += count
            return Released(trace.trace_id, (), decision, count)
        items: Sequence[Item] = trace.items
        bearer = max(trace.root_at, 0)
        gone = self._trivial(trace, decision, linked)
        if gone:
            items = [item for place, item in enumerate(items) if place not in gone]
            bearer -= sum(place < bearer for place in gone)
            self._alone += len(gone)
            self._dropped += len(gone)
        self._released += len(items)
        return Released(trace.trace_id, items, decision, len(gone), len(gone), bearer)

    def _trivial(
        self, trace: HeldTrace[Item], decision: Decision, linked: AbstractSet[int]
    ) -> AbstractSet[int]:
        """Return the places that go alone: none of a trace of which more is to come."""
        if not trace.trivial or decision.trigger not in _COMPLETE:
            return _NONE
        return _NONE if decision.reason is Reason.NOT_AGENT else trace.trivial_places(linked)
