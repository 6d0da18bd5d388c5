"""The run of the moment: who it is, and what it has used."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

from opentelemetry.trace import Span

from otel_agents import semconv
from otel_agents.instrument import providers
from otel_agents.instrument.limits import Limits, Sums
from otel_agents.semconv import RunLimit


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Who a run is and for whom it works; "" where nobody says.

    What a run does not say of itself, but for its version and its id, it takes from the run
    around it.

    Attributes:
        agent: The agent's name.
        group: The agent's group.
        version: The agent's version.
        conversation: The conversation's id.
        task_type: The kind of task.
        tenant: The customer for whom it works.
        channel: `stable` or `canary`.
        run_id: The application's own id of the run.
        nested: Whether another run encloses it.
    """

    agent: str
    group: str = ""
    version: str = ""
    conversation: str = ""
    task_type: str = ""
    tenant: str = ""
    channel: str = ""
    run_id: str = ""
    nested: bool = False


_KEYS: Final = {
    semconv.GEN_AI_AGENT_NAME: "agent",
    semconv.OTEL_AGENTS_AGENT_GROUP: "group",
    semconv.GEN_AI_CONVERSATION_ID: "conversation",
    semconv.OTEL_AGENTS_TASK_TYPE: "task_type",
    semconv.OTEL_AGENTS_TENANT: "tenant",
}
_OWN_KEYS: Final = {
    semconv.GEN_AI_AGENT_VERSION: "version",
    semconv.OTEL_AGENTS_CHANNEL: "channel",
    semconv.OTEL_AGENTS_RUN_ID: "run_id",
}


def stamp(run: Run) -> dict[str, str]:
    """Return what every span below a run says of it."""
    return _said(run, _KEYS)


def identity(run: Run) -> dict[str, str]:
    """Return what only the run's own span says of it."""
    return _said(run, _OWN_KEYS)


# One for all, held for a few sums: a lock of each run's own could be held by another thread in
# the moment of a fork, and would then stay so in the child.
_lock = Lock()


def _after_fork() -> None:
    global _lock  # noqa: PLW0603 as said above
    _lock = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Account:
    """What a run has used, told to the runs around it as well.

    Calls may come from many threads.

    Attributes:
        around: The account of the run around it.
        stamp: What every span below the run says of it.
    """

    __slots__ = (
        "_decisions",
        "_limits",
        "_passed",
        "_span",
        "_started_ns",
        "_sums",
        "around",
        "stamp",
    )

    def __init__(
        self, span: Span, run: Run, limits: Limits | None, around: "Account | None"
    ) -> None:
        """Begin with nothing used."""
        self.around = around
        self.stamp: Mapping[str, str] = stamp(run)
        self._span = span
        self._limits = limits
        self._passed: set[RunLimit] = set()
        self._sums = Sums()
        self._decisions = 0
        self._started_ns = providers.CLOCK.monotonic_ns()

    def add(
        self, *, tokens: int = 0, cost_usd: float = 0.0, steps: int = 0, iterations: int = 0
    ) -> None:
        """Add to this run and those around it; iterations are only this run's own."""
        account: Account | None = self
        while account is not None:
            account._add(tokens, cost_usd, steps, iterations)  # noqa: SLF001 its own class
            iterations = 0
            account = account.around

    def next_decision(self) -> int:
        """Return how many decisions came before this one."""
        with _lock:
            self._decisions += 1
            return self._decisions - 1

    def look(self) -> None:
        """Look at the time that the run has taken."""
        self._add(0, 0.0, 0, 0)

    def _add(self, tokens: int, cost_usd: float, steps: int, iterations: int) -> None:
        limits = self._limits
        if limits is None:
            return
        sums = self._sums
        with _lock:
            sums.tokens += tokens
            sums.cost_usd += cost_usd
            sums.steps += steps
            sums.iterations += iterations
            sums.duration_s = (providers.CLOCK.monotonic_ns() - self._started_ns) / 1e9
            new = [limit for limit in sums.passed(limits) if limit not in self._passed]
            first = not self._passed
            self._passed.update(new)
        # A span names one limit, and the first is the cause: what follows it often follows from it.
        if new and first and self._span.is_recording():
            self._span.set_attribute(semconv.OTEL_AGENTS_RUN_LIMIT, str(new[0]))


def _said(run: Run, keys: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, field in keys.items() if (value := getattr(run, field))}
