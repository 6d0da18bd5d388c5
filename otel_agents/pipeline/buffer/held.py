"""One trace while it is held."""

from array import array
from collections import Counter
from collections.abc import Set as AbstractSet
from typing import Final, Generic

from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.buffer.released import Item
from otel_agents.pipeline.dialects.mcp import MCP
from otel_agents.pipeline.policies import SpanContext, TraceHead
from otel_agents.pipeline.policies.node import Score

NEVER_NS: Final = -1
"""The time of a root that has not come."""

REMOTE: Final = 0x300
"""Both bits of a span's flags that say that its parent is in another process (OTLP)."""

_TOOL, _OTHER, _MCP = Role.TOOL, Role.OTHER, MCP.name


class HeldTrace(Generic[Item]):
    """Spans that wait for a decision, and what is known of them.

    There is no object a span beside the door's own item: ids are packed, and everything
    else exists only for the spans that have it.

    Attributes:
        trace_id: The trace.
        born_ns: When its first span came.
        last_ns: When its last span came.
        root_ns: When its root came, `NEVER_NS` before.
        root_at: Place of the root among the items, -1 before.
        slot: Where its deadline is.
        items: What the door handed in.
        ids: Span id and parent id of each, one after the other.
        score: What the policies noted.
        byte_size: Bytes of its spans.
        trace_state: The first tracestate that said something.
        conversation: The conversation that it names; of several, the first in the alphabet.
        remote_parent: Whether one of its spans has a parent in another process.
        holds_agent: Whether it is about an agent.
        trivial: Places of spans that may go alone, None for none.
        about: Whether each span that is about agents is a tool call, by id; None for none.
        leaving: Ids of spans that called another system; None for none.
    """

    __slots__ = (
        "about",
        "born_ns",
        "byte_size",
        "conversation",
        "holds_agent",
        "ids",
        "items",
        "last_ns",
        "leaving",
        "remote_parent",
        "root_at",
        "root_ns",
        "score",
        "slot",
        "trace_id",
        "trace_state",
        "trivial",
    )

    def __init__(self, trace_id: int, score: Score, now_ns: int) -> None:
        """Begin without spans."""
        self.trace_id = trace_id
        self.score = score
        self.born_ns = self.last_ns = now_ns
        self.root_ns = NEVER_NS
        self.root_at = -1
        self.slot = 0
        self.items: list[Item] = []
        self.ids = array("Q")
        self.byte_size = 0
        self.trace_state = ""
        self.conversation: str | None = None
        self.remote_parent = False
        self.holds_agent = False
        self.trivial: list[int] | None = None
        self.about: dict[int, bool] | None = None
        self.leaving: list[int] | None = None

    def note(
        self, span_id: int, said: AgentSpan | None, context: SpanContext, *, leaves: bool
    ) -> None:
        """Note what is told of a span beside its record."""
        if said is not None:
            self._note_agent(span_id, said)
        if leaves:
            if self.leaving is None:
                self.leaving = []
            self.leaving.append(span_id)
        if context.flags & REMOTE == REMOTE:
            self.remote_parent = True
        if context.trace_state and not self.trace_state:
            self.trace_state = context.trace_state

    def _note_agent(self, span_id: int, said: AgentSpan) -> None:
        if self.about is None:
            self.about = {}
        self.about[span_id] = said.role is _TOOL
        if said.role is not _OTHER or said.dialect == _MCP:
            self.holds_agent = True
        named = said.conversation
        if named and (self.conversation is None or named < self.conversation):
            self.conversation = named

    def note_trivial(self) -> None:
        """Note that the last span may go alone."""
        if self.trivial is None:
            self.trivial = []
        self.trivial.append(len(self.items) - 1)

    def head(self) -> TraceHead:
        """Return what policies are told beside the score."""
        return TraceHead(
            self.trace_id,
            self.trace_state,
            self.conversation,
            len(self.items),
            self.byte_size,
            self.leaving is not None and self._reaches_out(self.leaving),
            self.remote_parent,
        )

    def _reaches_out(self, leaving: list[int]) -> bool:
        """Whether the nearest span about agents, around any call that leaves, is a tool."""
        about = self.about
        if about is None or True not in about.values():
            return False
        parents = dict(zip(self.ids[::2], self.ids[1::2], strict=True))
        seen: set[int] = set()
        for span_id in leaving:
            step = span_id
            while step and step not in about and step not in seen:
                seen.add(step)
                step = parents.get(step, 0)
            if about.get(step):
                return True
        return False

    def trivial_places(self, linked: AbstractSet[int]) -> AbstractSet[int]:
        """Return the places of spans that tell nothing, from the leaves up.

        Again and again, so that whole subtrees go. A span stays that has a child that stays,
        that is linked to, or whose parent is not here: a trace never vanishes as a whole.
        """
        ids, parents = self.ids[::2], self.ids[1::2]
        children = Counter(parents)
        known = set(ids)
        open_places: dict[int, list[int]] = {}
        for place in self.trivial or ():
            if ids[place] not in linked and parents[place] in known:
                open_places.setdefault(ids[place], []).append(place)
        gone: set[int] = set()
        leaves = [span_id for span_id in open_places if not children[span_id]]
        while leaves:
            for place in open_places.pop(leaves.pop()):
                gone.add(place)
                parent_id = parents[place]
                children[parent_id] -= 1
                if not children[parent_id] and parent_id in open_places:
                    leaves.append(parent_id)
        return gone
