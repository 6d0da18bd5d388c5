"""From what was counted to measurements, and into series.

`Metrics.measure` says what one item measures, as a list. `Metrics.add` puts the same into
the series without making that list: for every combination of labels it keeps what takes the
measurements, so that an item costs one look-up and an addition a metric.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.call_rows import CALL_TABLES, CallFacts
from otel_agents.pipeline.counted import AgentRun, Counted, Decision, Handoff, ModelCall, ToolCall
from otel_agents.pipeline.labels import flag
from otel_agents.pipeline.metric_options import Options, VersionLabel
from otel_agents.pipeline.noted import Note
from otel_agents.pipeline.rows import Key, Row, Table
from otel_agents.pipeline.run_rows import (
    DECISION_TABLES,
    HANDOFF_TABLES,
    RUN_TABLES,
    TOOL_TABLES,
    RunFacts,
    Seen,
)
from otel_agents.pipeline.series import Add, Labels, Series
from otel_agents.semconv import (
    METRIC_AGENT_LAST_SEEN,
    ContextBand,
    Instrument,
)

# By whole per cent, from 0 to 100.
_BANDS = (
    *(ContextBand.LT_50,) * 50,
    *(ContextBand.LT_75,) * 25,
    *(ContextBand.LT_90,) * 15,
    *(ContextBand.LT_100,) * 11,
)

MAX_KEYS = 4096
"""Combinations of labels whose series are at hand; past that all are looked up again."""

ContextLimit: TypeAlias = Callable[[AgentSpan], int | None]
RouteExpected: TypeAlias = Callable[[str, str], bool | None]


class Measurement(NamedTuple):
    """One value of one metric.

    Attributes:
        instrument: The metric.
        labels: The values of its identity and labels, in the order of the convention.
        value: What was measured.
    """

    instrument: Instrument
    labels: Labels
    value: float


class Statistics(NamedTuple):
    """What stands by for the next measurements.

    Attributes:
        keys: Combinations of labels whose series are at hand.
        bindings: Series at hand for them; several may be one and the same.
    """

    keys: int
    bindings: int


class Binding:
    """One row of a table, for one combination of labels; its series begins when used."""

    __slots__ = ("add", "value")

    def __init__(self, row: Row[Any], labels: Labels, series: Series) -> None:
        """Stand by for the first value."""
        self.value = row.value
        self.add: Add

        def begin(value: float, now_ns: int) -> None:
            self.add = series.bind(row.instrument, labels, now_ns)
            self.add(value, now_ns)

        self.add = begin


def context_band(used_tokens: int, limit_tokens: int) -> ContextBand:
    """Return how full a context window was."""
    if used_tokens > limit_tokens:
        return ContextBand.EXCEEDED
    return _BANDS[used_tokens * 100 // limit_tokens]


class Metrics:
    """Measures what is counted and puts it into series.

    Attributes:
        series: Where the measurements go.
    """

    def __init__(
        self,
        series: Series,
        *,
        context_limit: ContextLimit | None = None,
        route_expected: RouteExpected | None = None,
    ) -> None:
        """Measure into these series.

        Args:
            series: Where the measurements go; its options say how.
            context_limit: The context window of a call's model, asked where the span does
                not say; None for unknown.
            route_expected: Whether a model, the second argument, is the one declared for a
                task type, the first; None where nothing is declared.
        """
        self.series = series
        self._options: Options = series.options
        self._context_limit = context_limit
        self._route_expected = route_expected
        self._generation = series.generation
        self._call_tables = _with_memory(CALL_TABLES)
        self._other_tables = {
            ToolCall: _with_memory(TOOL_TABLES),
            Decision: _with_memory(DECISION_TABLES),
            Handoff: _with_memory(HANDOFF_TABLES),
            AgentRun: _with_memory(RUN_TABLES),
        }

    def add(self, counted: Counted, now_ns: int) -> None:
        """Measure an item into the series.

        Args:
            counted: A call, run, decision or hand-off.
            now_ns: The time, in nanoseconds since the Unix epoch.
        """
        if self._generation != self.series.generation:
            self._forget()
        facts: Any
        if isinstance(counted, ModelCall):
            facts, tables = self._call_facts(counted, now_ns), self._call_tables
        else:
            facts, tables = self._facts(counted, now_ns), self._other_tables[type(counted)]
        for table, memory in tables:
            key = table.key(facts)
            if key is None:
                continue
            bindings = memory.get(key)
            if bindings is None:
                bindings = self._bind(table, memory, key)
            for binding in bindings:
                value = binding.value(facts)
                if value is not None:
                    binding.add(value, now_ns)

    def note(self, note: Note, now_ns: int) -> None:
        """Put into the series what a span noted on its own."""
        instrument = note.instrument
        identity = note[1:5]
        labels = (*identity, *(note.labels.get(key, "") for key in instrument.labels))
        self.series.add(instrument, labels, 1, now_ns)
        if note.agent:
            self.series.add(METRIC_AGENT_LAST_SEEN, identity, now_ns / 1e9, now_ns)

    def measure(self, counted: Counted, now_ns: int) -> list[Measurement]:
        """Return what an item measures, and leave the series alone.

        Args:
            counted: A call, run, decision or hand-off.
            now_ns: The time, in nanoseconds since the Unix epoch.
        """
        facts = self._facts(counted, now_ns)
        tables = (
            self._call_tables
            if isinstance(counted, ModelCall)
            else self._other_tables[type(counted)]
        )
        return [found for table, _ in tables for found in _measurements(table, facts)]

    def statistics(self) -> Statistics:
        """Return what stands by for the next measurements."""
        tables = (self._call_tables, *self._other_tables.values())
        memories = [memory for pairs in tables for _, memory in pairs]
        bindings = sum(len(bound) for memory in memories for bound in memory.values())
        return Statistics(sum(map(len, memories)), bindings)

    def _facts(self, counted: Counted, now_ns: int) -> CallFacts | RunFacts | Seen[Any]:
        if isinstance(counted, ModelCall):
            return self._call_facts(counted, now_ns)
        seen_s = _seen_s(counted.span, now_ns)
        if not isinstance(counted, AgentRun):
            return Seen(counted, seen_s)
        version = _version(counted.owner.version, self._options.version_label)
        route = self._route(counted.owner.task_type, counted.model)
        # A run inside another is part of that one's time.
        time_ns = {} if counted.nested else counted.time_ns()
        return RunFacts(counted, version, route, time_ns, seen_s)

    def _call_facts(self, call: ModelCall, now_ns: int) -> CallFacts:
        span = call.span
        used = span.context_used_tokens
        if used is None:
            used, output = call.usage[:2]
            if used is not None and output is not None:
                used += output
        limit = span.context_limit_tokens
        if limit is None and self._context_limit is not None:
            limit = self._context_limit(span)
        band = context_band(used, limit) if used is not None and limit else ""
        task_type = call.owner.task_type
        route = self._route(task_type, span.model) if task_type else ""
        return CallFacts(call, used, limit, band, route, _seen_s(span, now_ns))

    def _route(self, task_type: str, model: str) -> str:
        if self._route_expected is None:
            return ""
        expected = self._route_expected(task_type, model)
        return "" if expected is None else flag(expected)

    def _bind(self, table: Table[Any], memory: "Memory", key: Key) -> list[Binding]:
        if len(memory) >= MAX_KEYS:
            memory.clear()
        named = table.named(key)
        rows = (row for row in table.rows if row.when(named))
        bindings = memory[key] = [Binding(row, row.labels(named), self.series) for row in rows]
        return bindings

    def _forget(self) -> None:
        """Look every series up again: some have ended."""
        self._generation = self.series.generation
        for tables in (self._call_tables, *self._other_tables.values()):
            for _, memory in tables:
                memory.clear()


Memory: TypeAlias = dict[Key, list[Binding]]


def _with_memory(tables: tuple[Table[Any], ...]) -> list[tuple[Table[Any], Memory]]:
    return [(table, {}) for table in tables]


def _measurements(table: Table[Any], facts: object) -> Iterator[Measurement]:
    key = table.key(facts)
    if key is None:
        return
    named = table.named(key)
    for row in table.rows:
        value = row.value(facts) if row.when(named) else None
        if value is not None:
            yield Measurement(row.instrument, row.labels(named), value)


def _seen_s(span: AgentSpan, now_ns: int) -> float:
    end_ns = span.start_ns + (span.duration_ns or 0)
    return min(end_ns, now_ns) / 1e9


def _version(version: str, rule: VersionLabel) -> str:
    if rule == VersionLabel.OFF:
        return ""
    return ".".join(version.split(".")[:2]) if rule == VersionLabel.MINOR else version
