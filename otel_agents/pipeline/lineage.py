"""Where a span of an agent stands among its ancestors.

Everything that counting asks of a trace is answered by one pass from the top down: each
span takes its answers from the nearest ancestor that is about agents.
"""

from collections.abc import Mapping

from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.counted import AgentRun, Owner

NOBODY = Owner()
"""The owner above a root."""


class Place:
    """What a span inherits, and what it reports together with the spans around it.

    Attributes:
        span: The span.
        depth: How many ancestors are about agents.
        owner: To whom the span belongs.
        passes: What the spans below it inherit of that.
        call: The nearest enclosing model call with no agent or tool between.
        tool: The nearest enclosing tool call with no agent or model call between.
        agent: The nearest enclosing run with no tool or model call between.
        run: The nearest enclosing run, whatever lies between.
        head: The outermost report of the thing that this span reports, None where it is
            this one: a reference to itself would be garbage that only a full collection finds.
        reports: All reports of it, outermost first; kept at the head.
        counted: The run that the head stands for, while it is being settled.
    """

    __slots__ = (
        "agent",
        "call",
        "counted",
        "depth",
        "head",
        "owner",
        "passes",
        "reports",
        "run",
        "span",
        "tool",
    )

    def __init__(self, span: AgentSpan, above: "Place | None") -> None:
        """Stand below a placed span, or at the top."""
        self.span = span
        self.call: Place | None = None
        self.tool: Place | None = None
        self.agent: Place | None = None
        self.run: Place | None = None
        self.head: Place | None = None
        self.reports: list[AgentSpan] = []
        self.counted: AgentRun | None = None
        if above is None:
            self.depth = 0
            self.owner, self.passes = _owners(NOBODY, span)
            return
        self.depth = above.depth + 1
        self.owner, self.passes = _owners(above.passes, span)
        role = above.span.role
        if role is Role.INFERENCE:
            self.call = above
            self.run = above.run
        elif role is Role.TOOL or role is Role.HANDOFF:
            self.tool = above
            self.run = above.run
        elif role is Role.AGENT:
            self.agent = self.run = above
        else:
            self.call, self.tool, self.agent = above.call, above.tool, above.agent
            self.run = above.run


class Lineage:
    """The agent spans of one trace in their places.

    Attributes:
        places: Span id to place, for every span about agents.
    """

    def __init__(self, parents: Mapping[int, int], spans: Mapping[int, AgentSpan]) -> None:
        """Place every span; a cycle of parents counts as cut somewhere.

        Args:
            parents: Span id to parent id, for every span of the trace that is known.
            spans: Span id to what it says, for the spans that are about agents.
        """
        self._parents = parents
        self._spans = spans
        self._climbed: dict[int, AgentSpan | None] = {}
        self.places: dict[int, Place] = {}
        for span_id, span in spans.items():
            while span_id not in self.places:  # twice, where the way up ends in a circle
                self._place(span)

    def top_down(self) -> list[Place]:
        """Return the places, ancestors first, in an order that arrival does not change."""
        places = list(self.places.values())
        if len(places) > 1:
            places.sort(key=_order)
        return places

    def at_or_above(self, span_id: int) -> AgentSpan | None:
        """Return the span with this id, or its nearest ancestor that is about agents."""
        found = self._spans.get(span_id)
        if found is not None or not span_id:
            return found
        climbed = self._climbed
        path: list[int] = []
        while span_id and span_id not in climbed:
            found = self._spans.get(span_id)
            if found is not None:
                break
            path.append(span_id)
            climbed[span_id] = None  # so that a way up in a circle ends
            span_id = self._parents.get(span_id, 0)
        else:
            found = climbed.get(span_id)
        for step in path:
            climbed[step] = found
        return found

    def _place(self, span: AgentSpan) -> None:
        """Place a span and what of its ancestors is not placed yet."""
        places = self.places
        known = self._parents
        chain: list[AgentSpan] = []
        place: Place | None = None
        above: AgentSpan | None = span
        while above is not None:
            chain.append(above)
            if len(chain) > len(self._spans):
                chain = _cut(chain)
                break
            parent_id = above.parent_id
            place = places.get(parent_id)
            if place is not None or not parent_id:
                break
            above = self.at_or_above(parent_id) if parent_id in known else None
            place = None if above is None else places.get(above.span_id)
            if place is not None:
                break
        for node in reversed(chain):
            place = places[node.span_id] = Place(node, place)


def _cut(chain: list[AgentSpan]) -> list[AgentSpan]:
    """Cut a circle of parents above its earliest span, whatever span the way up began at.

    Args:
        chain: Spans on the way up, which came back to its last one.
    """
    first = chain.index(chain[-1])
    circle = chain[first : chain.index(chain[-1], first + 1)]
    top = min(range(len(circle)), key=lambda n: (circle[n].start_ns, circle[n].span_id))
    return circle[top + 1 :] + circle[: top + 1]


def _order(place: Place) -> tuple[int, int, int]:
    return place.depth, place.span.start_ns, place.span.span_id


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
    # Most spans say nothing of their owner, or what their run said already.
    if (
        origin.silent
        and (span.agent is None or span.agent == agent)
        and (span.conversation is None or span.conversation == conversation)
        and span.group is span.tenant is span.task_type is span.channel is None
    ):
        return above, above
    own_conversation = span.conversation or conversation
    own_task_type = span.task_type or task_type
    if own_conversation == conversation and own_task_type == task_type:
        passes = above
    else:
        passes = Owner(agent, group, tenant, own_conversation, own_task_type, version, channel)
    own_agent = span.agent or agent or origin.main_agent
    own_group = span.group or group or origin.group
    own_tenant = span.tenant or tenant or origin.tenant
    own_channel = span.channel or channel
    if (own_agent, own_group, own_tenant, own_channel) == (agent, group, tenant, channel):
        return passes, passes
    owner = Owner(
        own_agent, own_group, own_tenant, own_conversation, own_task_type, version, own_channel
    )
    return owner, passes
