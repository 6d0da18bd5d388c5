"""What a tool call, a decision, a hand-off and a run add to."""

from collections.abc import Mapping
from typing import Generic, NamedTuple

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.counted import AgentRun, Decision, Handoff, ToolCall
from otel_agents.pipeline.error_class import error_class
from otel_agents.pipeline.labels import flag
from otel_agents.pipeline.rows import (
    OF_AGENT,
    OF_TASK,
    Item,
    Key,
    Row,
    Table,
    error,
    event,
    named_agent,
    of_agent,
    of_group,
    one,
    reads,
    says,
    seconds,
)
from otel_agents.semconv import (
    ErrorClass,
    EventType,
    McpMethodName,
    RunLimit,
    RunOutcome,
    TimeKind,
    ToolEffect,
    ToolStatus,
)


class RunFacts(NamedTuple):
    """A run, with what takes a look-up or the time to know.

    Attributes:
        run: The run.
        version: Its version, as the label shows it.
        route: Whether its model is the declared one; "" where nothing is declared.
        time_ns: What its time was spent on; empty for a run inside another.
        seen_s: When it ended, in Unix time; not later than now.
    """

    run: AgentRun
    version: str
    route: str
    time_ns: Mapping[TimeKind, int]
    seen_s: float


class Seen(NamedTuple, Generic[Item]):
    """Anything else that was counted.

    Attributes:
        item: The call, decision or hand-off.
        seen_s: When it ended, in Unix time; not later than now.
    """

    item: Item
    seen_s: float


# --- Tool calls

_STATUS_OF_ERROR = {
    ErrorClass.TIMEOUT: ToolStatus.TIMEOUT,
    ErrorClass.PERMISSION: ToolStatus.DENIED,
    ErrorClass.CANCELLED: ToolStatus.CANCELLED,
}


def tool_status(span: AgentSpan) -> ToolStatus:
    """Return how a tool call ended, as its error tells."""
    if not span.failed:
        return ToolStatus.OK
    return _STATUS_OF_ERROR.get(error_class(span.error_type), ToolStatus.ERROR)


def _tool_key(seen: Seen[ToolCall]) -> Key:
    call = seen.item
    span = call.span
    return (
        *of_agent(span.origin, call.owner),
        span.tool or "",
        tool_status(span),
        span.tool_effect or ToolEffect.UNKNOWN,
        flag(call.external),
        McpMethodName.TOOLS_CALL if call.mcp_ns is not None else "",
        error(span),
    )


_TOOL: Table[Seen[ToolCall]] = Table(
    columns=(
        *OF_AGENT,
        semconv.GEN_AI_TOOL_NAME,
        semconv.OTEL_AGENTS_TOOL_STATUS,
        semconv.OTEL_AGENTS_TOOL_EFFECT,
        semconv.OTEL_AGENTS_TOOL_EXTERNAL,
        semconv.MCP_METHOD_NAME,
        semconv.ERROR_TYPE,
    ),
    key=_tool_key,
    rows=(
        Row(semconv.METRIC_TOOL_CALLS, one),
        Row(semconv.METRIC_EXECUTE_TOOL_DURATION, lambda s: seconds(s.item.span)),
        Row(
            semconv.METRIC_MCP_CLIENT_OPERATION_DURATION,
            lambda s: s.item.mcp_ns / 1e9 if s.item.mcp_ns is not None else None,
            when=says(semconv.MCP_METHOD_NAME),
        ),
        Row(
            semconv.METRIC_EVENTS,
            one,
            when=says(semconv.ERROR_TYPE),
            fixed=event(EventType.TOOL_CALL_FAILED),
        ),
        Row(semconv.METRIC_AGENT_LAST_SEEN, lambda s: s.seen_s, when=named_agent),
    ),
)

TOOL_TABLES = (_TOOL,)

# --- Decisions and hand-offs


def _decision_key(seen: Seen[Decision]) -> Key:
    decision = seen.item
    return (*of_agent(decision.span.origin, decision.owner), decision.type)


