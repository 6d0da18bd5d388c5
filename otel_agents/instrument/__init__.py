"""What an application's author writes: who acts, what it decides, how it ends.

    from otel_agents import instrument

    @instrument.tool("search", effect="read")
    def search(query): ...

    with instrument.agent("support", group="desk") as run:
        ...
        run.outcome("completed")

Where nobody takes traces, all of it does nothing and costs next to nothing. It fails open:
telling never ends or changes what it tells of.
"""

from otel_agents.instrument.agents import AgentBlock, OpenRun, agent, outcome
from otel_agents.instrument.calls import CallBlock, OpenCall, Request, current_call, model_call
from otel_agents.instrument.limits import Limits
from otel_agents.instrument.metering import Meter, meter_at
from otel_agents.instrument.opened import current
from otel_agents.instrument.runs import Run, stamp
from otel_agents.instrument.signals import context_window, queue_depth, state_diverged
from otel_agents.instrument.steps import (
    DecisionBlock,
    EscalationBlock,
    HandoffBlock,
    OpenDecision,
    OpenStep,
    decision,
    escalate,
    handoff,
)
from otel_agents.instrument.tools import OpenTool, ToolBlock, tool
from otel_agents.instrument.travelling import propagated, received

__all__ = [
    "AgentBlock",
    "CallBlock",
    "DecisionBlock",
    "EscalationBlock",
    "HandoffBlock",
    "Limits",
    "Meter",
    "OpenCall",
    "OpenDecision",
    "OpenRun",
    "OpenStep",
    "OpenTool",
    "Request",
    "Run",
    "ToolBlock",
    "agent",
    "context_window",
    "current",
    "current_call",
    "decision",
    "escalate",
    "handoff",
    "meter_at",
    "model_call",
    "outcome",
    "propagated",
    "queue_depth",
    "received",
    "stamp",
    "state_diverged",
    "tool",
]
