"""`agent`: a run of an agent."""

import os
from typing import Final, Literal, TypeAlias

from opentelemetry.trace import Tracer

from otel_agents import semconv
from otel_agents.instrument.block import Block
from otel_agents.instrument.events import emit, tell_exceeded
from otel_agents.instrument.failure import Failure
from otel_agents.instrument.limits import Limits
from otel_agents.instrument.opened import Attributes, Opened, innermost
from otel_agents.instrument.runs import Account, Run, identity, stamp
from otel_agents.instrument.words import word
from otel_agents.semconv import Channel, RunOutcome
from otel_agents.semconv import GenAiOperationName as Op

Outcome: TypeAlias = (
    RunOutcome
    | Literal[
        "completed",
        "failed",
        "gave_up",
        "iteration_limit",
        "timed_out",
        "suspended",
        "cancelled",
        "unknown",
    ]
)

MAX_KNOWN: Final = 1_000
"""Agents that are remembered as initialised; past so many, the memory starts afresh."""

known: set[tuple[str, ...]] = set()
"""Agents that were told to be ready: name, group, version, channel."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=known.clear)

UNKNOWN_MODEL: Final = "unknown"

# An exception after such a word does not make the run a success.
_GOOD: Final = frozenset((RunOutcome.COMPLETED, RunOutcome.UNKNOWN))


class OpenRun(Opened):
    """A run that is going on."""

    __slots__ = ("_outcome",)

    def __init__(self) -> None:
        """Begin without an outcome."""
        super().__init__()
        self._outcome: RunOutcome | None = None

    def outcome(self, value: Outcome) -> None:
        """Say how the run ended; the last word counts.

        An exception that leaves the run says so itself, but does not overrule a word that
        is no success, such as `gave_up`.
        """
        known = word(RunOutcome, value, "outcome")
        if self.live and known is not None:
            self._outcome = known
            self._set(semconv.OTEL_AGENTS_RUN_OUTCOME, known.value)

    def context_window(self, used: int, limit: int, model: str = "") -> None:
        """Say how full the window is, of a model call of which others tell."""
        if not self.live:
            return
        self._set(semconv.OTEL_AGENTS_CONTEXT_USED_TOKENS, used)
        self._set(semconv.OTEL_AGENTS_CONTEXT_LIMIT_TOKENS, limit)
        if used > limit:
            tell_exceeded(self, model or UNKNOWN_MODEL, used, limit)

    def close(self, found: Failure | None) -> None:
        """Look at the time, and take the outcome from an exception."""
        if self.account is not None:
            self.account.look()
        said = self._outcome
        if found is not None and found.outcome is not None and (said is None or said in _GOOD):
            self._set(semconv.OTEL_AGENTS_RUN_OUTCOME, found.outcome.value)

    def become(self, run: Run, limits: Limits | None) -> None:
        """Be the innermost run."""
        self.run = run
        self.account = Account(self.span, run, limits, self.account)


class AgentBlock(Block[OpenRun]):
    """Tell of a run of an agent: a context manager, and a decorator of functions.

    Inside it, the spans of every other instrumentation nest below the run. What a run does
    not say of its group, conversation, task and tenant, it takes from the run around it.
    """

    __slots__ = ("_limits", "_said")

    idle = OpenRun()

    def __init__(  # noqa: PLR0913 a keyword for each thing that a run can say
        self,
        name: str,
        *,
        group: str = "",
        version: str = "",
        conversation: str = "",
        task_type: str = "",
        tenant: str = "",
        channel: Channel | Literal["stable", "canary", ""] = "",
        run_id: str = "",
        limits: Limits | None = None,
    ) -> None:
        """Tell nothing yet.

        Args:
            name: The agent's name; low in number, since it becomes a label.
            group: The group of agents that it belongs to.
            version: The agent's version.
            conversation: The id of the conversation, where there is one.
            task_type: The kind of task; low in number.
            tenant: The customer for whom the agent works.
            channel: The rollout channel of this version.
            run_id: The application's own id of the run.
            limits: What the run should not exceed.
        """
        self.name = name
        self._uses = []
        self._said = group, version, conversation, task_type, tenant, channel, run_id
        self._limits = limits

    def start(self, tracer: Tracer) -> OpenRun:
        """Start the run's span, below what is current."""
        above = innermost()
        run = self._run(None if above is None else above.run)
        use = OpenRun()
        attributes: Attributes = {
            semconv.GEN_AI_OPERATION_NAME: Op.INVOKE_AGENT.value,
            semconv.OTEL_AGENTS_RUN_NESTED: run.nested,
            **stamp(run),
            **identity(run),
        }
        use.begin(tracer, self, f"invoke_agent {self.name}", attributes)
        use.become(run, self._limits)
        self._introduce(use, run)
        return use

    def _run(self, around: Run | None) -> Run:
        group, version, conversation, task_type, tenant, channel, run_id = self._said
        return Run(
            agent=self.name,
            group=group or (around.group if around else ""),
            version=version,
            conversation=conversation or (around.conversation if around else ""),
            task_type=task_type or (around.task_type if around else ""),
            tenant=tenant or (around.tenant if around else ""),
            channel=channel,
            run_id=run_id,
            nested=around is not None,
        )

    def _introduce(self, use: OpenRun, run: Run) -> None:
        """Tell, once in the life of the process, that an agent is ready to work."""
        who = (run.agent, run.group, run.version, run.channel)
        if who in known:
            return
        if len(known) >= MAX_KNOWN:
            known.clear()
        known.add(who)
        said: Attributes = {**identity(run)}
        said.pop(semconv.OTEL_AGENTS_RUN_ID, None)
        emit(semconv.EVENT_AGENT_INITIALIZED, run, said, use.span, use.context)


agent = AgentBlock


def outcome(value: Outcome) -> None:
    """Say how the run of the moment ended; outside every run, say nothing."""
    here = innermost()
    while here is not None:
        if isinstance(here, OpenRun):
            here.outcome(value)
            return
        here = here.above
