"""Settling one trace: its reports become logical calls, runs and hand-offs.

The rules stand in `otel_agents.pipeline.tally`. Nothing here depends on the order in
which the spans came: groups are put in order by depth, start and id.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.counted import AgentRun, Counted, Handoff, ModelCall, Owner, ToolCall
from otel_agents.pipeline.lineage import Lineage, Place
from otel_agents.pipeline.merge import merged, same_call, same_run, same_tool

Price: TypeAlias = Callable[[AgentSpan], float | None]
Same: TypeAlias = Callable[[AgentSpan, AgentSpan], bool]
Group: TypeAlias = list[AgentSpan]


class CallTotals(NamedTuple):
    """What a settled model call adds to the runs around it."""

    tokens: int
    cost_usd: float


class TraceTally:
    """One trace, as far as it is known.

    Attributes:
        parents: Span id to parent id, of every span.
        spans: Span id to what it says, of the spans about agents.
        pending: Those of them that are not settled.
        clients: Ids of spans that called another system over the network.
        done: Ids of the spans whose call, run or hand-off is settled.
        calls: Settled model calls, by the id of their outermost span.
        tools: Ids of the outermost spans of settled tool calls.
        rooted: Whether a span without a parent has come.
    """

    __slots__ = (
        "calls",
        "clients",
        "done",
        "parents",
        "pending",
        "rooted",
        "spans",
        "tools",
    )

    def __init__(self) -> None:
        """Begin with an empty trace."""
        self.parents: dict[int, int] = {}
        self.spans: dict[int, AgentSpan] = {}
        self.pending: list[AgentSpan] = []
        self.clients: list[int] = []
        self.done: set[int] = set()
        self.calls: dict[int, CallTotals] = {}
        self.tools: set[int] = set()
        self.rooted = False


class Settlement:
    """Settles what is pending in one trace, once.

    Attributes:
        suppressed: Reports of something that another span reports too.
    """

    def __init__(self, trace: TraceTally, price: Price) -> None:
        """Look at a trace as far as it is known now."""
        self.suppressed = 0
        self._trace = trace
        self._price = price
        self._lineage = Lineage(trace.parents, trace.spans)
        self._left = self._spans_that_leave()

    def settle(self) -> Iterator[Counted]:
        """Yield each logical call, hand-off and run that the pending spans report."""
        pending = {span.role for span in self._trace.pending}
        if Role.INFERENCE in pending:
            for group in self._groups(Role.INFERENCE, _enclosing_call, same_call, split=True):
                yield self._model_call(group)
        if Role.TOOL in pending:
            for group in self._groups(Role.TOOL, _enclosing_tool, same_tool):
                yield self._tool_call(group)
        if Role.HANDOFF in pending:
            for group in self._groups(Role.HANDOFF, _enclosing_tool, same_tool):
                yield Handoff(merged(group), self._owner(group), len(group))
        if Role.AGENT in pending:
            yield from self._runs()
        self._trace.pending = []

    def _groups(
        self,
        role: Role,
        enclosing: Callable[[Place], AgentSpan | None],
        same: Same,
        *,
        split: bool = False,
    ) -> list[Group]:
        """Gather the reports of each thing that has none settled yet, outermost first."""
        heads: dict[int, AgentSpan] = {}
        groups: dict[int, Group] = {}
        place = self._lineage.place
        spans = [s for s in self._trace.spans.values() if s.role is role]
        spans.sort(key=lambda s: (place(s).depth, s.start_ns, s.span_id))
        for span in spans:
            above = enclosing(place(span))
            head = span
            if above is not None and above.role is role and same(above, span):
                head = heads.get(above.span_id, above)
            heads[span.span_id] = head
            groups.setdefault(head.span_id, []).append(span)
        return [fresh for group in groups.values() for fresh in self._fresh(group, split=split)]

    def _fresh(self, group: Group, *, split: bool) -> list[Group]:
        """Leave out what is settled; part what carries response ids that differ."""
        done = self._trace.done
        reports = [span for span in group if span.span_id not in done]
        known: dict[str | None, Group] = {}
        settled = len(reports) < len(group)
        if settled:
            known = {span.response_id: [] for span in group if span.span_id in done}
        first = next((s.response_id for s in group if s.response_id), None) if split else None
        for span in reports:
            key = (span.response_id or first) if split else None
            if settled and (key in known or None in known or key is None):
                continue
            known.setdefault(key, []).append(span)
        done.update(span.span_id for span in reports)
        fresh = [part for part in known.values() if part]
        self.suppressed += len(reports) - len(fresh)
        return fresh

    def _model_call(self, group: Group) -> ModelCall:
        span = merged(group)
        cost_usd = self._price(span)
        tokens = (span.input_tokens or 0) + (span.output_tokens or 0)
        self._trace.calls[group[0].span_id] = CallTotals(tokens, cost_usd or 0.0)
        decided = self._lineage.place(group[0]).agent is not None
        return ModelCall(span, self._owner(group), len(group), decided)

    def _tool_call(self, group: Group) -> ToolCall:
        self._trace.tools.add(group[0].span_id)
        external = any(span.external or span.span_id in self._left for span in group)
        return ToolCall(merged(group), self._owner(group), len(group), external)

    def _owner(self, group: Group) -> Owner:
        owner = self._lineage.place(group[0]).owner
        named = next((span.agent for span in group if span.agent), None)
        return owner if named is None else owner._replace(agent=named)

    def _runs(self) -> Iterator[AgentRun]:
        runs: dict[int, AgentRun] = {}
        for group in self._groups(Role.AGENT, _enclosing_run, same_run):
            nested = self._lineage.place(group[0]).run is not None
            run = AgentRun(merged(group), self._owner(group), len(group), nested)
            runs.update((span.span_id, run) for span in group)
        spans = self._trace.spans
        for span_id, totals in self._trace.calls.items():
            for run, own in self._enclosing(spans[span_id], runs):
                run.calls += 1
                run.own_calls += own
                run.tokens += totals.tokens
                run.cost_usd += totals.cost_usd
        for span_id in self._trace.tools:
            for run, own in self._enclosing(spans[span_id], runs):
                run.tools += 1
                run.own_tools += own
        yield from {id(run): run for run in runs.values()}.values()

    def _enclosing(
        self, span: AgentSpan, runs: dict[int, AgentRun]
    ) -> Iterator[tuple[AgentRun, bool]]:
        """Yield the runs around a span, from the inside out, and whether it is their own."""
        nearest = above = self._lineage.place(span).run
        last: AgentRun | None = None
        while above is not None:
            run = runs.get(above.span_id)
            if run is not None and run is not last:
                last = run
                yield run, run is runs.get(nearest.span_id) if nearest else False
            above = self._lineage.place(above).run

    def _spans_that_leave(self) -> set[int]:
        above = self._lineage.at_or_above
        found = (above(span_id) for span_id in self._trace.clients)
        return {span.span_id for span in found if span is not None}


def _enclosing_call(place: Place) -> AgentSpan | None:
    return place.call


def _enclosing_tool(place: Place) -> AgentSpan | None:
    return place.tool


def _enclosing_run(place: Place) -> AgentSpan | None:
    return place.agent
