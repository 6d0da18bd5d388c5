"""What a person should notice in a report: found in what was counted, never known before.

Nothing here knows the demo's fleet; the same questions can be asked of any spans.
"""

from collections import defaultdict
from statistics import median
from typing import Final, NamedTuple

from otel_agents.pipeline.counted import AgentRun, Counted, Owner, ToolCall
from otel_agents.pipeline.error_class import error_class
from otel_agents.semconv import Channel, ErrorClass, RunOutcome

RUNAWAY_FACTOR: Final = 10
"""A run with so many times the calls that its agent usually makes has run away."""

RUNAWAY_CALLS: Final = 20
"""With fewer calls than this a run is small, whatever is usual."""


class Runaway(NamedTuple):
    """A run that did far more than its agent usually does.

    Attributes:
        agent: Whose run.
        group: The agent's group.
        conversation: In which conversation, "" if in none.
        calls: Model calls of the run.
        tools: Tool calls of the run.
        usual_calls: Model calls that the agent's run usually makes (median).
        cost_usd: What it cost.
        usual_cost_usd: What the agent's run usually costs (median).
        duration_s: How long it went on.
        outcome: How it ended.
    """

    agent: str
    group: str
    conversation: str
    calls: int
    tools: int
    usual_calls: float
    cost_usd: float
    usual_cost_usd: float
    duration_s: float
    outcome: RunOutcome


class Side(NamedTuple):
    """One version of an agent, in numbers.

    Attributes:
        versions: Which versions.
        runs: Their runs.
        unsuccessful: Runs that failed, gave up or met a limit.
        cost_usd: What the runs cost.
    """

    versions: tuple[str, ...]
    runs: int
    unsuccessful: int
    cost_usd: float

    @property
    def unsuccessful_share(self) -> float:
        """The share of runs that did not reach their goal."""
        return self.unsuccessful / self.runs

    @property
    def run_cost_usd(self) -> float:
        """What a run costs on average."""
        return self.cost_usd / self.runs


class Rollout(NamedTuple):
    """A canary beside the stable version of the same agent.

    Attributes:
        agent: The agent.
        group: Its group.
        stable: The stable version.
        canary: The canary.
    """

    agent: str
    group: str
    stable: Side
    canary: Side


class SlowTool(NamedTuple):
    """A tool that was waited for in vain.

    Attributes:
        tool: Its name.
        calls: Its calls.
        timeouts: Those that ended in a timeout.
        waited_s: How long these were waited for, together.
    """

    tool: str
    calls: int
    timeouts: int
    waited_s: float


class Highlights(NamedTuple):
    """Everything to notice, the worst first.

    Attributes:
        runaways: Runs that ran away, the dearest first.
        rollouts: Canaries, the worst against its stable version first.
        slow_tools: Tools that timed out, the longest wait first.
    """

    runaways: tuple[Runaway, ...]
    rollouts: tuple[Rollout, ...]
    slow_tools: tuple[SlowTool, ...]


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


class Watch:
    """Takes what is counted and says what stands out."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._runs: defaultdict[tuple[str, str], list[_Run]] = defaultdict(list)
        self._tools: defaultdict[str, _Waits] = defaultdict(_Waits)

    def take(self, counted: Counted) -> None:
        """Take in a run or a tool call; the rest stands out nowhere."""
        duration_s = (counted.span.duration_ns or 0) / 1e9
        if isinstance(counted, AgentRun):
            owner = counted.owner
            self._runs[owner.agent, owner.group].append(
                _Run(
                    owner,
                    counted.calls,
                    counted.tools,
                    counted.cost_usd,
                    duration_s,
                    counted.outcome,
                )
            )
        elif isinstance(counted, ToolCall):
            waits = self._tools[counted.span.tool or ""]
            waits.calls += 1
            failed = counted.span.failed
            if failed and error_class(counted.span.error_type) is ErrorClass.TIMEOUT:
                waits.timeouts += 1
                waits.waited_s += duration_s

    def highlights(self) -> Highlights:
        """Say what stands out in what was taken so far."""
        runaways = [found for runs in self._runs.values() for found in _runaways(runs)]
        rollouts = [found for runs in self._runs.values() if (found := _rollout(runs))]
        slow_tools = [
            SlowTool(tool, waits.calls, waits.timeouts, waits.waited_s)
            for tool, waits in self._tools.items()
            if waits.timeouts
        ]
        return Highlights(
            tuple(sorted(runaways, key=lambda found: -found.cost_usd)),
            tuple(sorted(rollouts, key=_worse_by, reverse=True)),
            tuple(sorted(slow_tools, key=lambda found: -found.waited_s)),
        )


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
