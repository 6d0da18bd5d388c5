"""What a person should notice in what a fleet did; numbers only, no words."""

from collections.abc import Mapping
from typing import NamedTuple

from otel_agents.semconv import RunOutcome


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


class SentBack(NamedTuple):
    """A model whose provider sent requests back for their number.

    Attributes:
        provider: The provider.
        model: The model.
        calls: Requests to it.
        rate_limited: Those that were sent back.
        retried: Requests that repeated one that had failed.
    """

    provider: str
    model: str
    calls: int
    rate_limited: int
    retried: int


class Unaccounted(NamedTuple):
    """An agent whose calls of a model have no price.

    Attributes:
        agent: The agent.
        provider: The provider.
        model: The model.
        reason: Why.
        calls: So many of its calls.
        tokens: Tokens in and out of them.
    """

    agent: str
    provider: str
    model: str
    reason: str
    calls: int
    tokens: int


class Highlights(NamedTuple):
    """Everything to notice, the worst first.

    Attributes:
        runaways: Runs that ran away, the dearest first.
        rollouts: Canaries, the worst against its stable version first.
        slow_tools: Tools that timed out, the longest wait first.
        sent_back: Models whose provider sent requests back, the most first.
        unaccounted: Agents that spent what nobody priced, the most tokens first.
        outcomes: Runs by how they ended, the most first.
    """

    runaways: tuple[Runaway, ...]
    rollouts: tuple[Rollout, ...]
    slow_tools: tuple[SlowTool, ...]
    sent_back: tuple[SentBack, ...]
    unaccounted: tuple[Unaccounted, ...]
    outcomes: Mapping[RunOutcome, int]