_DECISION: Table[Seen[Decision]] = Table(
    columns=(*OF_AGENT, semconv.OTEL_AGENTS_DECISION_TYPE),
    key=_decision_key,
    rows=(
        Row(semconv.METRIC_DECISION_DURATION, lambda s: seconds(s.item.span)),
        Row(semconv.METRIC_EVENTS, one, fixed=event(EventType.DECISION_MADE)),
        Row(semconv.METRIC_AGENT_LAST_SEEN, lambda s: s.seen_s, when=named_agent),
    ),
)

DECISION_TABLES = (_DECISION,)


def _handoff_key(seen: Seen[Handoff]) -> Key:
    handoff = seen.item
    return (*of_agent(handoff.span.origin, handoff.owner), handoff.span.handoff_to or "")


_HANDOFF: Table[Seen[Handoff]] = Table(
    columns=(*OF_AGENT, semconv.OTEL_AGENTS_HANDOFF_TO),
    key=_handoff_key,
    rows=(
        Row(semconv.METRIC_HANDOFFS, one),
        Row(semconv.METRIC_AGENT_LAST_SEEN, lambda s: s.seen_s, when=named_agent),
    ),
)

HANDOFF_TABLES = (_HANDOFF,)

# --- Runs


def _run_key(facts: RunFacts) -> Key:
    run = facts.run
    return (
        *of_agent(run.span.origin, run.owner),
        run.owner.channel,
        facts.version,
        error(run.span),
        run.outcome,
        flag(run.nested),
    )


# A run inside another is part of that one's totals: the sums over a fleet take it once.
_outermost = reads(semconv.OTEL_AGENTS_RUN_NESTED, flag(value=False))


def _time_row(kind: TimeKind) -> Row[RunFacts]:
    def spent_s(facts: RunFacts) -> float | None:
        spent_ns = facts.time_ns.get(kind)
        return spent_ns / 1e9 if spent_ns else None

    fixed = {semconv.OTEL_AGENTS_TIME_KIND: kind}
    return Row(semconv.METRIC_RUN_TIME, spent_s, when=_outermost, fixed=fixed)


_RUN: Table[RunFacts] = Table(
    columns=(
        *OF_AGENT,
        semconv.OTEL_AGENTS_CHANNEL,
        semconv.GEN_AI_AGENT_VERSION,
        semconv.ERROR_TYPE,
        semconv.OTEL_AGENTS_RUN_OUTCOME,
        semconv.OTEL_AGENTS_RUN_NESTED,
    ),
    key=_run_key,
    rows=(
        Row(semconv.METRIC_INVOKE_AGENT_DURATION, lambda f: seconds(f.run.span)),
        Row(semconv.METRIC_AGENT_RUNS, one),
        Row(
            semconv.METRIC_RUN_LIMIT_EXCEEDED,
            one,
            when=reads(semconv.OTEL_AGENTS_RUN_OUTCOME, RunOutcome.ITERATION_LIMIT),
            fixed={semconv.OTEL_AGENTS_RUN_LIMIT: RunLimit.ITERATIONS},
        ),
        Row(semconv.METRIC_INVOKE_AGENT_INFERENCE_CALLS, lambda f: f.run.own_calls),
        Row(semconv.METRIC_INVOKE_AGENT_TOOL_CALLS, lambda f: f.run.own_tools),
        # A run without a priced call costs an unknown amount, which is not 0.
        Row(semconv.METRIC_AGENT_RUN_COST, lambda f: f.run.cost_usd or None, when=_outermost),
        Row(semconv.METRIC_AGENT_RUN_TOKENS, lambda f: f.run.tokens, when=_outermost),
        Row(semconv.METRIC_AGENT_RUN_STEPS, lambda f: f.run.calls + f.run.tools, when=_outermost),
        *map(_time_row, TimeKind),
        Row(semconv.METRIC_AGENT_LAST_SEEN, lambda f: f.seen_s, when=named_agent),
    ),
)


def _task_run_key(facts: RunFacts) -> Key | None:
    run = facts.run
    if run.nested or not run.owner.task_type:
        return None
    return (
        *of_group(run.span.origin, run.owner),
        run.owner.task_type,
        run.model,
        facts.route,
    )


_TASK_RUN: Table[RunFacts] = Table(
    columns=OF_TASK,
    key=_task_run_key,
    rows=(Row(semconv.METRIC_TASK_RUNS, one),),
)

RUN_TABLES = (_RUN, _TASK_RUN)
