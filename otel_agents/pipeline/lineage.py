"""Where a span of an agent stands among its ancestors.

Everything that counting asks of a trace is answered by one pass from the top down: each
span takes its answers from the nearest ancestor that is about agents.
"""

from collections.abc import Mapping
from typing import NamedTuple

from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.counted import Owner

NOBODY = Owner()
"""The owner above a root."""


class Place(NamedTuple):
    """What a span inherits.

    Attributes:
        depth: Ancestors that are about agents.
        owner: To whom the span belongs.
        passes: What the spans below it inherit of that.
        call: The nearest enclosing model call with no agent or tool between.
        tool: The nearest enclosing tool call with no agent or model call between.
        agent: The nearest enclosing run with no tool or model call between.
        run: The nearest enclosing run, whatever lies between.
    """

    depth: int
    owner: Owner
    passes: Owner
    call: AgentSpan | None
    tool: AgentSpan | None
    agent: AgentSpan | None
    run: AgentSpan | None


class Lineage:
    """Places the agent spans of one trace, each once, in any order of asking."""

    def __init__(self, parents: Mapping[int, int], spans: Mapping[int, AgentSpan]) -> None:
        """Look at a trace.

        Args:
            parents: Span id to parent id, for every span of the trace that is known.
            spans: Span id to what it says, for the spans that are about agents.
        """
        self._parents = parents
        self._spans = spans
        self._places: dict[int, Place] = {}

    def place(self, span: AgentSpan) -> Place:
        """Return what the span inherits; a cycle of parents counts as cut at its top."""
        places = self._places
        found = places.get(span.span_id)
        if found is not None:
            return found
        chain = [span]
        seen = {span.span_id}
        above = self.above(span)
        while above is not None and above.span_id not in places and above.span_id not in seen:
            chain.append(above)
            seen.add(above.span_id)
            above = self.above(above)
        top = None if above is None else places.get(above.span_id)
        parent = above if top is not None else None
        for node in reversed(chain):
            top = places[node.span_id] = _below(parent, top, node)
            parent = node
        return places[span.span_id]

    def above(self, span: AgentSpan) -> AgentSpan | None:
        """Return the nearest ancestor that is about agents, if it is known."""
        return self.at_or_above(span.parent_id)

    def at_or_above(self, span_id: int) -> AgentSpan | None:
        """Return the span with this id or its nearest ancestor that is about agents."""
        spans, parents = self._spans, self._parents
        steps = 0
        while span_id:
            found = spans.get(span_id)
            if found is not None:
                return found
            span_id = parents.get(span_id, 0)
            steps += 1
            if steps > len(parents):
                return None
        return None


def _below(parent: AgentSpan | None, top: Place | None, span: AgentSpan) -> Place:
    if parent is None or top is None:
        owner, passes = _owners(NOBODY, span)
        return Place(0, owner, passes, None, None, None, None)
    role = parent.role
    call = tool = agent = None
    if role is Role.INFERENCE:
        call = parent
    elif role is Role.TOOL or role is Role.HANDOFF:
        tool = parent
    elif role is Role.AGENT:
        agent = parent
    else:
        call, tool, agent = top.call, top.tool, top.agent
    run = parent if role is Role.AGENT else top.run
    owner, passes = _owners(top.passes, span)
    return Place(top.depth + 1, owner, passes, call, tool, agent, run)


def _owners(above: Owner, span: AgentSpan) -> tuple[Owner, Owner]:
    """Return to whom the span belongs, and what the spans below it inherit.

    Only a run passes an agent's name down; a call that names an agent speaks for itself.
    """
    origin = span.origin
    if span.role is Role.AGENT:
        owner = Owner(
            span.agent or above.agent or origin.main_agent,
            span.group or origin.group or above.group,
            span.tenant or above.tenant or origin.tenant,
            span.conversation or above.conversation,
            span.task_type or above.task_type,
            span.version or "",
            span.channel or above.channel,
        )
        return owner, owner
    agent, group, tenant, conversation, task_type, version, channel = above
    conversation = span.conversation or conversation
    task_type = span.task_type or task_type
    passes = Owner(agent, group, tenant, conversation, task_type, version, channel)
    owner = Owner(
        span.agent or agent or origin.main_agent,
        span.group or group or origin.group,
        span.tenant or tenant or origin.tenant,
        conversation,
        task_type,
        version,
        span.channel or channel,
    )
    return owner, passes
