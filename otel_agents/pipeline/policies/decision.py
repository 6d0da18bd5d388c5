"""What is decided of a trace, and what a decision is made from."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple, TypeAlias

from otel_agents.pipeline.policies.threshold import ALWAYS, NEVER
from otel_agents.semconv import SamplingTrigger


class Vote(IntEnum):
    """What one policy says of a trace."""

    SAMPLED = 0
    NOT_SAMPLED = 1
    DROPPED = 2
    INVERT_SAMPLED = 3
    INVERT_NOT_SAMPLED = 4
    ERROR = 5
    NOT_ASKED = 6


class Reason(StrEnum):
    """Why a trace is kept or dropped."""

    VOTED = "voted"
    DROP_POLICY = "drop_policy"
    INVERTED_MATCH = "inverted_match"
    NO_VOTE = "no_vote"
    NOT_AGENT = "not_agent"


Ballot: TypeAlias = tuple[Vote, int | None]
"""A vote, and the threshold it depends on: the policy says "sampled" of a trace like this
one if R is at least so much. `ALWAYS` and `NEVER` mean that chance has no part in it, None
that how likely it was cannot be said."""

YES: Final[Ballot] = (Vote.SAMPLED, ALWAYS)
NO: Final[Ballot] = (Vote.NOT_SAMPLED, NEVER)
INVERT_YES: Final[Ballot] = (Vote.INVERT_SAMPLED, NEVER)
INVERT_NO: Final[Ballot] = (Vote.INVERT_NOT_SAMPLED, NEVER)

NO_POLICY: Final = "none"
"""The policy of a trace that no policy kept."""

NON_AGENT: Final = "non_agent"
"""The policy of a trace that passes because it holds nothing of an agent."""


class SpanContext(NamedTuple):
    """What W3C Trace Context says of one span.

    Attributes:
        trace_state: The tracestate as text.
        flags: The span's flags; the lowest bit says that it is sampled.
    """

    trace_state: str = ""
    flags: int = 0


NO_CONTEXT: Final = SpanContext()


class TraceHead(NamedTuple):
    """What the buffer knows of a trace when it asks for a decision.

    Attributes:
        trace_id: 128-bit trace id.
        trace_state: The tracestate of the first span.
        conversation: The id of the conversation that the trace belongs to, if it names one.
        span_count: Spans that came.
        byte_size: Their size in bytes.
        external: Whether a tool of it reached another host, as its lineage tells.
        remote_parent: Whether the trace began in another process.
    """

    trace_id: int
    trace_state: str = ""
    conversation: str | None = None
    span_count: int = 0
    byte_size: int = 0
    external: bool = False
    remote_parent: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a trace.

    Attributes:
        keep: Whether it is kept.
        threshold: How likely a trace like it was to be kept, as T of 56 bits; None where
            that is not known, and then a `th` that came is erased.
        policy: The policy that decided; `none` where none kept it.
        trigger: What made it time to decide.
        reason: Why.
        votes: What each policy said, in the order of `PolicySet.names`.
        rv: Randomness to write as `ot=rv`; None where nothing is to be written.
    """

    keep: bool
    threshold: int | None
    policy: str
    trigger: SamplingTrigger
    reason: Reason
    votes: tuple[Vote, ...] = ()
    rv: int | None = None
