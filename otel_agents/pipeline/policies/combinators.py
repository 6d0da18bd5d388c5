"""Policies of policies: `and`, `not`, `drop`, `any_of`, `all_of`, `all_spans`.

Inside them an inverted vote counts as a plain one.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from otel_agents.errors import ConfigError
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.policies.block import Block
from otel_agents.pipeline.policies.decision import NO, YES, Ballot, SpanContext, Vote
from otel_agents.pipeline.policies.node import Build, Builder, Moment, Node, PolicyFailure, Score
from otel_agents.pipeline.policies.threshold import ALWAYS, NEVER
from otel_agents.record import SpanRecord

_EVERY, _FAILED = 1, 2


def plain(ballot: Ballot) -> tuple[bool, int | None]:
    """Return whether a vote is for the trace, and the threshold of that."""
    vote, threshold = ballot
    if vote is Vote.INVERT_SAMPLED:
        return True, ALWAYS
    return vote is Vote.SAMPLED, threshold


def highest(thresholds: Sequence[int | None]) -> int | None:
    """Return the threshold of all votes together."""
    if NEVER in thresholds:
        return NEVER
    return None if None in thresholds else max(filter(None, thresholds), default=ALWAYS)


def lowest(thresholds: Sequence[int | None]) -> int | None:
    """Return the threshold of any of the votes."""
    if ALWAYS in thresholds:
        return ALWAYS
    return None if None in thresholds else min(filter(None, thresholds), default=NEVER)


def all_of(key: str, parent: str) -> Builder:
    """Return the builder of a policy that wants all of its sub-policies."""

    def built(block: Block, build: Build) -> Node:
        nodes = _children(block, build, key, parent)
        return _joined(nodes, _all(nodes, Vote.SAMPLED))

    return built


def drop(block: Block, build: Build) -> Node:
    """Build `drop`: a trace that all of its sub-policies want is dropped."""
    nodes = _children(block, build, "drop_sub_policy", "drop")
    joined = _joined(nodes, _all(nodes, Vote.DROPPED))
    return replace(joined, unsure="it drops, and never keeps", drop=True)


def any_of(block: Block, build: Build) -> Node:
    """Build `any_of`: one of its sub-policies is enough."""
    nodes = _children(block, build, "any_of_sub_policy", "any_of")

    def ballot(score: Score, moment: Moment) -> Ballot:
        votes = [plain(node.ballot(score, moment)) for node in nodes]
        wanted = any(for_it for for_it, _ in votes)
        threshold = lowest([threshold for _, threshold in votes])
        return (Vote.SAMPLED if wanted else Vote.NOT_SAMPLED), threshold

    return _joined(nodes, ballot)


def negation(block: Block, build: Build) -> Node:
    """Build `not`: the opposite of its sub-policy."""
    key = "not_sub_policy"
    _, node = build.child(block.at(key), block.need(key, "a policy"), "not")

    def ballot(score: Score, moment: Moment) -> Ballot:
        wanted, threshold = plain(node.ballot(score, moment))
        if threshold == NEVER:
            return YES
        if threshold == ALWAYS:
            return NO
        # Kept by low randomness, which no threshold can say.
        return (Vote.NOT_SAMPLED if wanted else Vote.SAMPLED), None

    return Node(
        ballot=ballot,
        unsure="what it negates may still come true",
        stateful=node.stateful,
        limited=node.limited,
    )


def all_spans(block: Block, build: Build) -> Node:
    """Build `all_spans`: every span passes what its sub-policy asks of a span."""
    key = "all_spans_sub_policy"
    path = block.at(key)
    asked = block.need(key, "a policy")
    _, node = build.child(path, asked, "all_spans")
    test = node.test
    if test is None:
        expected = "a policy that asks one span at a time, such as status_code or ottl_condition"
        kind = asked.get("type") if isinstance(asked, dict) else asked
        raise ConfigError(f"{path}.type", kind, expected)
    slot = build.slots.new()

    def observe(
        score: Score,
        record: SpanRecord,
        said: AgentSpan | None,
        _cost: float | None,
        context: SpanContext,
    ) -> None:
        if score[slot] == _FAILED:
            return
        try:
            score[slot] = _EVERY if test(record, said, context) else _FAILED
        except PolicyFailure:
            score[slot] = _FAILED

    build.slots.observers.append(observe)
    return Node(
        ballot=lambda score, _moment: YES if score[slot] == _EVERY else NO,
        unsure="a later span may not pass",
        stateful=True,
    )


def _children(block: Block, build: Build, key: str, parent: str) -> list[Node]:
    """Build the sub-policies; of those that have names, no two may share one."""
    nodes, names = [], set[str]()
    for index, sub in enumerate(block.items(key, "a list of policies that is not empty")):
        path = f"{block.at(key)}[{index}]"
        name, node = build.child(path, sub, parent)
        if name and name in names and not build.compat:
            raise ConfigError(f"{path}.name", name, "a name that no other sub-policy has")
        names.add(name)
        nodes.append(node)
    return nodes


def _joined(nodes: Sequence[Node], ballot: Callable[[Score, Moment], Ballot]) -> Node:
    return Node(
        ballot=ballot,
        unsure=next((node.unsure for node in nodes if node.unsure), ""),
        stateful=any(node.stateful for node in nodes),
        limited=any(node.limited for node in nodes),
    )


def _all(nodes: Sequence[Node], wanted: Vote) -> Callable[[Score, Moment], Ballot]:
    def ballot(score: Score, moment: Moment) -> Ballot:
        thresholds: list[int | None] = []
        lost = False
        for node in nodes:
            # Once a sub-policy is against it, a budget is no longer asked, as in the Collector.
            if lost and node.limited:
                thresholds.append(None)
                continue
            for_it, threshold = plain(node.ballot(score, moment))
            if threshold == NEVER:
                return NO
            if not for_it and threshold is None:
                return Vote.NOT_SAMPLED, None
            thresholds.append(threshold)
            lost = lost or not for_it
        return (Vote.NOT_SAMPLED if lost else wanted), highest(thresholds)

    return ballot
