"""What is known of one trace while it waits to be settled."""

from typing import NamedTuple

from otel_agents.pipeline.agent_span import AgentSpan


class CallTotals(NamedTuple):
    """What a settled model call adds to the runs around it."""

    model: str
    tokens: int
    cost_usd: float


class TraceTally:
    """One trace, as far as it is known.

    Attributes:
        born_ns: When its first span came.
        parents: Span id to parent id, of every span.
        spans: Span id to what it says, of the spans about agents.
        pending: Whether a span has come that is not settled.
        clients: Ids of spans that called another system over the network.
        done: Ids of the spans whose call, run or hand-off is settled.
        calls: Settled model calls, by the id of their outermost span.
        tools: Ids of the outermost spans of settled tool calls.
        rooted: Whether a span without a parent has come.
    """

    __slots__ = (
        "born_ns",
        "calls",
        "clients",
        "done",
        "parents",
        "pending",
        "rooted",
        "spans",
        "tools",
    )

    def __init__(self, born_ns: int = 0) -> None:
        """Begin with an empty trace."""
        self.born_ns = born_ns
        self.parents: dict[int, int] = {}
        self.spans: dict[int, AgentSpan] = {}
        self.pending = False
        self.clients: list[int] | None = None
        self.done: set[int] | None = None
        self.calls: dict[int, CallTotals] | None = None
        self.tools: set[int] | None = None
        self.rooted = False

    def note_client(self, span_id: int) -> None:
        """Note that a span called another system; few traces pay for a list of them."""
        if self.clients is None:
            self.clients = []
        self.clients.append(span_id)
