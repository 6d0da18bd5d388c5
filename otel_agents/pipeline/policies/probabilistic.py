"""The policy `probabilistic`: a share of all traces, by the trace's own randomness."""

from otel_agents.pipeline.policies.block import Block
from otel_agents.pipeline.policies.decision import NO, YES, Ballot, Vote
from otel_agents.pipeline.policies.fnv import boundary, fnv1a64, salted
from otel_agents.pipeline.policies.node import Build, Moment, Node, Score
from otel_agents.pipeline.policies.threshold import ALWAYS, NEVER, of_share

KEYS = ("hash_salt", "sampling_percentage")
CHANCE = "chance decides, and only once the trace is complete"


def probabilistic(block: Block, build: Build) -> Node:
    """Build `probabilistic`."""
    percentage = block.number("sampling_percentage", 0.0 if build.compat else None)
    if build.compat:
        return _hashed(percentage, block.text("hash_salt", ""))
    if block.keys.get("hash_salt"):
        expected = (
            "no hash_salt: chance comes from ot=rv, the conversation or the trace id, so that "
            "samplers agree; the Collector's salted hash is for `compat: otelcol`"
        )
        raise block.refuse("hash_salt", expected)
    threshold = of_share(percentage / 100)
    if threshold == ALWAYS:
        return Node(ballot=lambda _score, _moment: YES)
    if threshold == NEVER:
        return Node(ballot=lambda _score, _moment: NO, unsure="it keeps nothing")
    kept: Ballot = (Vote.SAMPLED, threshold)
    passed: Ballot = (Vote.NOT_SAMPLED, threshold)

    def ballot(_score: Score, moment: Moment) -> Ballot:
        return kept if moment.randomness >= threshold else passed

    return Node(ballot=ballot, unsure=CHANCE)


def _hashed(percentage: float, salt: str) -> Node:
    """Compare the Collector's hash, whose likelihood no `th` can say."""
    state, highest = salted(salt), boundary(percentage)
    if percentage >= 100:  # noqa: PLR2004 that is all of them
        return Node(ballot=lambda _score, _moment: YES)
    kept: Ballot = (Vote.SAMPLED, None)
    passed: Ballot = (Vote.NOT_SAMPLED, None)

    def ballot(_score: Score, moment: Moment) -> Ballot:
        return kept if fnv1a64(state, moment.head.trace_id) <= highest else passed

    return Node(ballot=ballot, unsure=CHANCE)
