"""All policies together: what they note of a trace, and what they decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.dialects.mcp import MCP
from otel_agents.pipeline.policies.decision import (
    NO_CONTEXT,
    NO_POLICY,
    NON_AGENT,
    Decision,
    Reason,
    SpanContext,
    TraceHead,
    Vote,
)
from otel_agents.pipeline.policies.node import Moment, Node, PolicyFailure, Score, Slots
from otel_agents.pipeline.policies.randomness import of_conversation, of_trace, ot_of
from otel_agents.pipeline.policies.threshold import ALWAYS, NEVER
from otel_agents.pipeline.policies.timers import Timers
from otel_agents.record import SpanRecord
from otel_agents.semconv import SamplingTrigger

_SAMPLED, _NOT_SAMPLED, _DROPPED = Vote.SAMPLED, Vote.NOT_SAMPLED, Vote.DROPPED
_INVERT_SAMPLED, _INVERT_NOT_SAMPLED = Vote.INVERT_SAMPLED, Vote.INVERT_NOT_SAMPLED
_KEEP: Final = True
_OTHER, _MCP = Role.OTHER, MCP.name
_EARLY: Final = Moment(TraceHead(0), 0, 0)


class NonAgent(StrEnum):
    """What becomes of a trace that holds no agent, model call, tool or MCP span."""

    PASS = "pass"  # noqa: S105 it is a word of the configuration
    POLICIES = "policies"


class Analysis(NamedTuple):
    """What is known of a policy before any trace came.

    Attributes:
        name: The policy.
        type: Its type.
        early: Whether it may keep a trace before the trace is complete.
        why_not: Why it may not; empty where it may.
    """

    name: str
    type: str
    early: bool
    why_not: str


class Statistics(NamedTuple):
    """What went wrong since the start.

    Attributes:
        errors: How often each policy could not vote; those that always could are left out.
    """

    errors: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy of the set.

    Attributes:
        name: Its name.
        type: Its type.
        node: The policy at work.
    """

    name: str
    type: str
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for all policies of a set.

    Attributes:
        timers: When to ask for a decision.
        compat: Whether the Collector's quirks are reproduced.
        first_match: Whether the first policy that keeps a trace ends the vote.
        non_agent: What becomes of traces without an agent.
    """

    timers: Timers = field(default_factory=Timers)
    compat: bool = False
    first_match: bool = False
    non_agent: NonAgent = NonAgent.POLICIES


class PolicySet:
    """The policies of a block; the traces' scores are the caller's.

    Attributes:
        names: The policies, in the order in which they vote: those that drop come first.
        timers: When to ask for a decision.
        compat: Whether the Collector's quirks are reproduced.
        non_agent: What becomes of traces without an agent.
    """

    def __init__(
        self,
        policies: Sequence[Policy],
        slots: Slots,
        rules: Rules,
    ) -> None:
        """Put the policies in order and find out which may decide early."""
        ordered = sorted(policies, key=lambda policy: not policy.node.drop)
        self.names = tuple(policy.name for policy in ordered)
        self.timers = rules.timers
        self.compat = rules.compat
        self.non_agent = rules.non_agent
        self._first_match = rules.first_match
        self._nodes = [policy.node for policy in ordered]
        self._ballots = [node.ballot for node in self._nodes]
        self._drops = sum(node.drop for node in self._nodes)
        self._observers = tuple(slots.observers)
        self._agent, self._rv, self._th = (slots.new(start) for start in (False, None, False))
        self._initial = slots.initial
        self._passes_others = rules.non_agent is NonAgent.PASS
        self._errors = [0] * len(ordered)
        self._analysis = tuple(_analyse(ordered, first_match=rules.first_match))
        self._early = [
            (node.ballot, _kept(ALWAYS, told.name, SamplingTrigger.EARLY, Reason.VOTED))
            for node, told in zip(self._nodes, self._analysis, strict=True)
            if told.early
        ]

    def analysis(self) -> tuple[Analysis, ...]:
        """Return which policies may decide early, and why the others may not."""
        return self._analysis

    def statistics(self) -> Statistics:
        """Return what went wrong since the start."""
        named = zip(self.names, self._errors, strict=True)
        return Statistics({name: count for name, count in named if count})

    def score(self) -> Score:
        """Return the score of a new trace."""
        return self._initial.copy()

    def observe(
        self,
        score: Score,
        record: SpanRecord,
        said: AgentSpan | None,
        cost_usd: float | None,
        context: SpanContext = NO_CONTEXT,
    ) -> None:
        """Note what a span says; each span once.

        Args:
            score: The trace's score.
            record: The span as it came.
            said: What it says about an agent.
            cost_usd: What it cost, where it is a model call that counts and has a price.
            context: Its tracestate and flags.
        """
        if said is not None and (said.role is not _OTHER or said.dialect == _MCP):
            score[self._agent] = True
        if context.trace_state:
            said_ot = ot_of(context.trace_state)
            if said_ot.rv is not None:
                score[self._rv] = max(said_ot.rv, score[self._rv] or 0)
            if said_ot.th is not None:
                score[self._th] = True
        for observe in self._observers:
            observe(score, record, said, cost_usd, context)

    def early(self, score: Score) -> Decision | None:
        """Return the decision to keep a trace, if nothing can change it any more."""
        for ballot, decision in self._early:
            try:
                if ballot(score, _EARLY)[0] is _SAMPLED:
                    return decision
            except PolicyFailure:
                continue
        return None

    def decide(
        self, score: Score, head: TraceHead, now_ns: int, trigger: SamplingTrigger
    ) -> Decision:
        """Decide on a trace; once, since budgets are spent by it.

        Args:
            score: The trace's score.
            head: What else is known of the trace.
            now_ns: The time.
            trigger: What made it time.
        """
        if self._passes_others and not score[self._agent]:
            return _kept(ALWAYS, NON_AGENT, trigger, Reason.NOT_AGENT)
        randomness, rv = self._chance(score, head)
        moment = Moment(head, now_ns, randomness)
        votes, thresholds = self._ask(score, moment)
        if _DROPPED in votes:
            return self._refused(votes, _DROPPED, Reason.DROP_POLICY, trigger)
        if _INVERT_NOT_SAMPLED in votes:
            return self._refused(votes, _INVERT_NOT_SAMPLED, Reason.INVERTED_MATCH, trigger)
        if _SAMPLED in votes:
            policy = self.names[votes.index(_SAMPLED)]
            threshold = self._threshold(thresholds)
        elif _INVERT_SAMPLED in votes and _NOT_SAMPLED not in votes[self._drops :]:
            policy = self.names[votes.index(_INVERT_SAMPLED)]
            threshold = None if self._chance_drops(thresholds) else ALWAYS
        else:
            return _dropped(NO_POLICY, trigger, Reason.NO_VOTE, votes)
        return Decision(_KEEP, threshold, policy, trigger, Reason.VOTED, tuple(votes), rv)

    def _ask(self, score: Score, moment: Moment) -> tuple[list[Vote], list[int | None]]:
        votes: list[Vote] = []
        thresholds: list[int | None] = []
        for index, ballot in enumerate(self._ballots):
            try:
                vote, threshold = ballot(score, moment)
            except PolicyFailure:
                self._errors[index] += 1
                vote, threshold = Vote.ERROR, NEVER
            votes.append(vote)
            thresholds.append(threshold)
            if vote is _DROPPED:
                break
            if vote is _SAMPLED and self._first_match:
                thresholds += self._unasked(index + 1, score, moment)
                break
        left = len(self._ballots) - len(votes)
        return (votes + [Vote.NOT_ASKED] * left if left else votes), thresholds

    def _unasked(self, start: int, score: Score, moment: Moment) -> list[int | None]:
        """Return the thresholds of policies that no longer vote.

        They would have kept the trace where chance had not let an earlier one do so, and
        belong to how likely it was.
        """
        found: list[int | None] = []
        for node in self._nodes[start:]:
            try:
                found.append(None if node.limited else node.ballot(score, moment)[1])
            except PolicyFailure:
                found.append(NEVER)
        return found

    def _threshold(self, thresholds: list[int | None]) -> int | None:
        if self._chance_drops(thresholds):
            return None
        keeps = thresholds[self._drops :]
        if ALWAYS in keeps:
            return ALWAYS
        return None if None in keeps else min(filter(None, keeps))

    def _chance_drops(self, thresholds: list[int | None]) -> bool:
        """Whether another draw could have dropped the trace, which no threshold can say."""
        return any(threshold != NEVER for threshold in thresholds[: self._drops])

    def _refused(
        self, votes: list[Vote], vote: Vote, reason: Reason, trigger: SamplingTrigger
    ) -> Decision:
        policy = self.names[votes.index(vote)]
        return _dropped(policy, trigger, reason, votes)

    def _chance(self, score: Score, head: TraceHead) -> tuple[int, int | None]:
        """Return the trace's randomness, and what of it is to be written as `ot=rv`."""
        said = ot_of(head.trace_state)
        rv = score[self._rv] if said.rv is None else said.rv
        if rv is not None:
            return rv, None
        # A threshold that the trace has passed was compared with its id.
        sampled_before = said.th is not None or score[self._th]
        if head.conversation and not sampled_before and not self.compat:
            randomness = of_conversation(head.conversation)
            return randomness, None if head.remote_parent else randomness
        return of_trace(head.trace_id), None


def _kept(threshold: int | None, policy: str, trigger: SamplingTrigger, reason: Reason) -> Decision:
    return Decision(_KEEP, threshold, policy, trigger, reason)


def _dropped(
    policy: str, trigger: SamplingTrigger, reason: Reason, votes: Sequence[Vote]
) -> Decision:
    return Decision(not _KEEP, None, policy, trigger, reason, tuple(votes))


def _analyse(policies: Sequence[Policy], *, first_match: bool) -> list[Analysis]:
    """Find out which policies may decide early.

    One may if its "sampled" is for ever and without chance, and no other policy could
    overrule it or must see every trace.
    """
    found = []
    for place, policy in enumerate(policies):
        why_not = policy.node.unsure
        if not why_not:
            for other_place, other in enumerate(policies):
                why_not = _overrules(other, after=other_place > place and first_match)
                if why_not:
                    break
        found.append(Analysis(policy.name, policy.type, not why_not, why_not))
    return found


def _overrules(other: Policy, *, after: bool) -> str:
    if other.node.drop:
        return f"{other.name} could still drop the trace"
    if other.node.inverted and not after:
        return f"{other.name} could still vote inverted"
    if other.node.limited and not after:
        return f"{other.name} counts every complete trace against its budget"
    return ""
