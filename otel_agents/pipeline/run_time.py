"""What the time of a run was spent on.

At every instant inside a run the innermost step under way decides: the one with the most
agents, calls and tools around it. Of several equally deep, a model call comes before a
retrieval, a wait and a tool, in this order. Where no step is under way, the time is `other`.
So nothing counts twice however steps overlap, and the kinds add up to the run's duration.
"""

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import NamedTuple

from otel_agents.semconv import TimeKind

_PRECEDENCE = {TimeKind.MODEL: 0, TimeKind.RETRIEVAL: 1, TimeKind.WAIT: 2, TimeKind.TOOL: 3}
_KINDS = (*_PRECEDENCE, TimeKind.OTHER)


class Step(NamedTuple):
    """One thing that a run did.

    Attributes:
        start_ns: Its start.
        end_ns: Its end.
        depth: How many things about agents enclose it.
        kind: What its time is spent on.
    """

    start_ns: int
    end_ns: int
    depth: int
    kind: TimeKind


def exclusive_ns(start_ns: int, end_ns: int, steps: Iterable[Step]) -> dict[TimeKind, int]:
    """Divide a run's time among the kinds, each instant to one of them.

    Args:
        start_ns: The run's start.
        end_ns: The run's end; steps outside are cut.
        steps: What the run did, in any order.
    """
    spent = dict.fromkeys(TimeKind, 0)
    inside = sorted(step for step in steps if step.start_ns < end_ns)
    under_way: list[tuple[int, int, int]] = []
    now_ns = start_ns
    for step in inside:
        now_ns = _pass(spent, under_way, now_ns, max(step.start_ns, start_ns))
        heappush(under_way, (-step.depth, _PRECEDENCE[step.kind], min(step.end_ns, end_ns)))
    _pass(spent, under_way, now_ns, end_ns)
    return spent


def _pass(
    spent: dict[TimeKind, int], under_way: list[tuple[int, int, int]], now_ns: int, until_ns: int
) -> int:
    """Let the time pass, giving it to the innermost step of each moment."""
    while now_ns < until_ns:
        if not under_way:
            spent[TimeKind.OTHER] += until_ns - now_ns
            return until_ns
        _, kind, end_ns = under_way[0]
        if end_ns <= now_ns:
            heappop(under_way)
            continue
        reached_ns = min(end_ns, until_ns)
        spent[_KINDS[kind]] += reached_ns - now_ns
        now_ns = reached_ns
    return now_ns
