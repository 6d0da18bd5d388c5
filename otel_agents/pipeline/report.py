"""What the agents did and what it cost: the sums that `inspect` shows."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from otel_agents.errors import SpanRefused
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.counted import (
    AgentRun,
    Counted,
    Decision,
    Handoff,
    ModelCall,
    Owner,
    ToolCall,
)
from otel_agents.pipeline.durations import Durations
from otel_agents.pipeline.tally import Statistics
from otel_agents.pricing.rates import Rate, Unpriced

MAX_ROWS = 20_000
"""Rows of one table; names come from the wire, so further ones share the row OTHER."""

OTHER = "other"
NO_GROUP = "none"

Row = TypeVar("Row")
_FREE = Decimal(0)
USAGE = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "reasoning_output_tokens",
)


class ModelRow:
    """What the calls of one model add up to; `usage` in the order of `USAGE`."""

    def __init__(self) -> None:
        """Start at zero."""
        self.calls = self.errors = self.unpriced_calls = self.suppressed_calls = 0
        self.usage = [0] * len(USAGE)
        self.cost_usd = Decimal(0)
        self.durations = Durations()


class ActivityRow:
    """What one agent, group, conversation or tenant did."""

    def __init__(self) -> None:
        """Start at zero."""
        self.runs = self.errors = self.model_calls = self.tool_calls = 0
        self.input_tokens = self.output_tokens = 0
        self.outcomes: Counter[str] = Counter()
        self.cost_usd = Decimal(0)
        self.durations = Durations()


class ToolRow:
    """What the calls of one tool add up to."""

    def __init__(self) -> None:
        """Start at zero."""
        self.calls = self.errors = 0
        self.external = False
        self.durations = Durations()


class Report:
    """Adds up what a tally yields.

    Attributes:
        totals: The sums that need no exact money; whole once the report is closed.
        cost_usd: The exact cost of all priced calls.
        models: Rows by provider and model.
        agents: Rows by agent and group.
        groups: Rows by group.
        conversations: Rows by conversation.
        tenants: Rows by tenant.
        tools: Rows by tool.
        unpriced: Calls by provider, model and reason.
        dialects: Spans by dialect.
        refused: Refused spans by reason.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.totals: Counter[str] = Counter()
        self.cost_usd = Decimal(0)
        self.models: dict[tuple[str, ...], ModelRow] = {}
        self.agents: dict[tuple[str, ...], ActivityRow] = {}
        self.groups: dict[tuple[str, ...], ActivityRow] = {}
        self.conversations: dict[tuple[str, ...], ActivityRow] = {}
        self.tenants: dict[tuple[str, ...], ActivityRow] = {}
        self.tools: dict[tuple[str, ...], ToolRow] = {}
        self.unpriced: Counter[tuple[str, ...]] = Counter()
        self.dialects: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._spans = 0
        self._rows_of: dict[Owner, tuple[ActivityRow, ...]] = {}

    def saw(self, span: AgentSpan | None) -> None:
        """Count a span that came, whether or not it is about agents."""
        self._spans += 1
        if span is not None:
            self.dialects[span.dialect] += 1

    def refuse(self, refusal: SpanRefused) -> None:
        """Count a span that could not be read."""
        self.totals["refused_spans"] += 1
        self.refused[refusal.reason] += 1

    def add(self, counted: Counted) -> None:
        """Add a call, run or hand-off."""
        if isinstance(counted, Decision):
            return  # it is shown by what was decided
        self.totals["errors"] += counted.span.failed
        match counted:
            case ModelCall():
                self._add_call(counted)
            case ToolCall():
                self._add_tool(counted)
            case AgentRun():
                self._add_run(counted)
            case Handoff():
                self.totals["handoffs"] += 1

    def close(self, statistics: Statistics) -> None:
        """Add up the rows, and take over what only the tally knows; safe twice."""
        rows = self.models.values()
        self.totals["traces"] = statistics.traces
        self.totals["spans"] = self._spans
        self.totals["model_calls"] = sum(row.calls for row in rows)
        self.totals["unpriced_calls"] = sum(row.unpriced_calls for row in rows)
        self.totals["suppressed_calls"] = sum(row.suppressed_calls for row in rows)
        for number, name in enumerate(USAGE):
            self.totals[name] = sum(row.usage[number] for row in rows)
        self.cost_usd = sum((row.cost_usd for row in rows), _FREE)

    def _add_call(self, call: ModelCall) -> None:
        span = call.span
        row = _row(self.models, (span.provider or "", span.model), ModelRow)
        row.calls += 1
        row.errors += span.failed
        row.suppressed_calls += call.layers - 1
        usage = call.usage
        for number, tokens in enumerate(usage):
            if tokens:
                row.usage[number] += tokens
        _time(row.durations, span)
        cost_usd = self._cost(call, row)
        for activity in self._activities(call.owner):
            activity.model_calls += 1
            activity.input_tokens += usage.input_tokens or 0
            activity.output_tokens += usage.output_tokens or 0
            activity.cost_usd += cost_usd

    def _cost(self, call: ModelCall, row: ModelRow) -> Decimal:
        rate = call.rate
        if isinstance(rate, Rate):
            cost_usd = rate.cost_usd_exact(call.usage)
            row.cost_usd += cost_usd
            return cost_usd
        if isinstance(rate, Unpriced):
            row.unpriced_calls += 1
            key = (call.span.provider or "", call.span.model, str(rate.reason))
            if key not in self.unpriced and len(self.unpriced) >= MAX_ROWS:
                key = (OTHER, OTHER, key[2])
            self.unpriced[key] += 1
        return _FREE

    def _add_tool(self, call: ToolCall) -> None:
        row = _row(self.tools, (call.span.tool or "",), ToolRow)
        row.calls += 1
        row.errors += call.span.failed
        row.external |= call.external
        _time(row.durations, call.span)
        self.totals["tool_calls"] += 1
        for activity in self._activities(call.owner):
            activity.tool_calls += 1

    def _add_run(self, run: AgentRun) -> None:
        self.totals["agent_runs"] += 1
        for activity in self._activities(run.owner):
            activity.runs += 1
            activity.errors += run.span.failed
            activity.outcomes[run.outcome] += 1
            _time(activity.durations, run.span)

    def _activities(self, owner: Owner) -> tuple[ActivityRow, ...]:
        rows = self._rows_of.get(owner)
        if rows is None:
            if len(self._rows_of) >= MAX_ROWS:
                self._rows_of.clear()
            group = owner.group or NO_GROUP
            rows = self._rows_of[owner] = (
                _row(self.agents, (owner.agent, group), ActivityRow),
                _row(self.groups, (group,), ActivityRow),
                _row(self.conversations, (owner.conversation,), ActivityRow),
                _row(self.tenants, (owner.tenant,), ActivityRow),
            )
        return rows


def _row(rows: dict[tuple[str, ...], Row], key: tuple[str, ...], new: Callable[[], Row]) -> Row:
    row = rows.get(key)
    if row is None:
        if len(rows) >= MAX_ROWS:
            key = (OTHER,) * len(key)
        row = rows.setdefault(key, new())
    return row


def _time(durations: Durations, span: AgentSpan) -> None:
    if span.duration_ns is not None:
        durations.add(span.duration_ns / 1e9)
