"""What counting yields: each logical call, run, decision and hand-off once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.error_class import error_class
from otel_agents.pipeline.run_time import Step, exclusive_ns
from otel_agents.pricing.rates import Rate, Unpriced
from otel_agents.record import Usage
from otel_agents.semconv import DecisionType, ErrorClass, GenAiOperationName, RunOutcome, TimeKind

_OUTCOMES = frozenset(RunOutcome)
_OUTCOME_OF_ERROR = {
    ErrorClass.TIMEOUT: RunOutcome.TIMED_OUT,
    ErrorClass.CANCELLED: RunOutcome.CANCELLED,
}
_KIND_OF_ROLE = {
    Role.INFERENCE: TimeKind.MODEL,
    Role.RETRIEVAL: TimeKind.RETRIEVAL,
    Role.TOOL: TimeKind.TOOL,
}


class Owner(NamedTuple):
    """To whom a call or run belongs; "" where nobody says.

    Attributes:
        agent: The agent's name.
        group: The agent's group.
        tenant: The customer for whom it works.
        conversation: The conversation's id.
        task_type: The kind of task.
        version: The agent's version.
        channel: Who drives the agent: a person, a schedule, another agent.
    """

    agent: str = ""
    group: str = ""
    tenant: str = ""
    conversation: str = ""
    task_type: str = ""
    version: str = ""
    channel: str = ""


@dataclass(slots=True)
class ModelCall:
    """One logical model call.

    Attributes:
        span: What its layers say together: the innermost layer, which is next to the
            provider, names model and usage; the outermost one tells time and success.
        owner: To whom it belongs.
        layers: How many spans reported it.
        decided: Whether it stands directly under an agent's run, so that it is a decision.
        usage: Its tokens.
        rate: The rate it was priced at, why there is none, or None if it used nothing.
        cost_usd: What it cost; None where that is not known.
        retried: Whether it repeats a call of the same model that failed before it at the
            same place of the trace.
    """

    span: AgentSpan
    owner: Owner
    layers: int
    decided: bool
    usage: Usage
    rate: Rate | Unpriced | None
    cost_usd: float | None
    retried: bool = False


@dataclass(slots=True)
class ToolCall:
    """One logical tool call.

    Attributes:
        span: What its layers say together; the outermost one tells time and success.
        owner: To whom it belongs.
        layers: How many spans reported it.
        external: Whether it reached a system outside the process.
        mcp_ns: How long the request to an MCP server took that it made; None without one.
    """

    span: AgentSpan
    owner: Owner
    layers: int
    external: bool
    mcp_ns: int | None = None


@dataclass(slots=True)
class Handoff:
    """One hand-off of a run from an agent to another.

    Attributes:
        span: What its layers say together.
        owner: Who handed over.
        layers: How many spans reported it.
    """

    span: AgentSpan
    owner: Owner
    layers: int


@dataclass(slots=True)
class Decision:
    """One decision that a span of its own describes.

    Attributes:
        span: What its layers say together.
        owner: Who decided.
        layers: How many spans reported it.
    """

    span: AgentSpan
    owner: Owner
    layers: int

    @property
    def type(self) -> str:
        """What it was about: by its own word, else by its operation."""
        if self.span.decision_type:
            return self.span.decision_type
        plan = self.span.operation == GenAiOperationName.PLAN
        return DecisionType.PLAN if plan else DecisionType.OTHER


@dataclass(slots=True)
class AgentRun:
    """One run of an agent.

    Attributes:
        span: What its layers say together; the outermost one tells time and success.
        owner: The agent itself and who it works for.
        layers: How many spans reported it.
        nested: Whether another agent's run encloses it.
        own_calls: Model calls made directly by this run, not by nested ones.
        own_tools: Tool calls likewise.
        calls: Model calls of this run and those nested in it.
        tools: Tool calls likewise.
        tokens: Input and output tokens likewise.
        cost_usd: What the priced calls of the run and those nested in it cost.
        tokens_of: Tokens likewise, by model.
        steps: Its own calls and retrievals, each with its depth in the trace.
        inner: The runs directly inside it that settled with it; their steps are theirs.
    """

    span: AgentSpan
    owner: Owner
    layers: int
    nested: bool
    own_calls: int = 0
    own_tools: int = 0
    calls: int = 0
    tools: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    tokens_of: dict[str, int] = field(default_factory=dict)
    steps: list[tuple[int, AgentSpan]] = field(default_factory=list, repr=False)
    inner: list["AgentRun"] = field(default_factory=list, repr=False)

    @property
    def outcome(self) -> RunOutcome:
        """How it ended: by its own word, else by its failure, else unknown."""
        if self.span.outcome in _OUTCOMES:
            return RunOutcome(self.span.outcome)
        if not self.span.failed:
            return RunOutcome.UNKNOWN
        return _OUTCOME_OF_ERROR.get(error_class(self.span.error_type), RunOutcome.FAILED)

    @property
    def model(self) -> str:
        """The model that took most of its tokens; "" where it called none."""
        return min(self.tokens_of, key=lambda name: (-self.tokens_of[name], name), default="")

    def time_ns(self) -> dict[TimeKind, int]:
        """Divide its duration among the kinds of time, as `run_time` defines them."""
        start_ns = self.span.start_ns
        return exclusive_ns(
            start_ns,
            start_ns + (self.span.duration_ns or 0),
            (
                Step(
                    span.start_ns,
                    span.start_ns + (span.duration_ns or 0),
                    depth,
                    _KIND_OF_ROLE[span.role],
                )
                for depth, span in self._all_steps()
            ),
        )

    def _all_steps(self) -> Iterator[tuple[int, AgentSpan]]:
        runs = [self]
        while runs:
            run = runs.pop()
            yield from run.steps
            runs += run.inner


Counted: TypeAlias = ModelCall | ToolCall | Handoff | Decision | AgentRun
