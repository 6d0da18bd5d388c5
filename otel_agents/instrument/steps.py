"""`decision`, `handoff` and `escalate`: what an agent does beside calling."""

from opentelemetry.trace import Tracer

from otel_agents import semconv
from otel_agents.instrument.block import Block
from otel_agents.instrument.events import emit
from otel_agents.instrument.failure import Failure
from otel_agents.instrument.opened import Attributes, Opened
from otel_agents.semconv import DecisionType
from otel_agents.semconv import GenAiOperationName as Op

HANDOFF = "handoff"
"""The operation of a hand-off; upstream has no name yet (semantic-conventions-genai #447)."""


class OpenDecision(Opened):
    """A decision that is being made."""

    __slots__ = ("_depth", "_tool", "_type")

    def __init__(self, kind: str = "", tool: str = "") -> None:
        """Begin undecided."""
        super().__init__()
        self._type = kind
        self._tool = tool
        self._depth: int | None = None

    def tool(self, name: str) -> None:
        """Say for which tool the agent decided."""
        if self.live:
            self._tool = name
            self._set(semconv.GEN_AI_TOOL_NAME, name)

    def count(self) -> None:
        """Take its number among the decisions of the run."""
        if self.account is not None:
            self._depth = self.account.next_decision()
            self._set(semconv.OTEL_AGENTS_DECISION_DEPTH, self._depth)

    def close(self, found: Failure | None) -> None:
        """Tell that the agent decided, unless something stopped it."""
        if found is not None:
            return
        said: Attributes = {semconv.OTEL_AGENTS_DECISION_TYPE: self._type}
        if self._depth is not None:
            said[semconv.OTEL_AGENTS_DECISION_DEPTH] = self._depth
        if self._tool:
            said[semconv.GEN_AI_TOOL_NAME] = self._tool
        emit(semconv.EVENT_DECISION_MADE, self.run, said, self.span, self.context)


class DecisionBlock(Block[OpenDecision]):
    """Tell of a decision: the block lasts from the question to the choice."""

    __slots__ = ("_tool",)

    idle = OpenDecision()

    def __init__(self, type: DecisionType | str, *, tool: str = "") -> None:  # noqa: A002 its label
        """Tell nothing yet.

        Args:
            type: What it is about, such as `plan`, `route`, `tool` or `answer`; low in number.
            tool: The tool that the agent decided for, where it is known.
        """
        self.name = type
        self._uses = []
        self._tool = tool

    def start(self, tracer: Tracer) -> OpenDecision:
        """Start the decision's span, below what is current."""
        kind = str(self.name)
        use = OpenDecision(kind, self._tool)
        attributes: Attributes = {
            # The one upstream operation for an agent that makes up its mind.
            semconv.GEN_AI_OPERATION_NAME: Op.PLAN.value,
            semconv.OTEL_AGENTS_DECISION_TYPE: kind,
        }
        if self._tool:
            attributes[semconv.GEN_AI_TOOL_NAME] = self._tool
        use.begin(tracer, self, f"decision {kind}", attributes)
        use.count()
        return use


class OpenStep(Opened):
    """A hand-off or an escalation that is going on."""

    __slots__ = ()


class HandoffBlock(Block[OpenStep]):
    """Tell that the run passes to another agent, around that agent's run."""

    __slots__ = ()

    idle = OpenStep()

    def __init__(self, to: str) -> None:
        """Tell nothing yet.

        Args:
            to: The name of the agent that takes over.
        """
        self.name = to
        self._uses = []

    def start(self, tracer: Tracer) -> OpenStep:
        """Start the hand-off's span, below what is current."""
        attributes: Attributes = {
            semconv.GEN_AI_OPERATION_NAME: HANDOFF,
            semconv.OTEL_AGENTS_HANDOFF_TO: self.name,
        }
        use = OpenStep()
        use.begin(tracer, self, f"handoff {self.name}", attributes)
        return use


class EscalationBlock(Block[OpenStep]):
    """Tell that the agent asks a person; the block lasts until the answer."""

    __slots__ = ()

    idle = OpenStep()

    def __init__(self, reason: str) -> None:
        """Tell nothing yet.

        Args:
            reason: Why, in a few words that return, such as `approval_needed`; no content.
        """
        self.name = reason
        self._uses = []

    def start(self, tracer: Tracer) -> OpenStep:
        """Start the escalation's span, below what is current."""
        attributes: Attributes = {semconv.OTEL_AGENTS_ESCALATION_REASON: self.name}
        use = OpenStep()
        use.begin(tracer, self, f"escalation {self.name}", attributes)
        return use


decision = DecisionBlock
handoff = HandoffBlock
escalate = EscalationBlock
