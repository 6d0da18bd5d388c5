"""The policies with a budget: `rate_limiting`, `bytes_limiting`, `composite`.

What a budget lets through cannot be weighed: how likely a trace was to be kept depends on
what came before it, so their keeps carry no threshold.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies.block import Block, hint
from otel_agents.pipeline.policies.decision import NO, Ballot, TraceHead, Vote
from otel_agents.pipeline.policies.node import Build, Moment, Node, Score

RATE_KEYS = ("spans_per_second", "burst_capacity")
BYTES_KEYS = ("bytes_per_second", "burst_capacity")
COMPOSITE_KEYS = (
    "max_total_spans_per_second",
    "policy_order",
    "composite_sub_policy",
    "rate_allocation",
    "overflow",
)

BUDGET = "a budget decides, and counts every trace once it is complete"
_SECOND = 10**9
_LET_THROUGH: Ballot = (Vote.SAMPLED, None)


class TokenBucket:
    """Tokens that come back at a rate; it starts full and is told the time.

    Attributes:
        per_second: Tokens that come back in a second.
        burst: Tokens that it holds at most.
    """

    def __init__(self, per_second: int, burst: int) -> None:
        """Start full."""
        self.per_second = per_second
        self.burst = burst
        # Billionths of a token, so that nanoseconds add up exactly.
        self._held = burst * _SECOND
        self._at_ns: int | None = None

    def take(self, tokens: int, now_ns: int) -> bool:
        """Take tokens if there are so many; a clock that jumps back brings none."""
        if self._at_ns is None:
            self._at_ns = now_ns
        elapsed_ns = max(0, now_ns - self._at_ns)
        self._at_ns = now_ns
        self._held = min(self.burst * _SECOND, self._held + elapsed_ns * self.per_second)
        if tokens * _SECOND > self._held:
            return False
        self._held -= tokens * _SECOND
        return True


def rate_limiting(block: Block, build: Build) -> Node:
    """Build `rate_limiting`."""
    return _limit(block, build, "spans_per_second", lambda head: head.span_count)


def bytes_limiting(block: Block, build: Build) -> Node:
    """Build `bytes_limiting`."""
    return _limit(block, build, "bytes_per_second", lambda head: head.byte_size)


def _limit(block: Block, build: Build, key: str, size: Callable[[TraceHead], int]) -> Node:
    per_second = block.whole(key, 0 if build.compat else None, 0 if build.compat else 1)
    burst = block.whole("burst_capacity", 0) or 2 * per_second
    bucket = TokenBucket(per_second, burst)

    def ballot(_score: Score, moment: Moment) -> Ballot:
        return _LET_THROUGH if bucket.take(size(moment.head), moment.now_ns) else NO

    return Node(ballot=ballot, unsure=BUDGET, stateful=True, limited=True)


@dataclass(slots=True)
class _Share:
    """A sub-policy and what it may still let through in this second."""

    node: Node
    spans_per_second: int
    used: int = 0


def composite(block: Block, build: Build) -> Node:
    """Build `composite`: the first sub-policy that matches decides, within its share."""
    total = block.whole("max_total_spans_per_second", None, 0 if build.compat else 1)
    subs = _subs(block, build)
    percents = _percents(block, [name for name, _ in subs])
    if build.compat:
        rates = _collectors_rates(total, percents, len(subs))
        shares = [_Share(node, rates.get(name, 0)) for name, node in subs]
        together = False
    else:
        rates = _rates(block, total, percents, [name for name, _ in subs])
        order = _order(block, [name for name, _ in subs])
        nodes = dict(subs)
        shares = [_Share(nodes[name], rates[name]) for name in order]
        together = True
    overflow = block.word("overflow", ("drop", "next"), "drop") == "next"
    return Node(
        ballot=_Composite(shares, total, together=together, overflow=overflow).ballot,
        unsure=BUDGET,
        stateful=any(node.stateful for _, node in subs),
        limited=True,
    )


class _Composite:
    def __init__(
        self, shares: Sequence[_Share], total: int, *, together: bool, overflow: bool
    ) -> None:
        self.shares = shares
        self.total = total
        self.together = together
        self.overflow = overflow
        self.second = -1

    def ballot(self, score: Score, moment: Moment) -> Ballot:
        second = moment.now_ns // _SECOND
        if second != self.second:
            self.second = second
            for share in self.shares:
                share.used = 0
        for share in self.shares:
            vote, _ = share.node.ballot(score, moment)
            if vote not in (Vote.SAMPLED, Vote.INVERT_SAMPLED):
                continue
            if self.fits(share, moment.head.span_count):
                share.used += moment.head.span_count
                return _LET_THROUGH
            if not self.overflow:
                return NO
        return NO

    def fits(self, share: _Share, spans: int) -> bool:
        # The Collector holds each sub-policy to the total, never their sum.
        used = sum(other.used for other in self.shares) if self.together else share.used
        return share.used + spans <= share.spans_per_second and used + spans <= self.total


def _subs(block: Block, build: Build) -> list[tuple[str, Node]]:
    key = "composite_sub_policy"
    subs: list[tuple[str, Node]] = []
    for index, sub in enumerate(block.items(key, "a list of policies")):
        path = f"{block.at(key)}[{index}]"
        name, node = build.child(path, sub, "composite")
        if not name and not build.compat:
            raise ConfigError(f"{path}.name", name, "a name, to share the budget by")
        if name in [known for known, _ in subs] and not build.compat:
            raise ConfigError(f"{path}.name", name, "a name that no other sub-policy has")
        subs.append((name, node))
    return subs


def _percents(block: Block, names: list[str]) -> dict[str, int]:
    key = "rate_allocation"
    percents: dict[str, int] = {}
    for index, item in enumerate(block.items(key, "a list", empty=True)):
        entry = Block(f"{block.at(key)}[{index}]", item, ("policy", "percent"))
        name = entry.text("policy")
        if name not in names:
            raise entry.refuse("policy", f"one of {', '.join(names)}{hint(name, names)}")
        percents[name] = entry.whole("percent", 0)
    return percents


def _collectors_rates(total: int, percents: dict[str, int], subs: int) -> dict[str, int]:
    """Give an equal share to an allocation of 0 %, and nothing to a sub-policy without."""
    return {
        name: int(percent / 100 * total if percent else total / subs)
        for name, percent in percents.items()
    }


def _rates(block: Block, total: int, percents: dict[str, int], names: list[str]) -> dict[str, int]:
    """Divide what the allocations leave equally among the sub-policies without one."""
    left = 100 - sum(percents.values())
    others = [name for name in names if not percents.get(name)]
    if left < 0 or (others and left == 0):
        need = f", with some left for {', '.join(others)}" if others else ""
        raise block.refuse("rate_allocation", f"percents that add up to at most 100{need}")
    rates = {name: total * percent // 100 for name, percent in percents.items() if percent}
    for place, name in enumerate(others):
        # Spans that do not divide go to the first ones.
        spare = total * left // 100
        rates[name] = spare // len(others) + (place < spare % len(others))
    return rates


def _order(block: Block, names: list[str]) -> list[str]:
    order = block.texts("policy_order", empty=True)
    if order and sorted(order) != sorted(names):
        raise block.refuse("policy_order", f"each of {', '.join(names)} once")
    return order or names
