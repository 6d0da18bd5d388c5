"""Settling one trace: its reports become calls, runs, decisions and hand-offs.

The rules stand in `otel_agents.pipeline.tally`. Nothing here depends on the order in
which the spans came: places are put in order by depth, start and id.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.counted import (
    AgentRun,
    Counted,
    Decision,
    Handoff,
    ModelCall,
    Owner,
    ToolCall,
)
from otel_agents.pipeline.dialects.mcp import MCP
from otel_agents.pipeline.lineage import Lineage, Place
from otel_agents.pipeline.merge import merged, same_run, same_tool
from otel_agents.pipeline.trace_tally import CallTotals, TraceTally
from otel_agents.pricing.rates import Rate, Unpriced
from otel_agents.record import SpanKind

# An enum's member is a slow look-up, and these are asked of every span.
_INFERENCE, _TOOL, _HANDOFF = Role.INFERENCE, Role.TOOL, Role.HANDOFF
_AGENT, _DECISION, _RETRIEVAL = Role.AGENT, Role.DECISION, Role.RETRIEVAL

Price: TypeAlias = Callable[[AgentSpan], Rate | Unpriced | None]


_NONE: frozenset[int] = frozenset()


class Settlement:
    """Settles what is pending in one trace, once.

    Attributes:
        suppressed: Reports of what was settled before they came.
    """

    def __init__(self, trace: TraceTally, price: Price) -> None:
        """Look at a trace as far as it is known now."""
        self.suppressed = 0
        self._trace = trace
        self._price = price
        self._lineage = Lineage(trace.parents, trace.spans)
        self._done: AbstractSet[int] = trace.done or _NONE
        self._left = self._spans_that_leave()
        self._deciding = False
        self._retried: AbstractSet[int] = _NONE

    def settle(self) -> list[Counted]:
        """Return each call, hand-off, decision and run that the pending spans report."""
        heads = self._heads()
        calls = heads.get(_INFERENCE, ())
        self._deciding = _DECISION in heads
        self._retried = _retried(calls) if len(calls) > 1 else _NONE
        runs = [run for head in heads.get(_AGENT, ()) for run in self._run(head)]
        if runs:
            self._credit_settled(heads.get(_RETRIEVAL, ()))
        counted: list[Counted] = []
        for head in calls:
            counted += self._model_calls(head)
        for head in heads.get(_TOOL, ()):
            counted += self._tool_call(head)
        for head in heads.get(_HANDOFF, ()):
            counted += self._handoff(head)
        for head in heads.get(_DECISION, ()):
            counted += self._decision(head)
        counted += runs
        self._trace.pending = False
        self._trace.done = set(self._trace.spans)
        return counted

    def _heads(self) -> dict[Role, list[Place]]:
        """Return the outermost report of each thing, ancestors first."""
        heads: dict[Role, list[Place]] = {}
        for place in self._lineage.top_down():
            role = place.span.role
            if role in _COUNTED and self._join(place, role):
                found = heads.get(role)
                if found is None:
                    heads[role] = [place]
                else:
                    found.append(place)
        return heads

    def _fresh(self, reports: list[AgentSpan]) -> list[AgentSpan]:
        """Leave out what is settled, and all that reports the same thing later."""
        if not self._done:
            return reports
        late = [span for span in reports if span.span_id not in self._done]
        if len(late) == len(reports):
            return reports
        self.suppressed += len(late)
        return []

    def _model_calls(self, head: Place) -> list[ModelCall]:
        reports = head.reports
        if len(reports) == 1 and not self._done:
            return [self._model_call(reports)]
        parts = _by_response_id(reports)
        if len(parts) == 1:
            parts = self._by_branch(reports)
        return [self._model_call(fresh) for part in parts if (fresh := self._fresh(part))]

    def _by_branch(self, reports: list[AgentSpan]) -> list[list[AgentSpan]]:
        """Part calls made side by side under a report that only wraps them.

        A wrapper without usage around several reports with usage, as around the chunks of an
        embedding, stands for them all; the rest of the reports join the first.
        """
        head = reports[0]
        if _used(head):
            return [reports]
        branches: dict[int, list[AgentSpan]] = {}
        branch_of: dict[int, int] = {}
        for span in reports[1:]:
            above = self._lineage.places[span.span_id].call
            branch = branch_of.get(above.span.span_id, span.span_id) if above else span.span_id
            branch_of[span.span_id] = branch
            branches.setdefault(branch, []).append(span)
        paid = [part for part in branches.values() if any(map(_used, part))]
        if len(paid) <= 1:
            return [reports]
        unpaid = [s for part in branches.values() if not any(map(_used, part)) for s in part]
        return [[head, *unpaid, *paid[0]], *paid[1:]]

    def _model_call(self, reports: list[AgentSpan]) -> ModelCall:
        span = merged(reports)
        usage = span.usage
        rate = self._price(span)
        cost_usd = rate.cost_usd(usage) if isinstance(rate, Rate) else None
        place = self._lineage.places[reports[0].span_id]
        tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0)
        totals = CallTotals(span.model, tokens, cost_usd or 0.0)
        if self._trace.calls is None:
            self._trace.calls = {}
        self._trace.calls[span.span_id] = totals
        _credit_call(place, totals)
        decided = place.agent is not None
        if decided and self._deciding:
            decided = self._decision_around(place) is None
        retried = span.span_id in self._retried
        owner = _owner(place, span)
        return ModelCall(span, owner, len(reports), decided, usage, rate, cost_usd, retried)

    def _tool_call(self, head: Place) -> list[ToolCall]:
        reports = self._fresh(head.reports)
        if not reports:
            return []
        if self._trace.tools is None:
            self._trace.tools = set()
        self._trace.tools.add(head.span.span_id)
        _credit_tool(head)
        external = self._external(reports)
        span = merged(reports)
        return [ToolCall(span, _owner(head, span), len(reports), external, _mcp_ns(reports))]

    def _external(self, reports: list[AgentSpan]) -> bool:
        """Whether a tool call left the process; its own word counts before what is seen."""
        if any(span.external is False for span in reports):
            return False
        return any(span.external or span.span_id in self._left for span in reports)

    def _handoff(self, head: Place) -> list[Handoff]:
        reports = self._fresh(head.reports)
        return [Handoff(merged(reports), head.owner, len(reports))] if reports else []

    def _decision(self, head: Place) -> list[Decision]:
        reports = self._fresh(head.reports)
        if not reports:
            return []
        span = merged(reports)
        return [Decision(span, _owner(head, span), len(reports))]

    def _run(self, head: Place) -> list[AgentRun]:
        reports = self._fresh(head.reports)
        if not reports:
            return []
        span = merged(reports)
        run = head.counted = AgentRun(span, _owner(head, span), len(reports), head.run is not None)
        outer = _settling_around(head)
        if outer is not None:
            outer.inner.append(run)
        return [run]

    def _credit_settled(self, retrievals: Sequence[Place]) -> None:
        """Credit the runs with the calls that were settled before they came, and retrievals."""
        places = self._lineage.places
        for span_id, totals in (self._trace.calls or {}).items():
            _credit_call(places[span_id], totals)
        for span_id in self._trace.tools or ():
            _credit_tool(places[span_id])
        for place in retrievals:
            _credit_retrieval(place)

    def _join(self, place: Place, role: Role) -> bool:
        """Join the report around a place if both are of one thing; say whether it is a head."""
        above = self._report_around(place, role)
        if above is None:
            place.reports.append(place.span)
            return True
        place.head = above.head or above
        place.head.reports.append(place.span)
        return False

    def _report_around(self, place: Place, role: Role) -> Place | None:
        if role is _INFERENCE:
            # Response ids that differ part the group later: a layer without one may be between.
            return place.call
        span = place.span
        if role is _AGENT:
            above = place.agent
            return above if above is not None and same_run(above.span, span) else None
        if role is _TOOL or role is _HANDOFF:
            above = place.tool
            same = above is not None and above.span.role is role and same_tool(above.span, span)
            return above if same else None
        above = self._decision_around(place) if role is _DECISION else None
        return above if above is not None and _same_decision(above.span, span) else None

    def _decision_around(self, place: Place) -> Place | None:
        """Find the nearest enclosing decision with no agent, tool or model call between."""
        while True:
            found = self._lineage.at_or_above(place.span.parent_id)
            above = None if found is None else self._lineage.places[found.span_id]
            # In a cycle of parents the way up comes back to where it is no less deep.
            if above is None or above.depth >= place.depth or above.span.role in _BOUNDARIES:
                return None
            if above.span.role is _DECISION:
                return above
            place = above

    def _spans_that_leave(self) -> AbstractSet[int]:
        if self._trace.clients is None:
            return _NONE
        above = self._lineage.at_or_above
        found = (above(span_id) for span_id in self._trace.clients)
        return {span.span_id for span in found if span is not None}


def _by_response_id(reports: list[AgentSpan]) -> list[list[AgentSpan]]:
    """Part reports by response id; those without one join the first."""
    first = next((span.response_id for span in reports if span.response_id), None)
    parts: dict[str | None, list[AgentSpan]] = {}
    for span in reports:
        parts.setdefault(span.response_id or first, []).append(span)
    return list(parts.values())


def _used(span: AgentSpan) -> bool:
    return bool(span.input_tokens or span.output_tokens)


_COUNTED = frozenset((_INFERENCE, _TOOL, _HANDOFF, _DECISION, _RETRIEVAL, _AGENT))
_BOUNDARIES = frozenset((_INFERENCE, _TOOL, _HANDOFF, _AGENT))


def _same_decision(outer: AgentSpan, inner: AgentSpan) -> bool:
    if not outer.decision_type or not inner.decision_type:
        return True
    return outer.decision_type == inner.decision_type


def _retried(heads: Sequence[Place]) -> set[int]:
    """Find the calls that begin after one of the same model failed under the same parent."""
    failed: dict[tuple[int, str], int] = {}
    retried: set[int] = set()
    for head in heads:
        span = head.span
        key = (span.parent_id, span.model)
        failed_ns = failed.get(key)
        if failed_ns is not None and failed_ns <= span.start_ns:
            retried.add(span.span_id)
            del failed[key]
        if span.failed and span.parent_id:
            failed[key] = span.start_ns + (span.duration_ns or 0)
    return retried


def _mcp_ns(reports: list[AgentSpan]) -> int | None:
    """Return how long the request to an MCP server took, seen by its outermost client."""
    for span in reports:
        if span.dialect == MCP.name and span.kind == SpanKind.CLIENT:
            return span.duration_ns
    return None


def _owner(place: Place, span: AgentSpan) -> Owner:
    """Return the owner of a thing: an inner report may name the agent where the head does not."""
    named = span.agent
    if named is None or named == place.owner.agent:
        return place.owner
    return place.owner._replace(agent=named)


def _credit_call(place: Place, totals: CallTotals) -> None:
    """Add a model call to the runs around it that are being settled."""
    around, own, last = place.run, True, None
    while around is not None:
        run = (around.head or around).counted
        if run is not None and run is not last:
            run.calls += 1
            run.own_calls += own
            run.tokens += totals.tokens
            run.cost_usd += totals.cost_usd
            run.tokens_of[totals.model] = run.tokens_of.get(totals.model, 0) + totals.tokens
            if last is None:
                run.steps.append((place.depth, place.span))
            last = run
        own = False
        around = around.run


def _credit_tool(place: Place) -> None:
    """Add a tool call to the runs around it that are being settled."""
    around, own, last = place.run, True, None
    while around is not None:
        run = (around.head or around).counted
        if run is not None and run is not last:
            run.tools += 1
            run.own_tools += own
            if last is None:
                run.steps.append((place.depth, place.span))
            last = run
        own = False
        around = around.run


def _credit_retrieval(place: Place) -> None:
    """Tell the run around a retrieval, if it is being settled, where its time went."""
    run = _settling_around(place)
    if run is not None:
        run.steps.append((place.depth, place.span))


def _settling_around(place: Place) -> AgentRun | None:
    """Return the nearest run around a place that is being settled."""
    around = place.run
    while around is not None:
        run = (around.head or around).counted
        if run is not None:
            return run
        around = around.run
    return None
