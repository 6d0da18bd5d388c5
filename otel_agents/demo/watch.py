"""Finds what stands out in what was counted.

Nothing here knows the demo's fleet: the same questions can be asked of any spans.
"""

from collections import Counter, defaultdict
from statistics import median
from typing import Final, NamedTuple

from otel_agents.demo.highlights import (
    Highlights,
    Rollout,
    Runaway,
    SentBack,
    Side,
    SlowTool,
    Unaccounted,
)
from otel_agents.pipeline.counted import AgentRun, Counted, ModelCall, Owner, ToolCall
from otel_agents.pipeline.error_class import error_class
from otel_agents.pricing import Unpriced
from otel_agents.semconv import Channel, ErrorClass, RunOutcome

RUNAWAY_FACTOR: Final = 10
"""A run with so many times the calls that its agent usually makes has run away."""

RUNAWAY_CALLS: Final = 20
"""With fewer calls than this a run is small, whatever is usual."""


class _Run(NamedTuple):
    owner: Owner
    calls: int
    tools: int
    cost_usd: float
    duration_s: float
    outcome: RunOutcome


class _Waits:
    def __init__(self) -> None:
        self.calls = self.timeouts = 0
        self.waited_s = 0.0


class _Requests:
    def __init__(self) -> None:
        self.calls = self.rate_limited = self.retried = 0


class _Spent:
    def __init__(self) -> None:
        self.calls = self.tokens = 0


class Watch:
    """Takes what is counted and says what stands out."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._runs: defaultdict[tuple[str, str], list[_Run]] = defaultdict(list)
        self._tools: defaultdict[str, _Waits] = defaultdict(_Waits)
        self._models: defaultdict[tuple[str, str], _Requests] = defaultdict(_Requests)
        self._unpriced: defaultdict[tuple[str, str, str, str], _Spent] = defaultdict(_Spent)

    def take(self, counted: Counted) -> None:
        """Take in a run or a call; the rest stands out nowhere."""
        match counted:
            case AgentRun():
                self._take_run(counted)
            case ModelCall():
                self._take_call(counted)
            case ToolCall():
                self._take_tool(counted)

    def highlights(self) -> Highlights:
        """Say what stands out in what was taken so far."""
        runaways = [found for runs in self._runs.values() for found in _runaways(runs)]
        rollouts = [found for runs in self._runs.values() if (found := _rollout(runs))]
        slow_tools = [
            SlowTool(tool, waits.calls, waits.timeouts, waits.waited_s)
            for tool, waits in self._tools.items()
            if waits.timeouts
        ]
        sent_back = [
            SentBack(*key, requests.calls, requests.rate_limited, requests.retried)
            for key, requests in self._models.items()
            if requests.rate_limited
        ]
        unaccounted = [
            Unaccounted(*key, spent.calls, spent.tokens) for key, spent in self._unpriced.items()
        ]
        outcomes = Counter(run.outcome for runs in self._runs.values() for run in runs)
        return Highlights(
            tuple(sorted(runaways, key=lambda found: -found.cost_usd)),
            tuple(sorted(rollouts, key=_worse_by, reverse=True)),
            tuple(sorted(slow_tools, key=lambda found: -found.waited_s)),
            tuple(sorted(sent_back, key=lambda found: -found.rate_limited)),
            tuple(sorted(unaccounted, key=lambda found: -found.tokens)),
            dict(outcomes.most_common()),
        )

    def _take_run(self, run: AgentRun) -> None:
        duration_s = (run.span.duration_ns or 0) / 1e9
        facts = _Run(run.owner, run.calls, run.tools, run.cost_usd, duration_s, run.outcome)
        self._runs[run.owner.agent, run.owner.group].append(facts)

    def _take_call(self, call: ModelCall) -> None:
        span = call.span
        provider = span.provider or ""
        requests = self._models[provider, span.model]
        requests.calls += 1
        requests.retried += call.retried
        requests.rate_limited += _failed_by(call, ErrorClass.RATE_LIMITED)
        if isinstance(call.rate, Unpriced):
            reason = str(call.rate.reason)
            spent = self._unpriced[call.owner.agent, provider, span.model, reason]
            spent.calls += 1
            spent.tokens += (call.usage.input_tokens or 0) + (call.usage.output_tokens or 0)

    def _take_tool(self, call: ToolCall) -> None:
        waits = self._tools[call.span.tool or ""]
        waits.calls += 1
        if _failed_by(call, ErrorClass.TIMEOUT):
            waits.timeouts += 1
            waits.waited_s += (call.span.duration_ns or 0) / 1e9


def _failed_by(call: ModelCall | ToolCall, kind: ErrorClass) -> bool:
    return call.span.failed and error_class(call.span.error_type) is kind


def _runaways(runs: list[_Run]) -> list[Runaway]:
    usual_calls = median(run.calls for run in runs)
    usual_cost_usd = median(run.cost_usd for run in runs)
    return [
        Runaway(
            run.owner.agent,
            run.owner.group,
            run.owner.conversation,
            run.calls,
            run.tools,
            usual_calls,
            run.cost_usd,
            usual_cost_usd,
            run.duration_s,
            run.outcome,
        )
        for run in runs
        if run.calls >= max(RUNAWAY_CALLS, RUNAWAY_FACTOR * usual_calls)
    ]


def _rollout(runs: list[_Run]) -> Rollout | None:
    canary = [run for run in runs if run.owner.channel == Channel.CANARY]
    stable = [run for run in runs if run.owner.channel == Channel.STABLE]
    if not canary or not stable:
        return None
    owner = runs[0].owner
    return Rollout(owner.agent, owner.group, _side(stable), _side(canary))


def _side(runs: list[_Run]) -> Side:
    well = (RunOutcome.COMPLETED, RunOutcome.UNKNOWN)
    return Side(
        tuple(sorted({run.owner.version for run in runs})),
        len(runs),
        sum(run.outcome not in well for run in runs),
        sum(run.cost_usd for run in runs),
    )


def _worse_by(rollout: Rollout) -> float:
    return rollout.canary.unsuccessful_share - rollout.stable.unsuccessful_share
