"""What a buffer holds and what became of the spans that came."""

from typing import NamedTuple


class Statistics(NamedTuple):
    """Sums since the start; accepted = dropped + undecided + released, at any moment.

    Attributes:
        accepted: Spans that came.
        dropped: Spans that ended here, late ones and those dropped alone among them.
        undecided: Spans that are held.
        released: Spans that were kept and handed to the door.
        dropped_alone: Spans dropped from traces that are kept.
        late: Spans that came after the decision on a whole trace.
        streamed: Spans that came after a decision before the end of their trace.
        traces: Traces decided.
        held_traces: Traces held.
        held_bytes: An estimate of what they take.
        remembered: Decisions remembered for late spans.
        evicted: Traces decided for want of room.
        too_large: Traces dropped as the block says, since they were too large.
    """

    accepted: int
    dropped: int
    undecided: int
    released: int
    dropped_alone: int
    late: int
    streamed: int
    traces: int
    held_traces: int
    held_bytes: int
    remembered: int
    evicted: int
    too_large: int
