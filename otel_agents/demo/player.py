"""How an agent works: it thinks, uses a tool, thinks again, and answers or does not.

What goes wrong here is what goes wrong in the field: providers send requests back, tools
fail and time out, an agent gives up, and one goes round in circles.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.trace import Span

from otel_agents import semconv
from otel_agents.demo.fleet import Agent, Model, Release, Tool
from otel_agents.demo.stage import Stage
from otel_agents.demo.voices import Call, GenAiVoice, Task, Voice, http_call, mcp_call
from otel_agents.record import Usage
from otel_agents.semconv import GenAiProviderName, RunLimit, RunOutcome

MAX_ATTEMPTS = 3
RATE_LIMITED = "RateLimitError"
TIMEOUT = "TimeoutError"
CACHE_FROM_TOKENS = 1_024
"""Providers keep no shorter prompt."""

HOPELESS_SHARE = 0.02
"""How often an agent with tools answers that the task cannot be done."""

WARM_SHARE = 0.7
"""How often an earlier run has left an agent's instructions in the provider's cache."""


@dataclass(slots=True)
class Run:
    """An agent's run while it lasts.

    Attributes:
        agent: Who works.
        release: Which version of it.
        task: At what.
        span: The run's span.
        context_tokens: What the next request to its model holds.
        cached_tokens: What of it the agent's own model has in its cache.
        outcome: How the run ends, as far as it is known.
        error_type: Why it fails, "" where it does not.
    """

    agent: Agent
    release: Release
    task: Task
    span: Span
    context_tokens: int
    cached_tokens: int = 0
    outcome: RunOutcome = RunOutcome.COMPLETED
    error_type: str = ""

    @property
    def over(self) -> bool:
        """Whether there is nothing more to do."""
        return self.outcome is not RunOutcome.COMPLETED

    def end(self, outcome: RunOutcome, error_type: str = "") -> None:
        """Let the run end another way than well."""
        self.outcome, self.error_type = outcome, error_type


class Player:
    """Plays agents on a stage, and tells of it in one dialect."""

    def __init__(self, stage: Stage, voice: Voice, *, twice: bool = False) -> None:
        """Play here.

        Args:
            stage: Where the time passes.
            voice: Who tells of it.
            twice: Whether the model's own client library tells of each request as well.
        """
        self._stage = stage
        self._voice = voice
        self._twice = twice

    @contextmanager
    def run(self, agent: Agent, task: Task) -> Iterator[Run]:
        """Let an agent run as long as the block."""
        stage = self._stage
        release = stage.pick(agent.releases, [release.share for release in agent.releases])
        with stage.span(self._voice.run(agent, release, task)) as span:
            run = Run(agent, release, task, span, agent.prompt_tokens + stage.count(120))
            if stage.chance(WARM_SHARE):
                run.cached_tokens = agent.prompt_tokens
            yield run
            span.set_attribute(semconv.OTEL_AGENTS_RUN_OUTCOME, run.outcome.value)
            if run.outcome is RunOutcome.ITERATION_LIMIT:
                span.set_attribute(semconv.OTEL_AGENTS_RUN_LIMIT, RunLimit.ITERATIONS.value)
            if run.error_type:
                stage.fail(span, run.error_type)

    def work(self, run: Run) -> None:
        """Use tools as long as the task needs it, then answer."""
        stage, agent = self._stage, run.agent
        if agent.knowledge:
            self.look_up(run)
        if agent.tools:
            for _ in range(stage.count(agent.steps * run.release.step_factor)):
                self._step(run, stage.pick(agent.tools))
                if run.over:
                    return
        self.think(run, agent.answer_tokens)
        if agent.tools and stage.chance(HOPELESS_SHARE):
            run.end(RunOutcome.GAVE_UP)

    def go_in_circles(self, run: Run, steps: int) -> None:
        """Take the same two steps again and again, until the framework's limit ends it."""
        for number in range(steps):
            self.think(run, 60)
            self.use(run, run.agent.tools[number % 2])
        run.end(RunOutcome.ITERATION_LIMIT)

    def think(self, run: Run, output_tokens: float, model: Model | None = None) -> None:
        """Ask a model; requests that the provider sends back are tried again."""
        stage, model = self._stage, model or run.agent.model
        for attempt in range(MAX_ATTEMPTS):
            if not stage.chance(model.rate_limited):
                self._answer(run, model, max(8, stage.count(output_tokens)))
                return
            self._sent_back(run, model)
            stage.wait(stage.about(2.0**attempt))
        run.end(RunOutcome.FAILED, RATE_LIMITED)

    def use(self, run: Run, tool: Tool) -> bool:
        """Use a tool; return whether it worked."""
        stage = self._stage
        with stage.span(self._voice.tool(tool, stage.name("call_"))) as span:
            stage.wait(stage.about(0.004))
            error_type = self._inside(tool, run.release.error_factor)
            if error_type:
                stage.fail(span, error_type)
        run.context_tokens += 60 if error_type else stage.count(tool.result_tokens)
        return not error_type

    def look_up(self, run: Run) -> None:
        """Retrieve what is known about the task."""
        with self._stage.span(self._voice.retrieval(run.agent.knowledge)):
            self._stage.wait(self._stage.about(0.18))
        run.context_tokens += self._stage.count(1_800)

    def _step(self, run: Run, tool: Tool) -> None:
        """Think and act; what failed is tried once more, then the agent is at its wits' end."""
        for _ in range(2):
            self.think(run, 70)
            if run.over or self.use(run, tool):
                return
        if self._stage.chance(0.5):
            self.think(run, 120)
            run.end(RunOutcome.GAVE_UP)
        else:
            run.end(RunOutcome.FAILED, "ToolError")

    def _inside(self, tool: Tool, error_factor: float) -> str:
        """Do what a tool does; return how it failed, "" if it did not."""
        stage = self._stage
        error_type = ""
        if stage.chance(tool.timeout_share):
            error_type = TIMEOUT
        elif stage.chance(tool.error_share * error_factor):
            error_type = tool.error_type
        taken_s = tool.timeout_s if error_type == TIMEOUT else stage.about(tool.typical_s)
        told = mcp_call(tool) if tool.mcp_server else http_call(tool.host) if tool.host else None
        if told is None:
            stage.wait(taken_s)
            return error_type
        with stage.span(told) as span:
            stage.wait(taken_s)
            if error_type:
                stage.fail(span, error_type)
        return error_type

    def _answer(self, run: Run, model: Model, output_tokens: int) -> None:
        stage = self._stage
        own = model is run.agent.model
        usage = _usage(model, run.context_tokens, run.cached_tokens if own else 0, output_tokens)
        first_chunk_s = stage.about(model.first_chunk_s)
        call = Call(model, usage, stage.name("resp_"), first_chunk_s)
        with stage.span(self._voice.call(call, run.task)):
            stage.wait(stage.about(0.003))
            written = usage.output_tokens or 0
            taken_s = first_chunk_s + written / stage.about(model.tokens_per_s, 0.15)
            if self._twice:
                with stage.span(GenAiVoice().call(call, run.task)):
                    stage.wait(taken_s)
            else:
                stage.wait(taken_s)
        if own:
            run.cached_tokens = run.context_tokens
        run.context_tokens += output_tokens

    def _sent_back(self, run: Run, model: Model) -> None:
        with self._stage.span(self._voice.call(Call(model), run.task)) as span:
            self._stage.wait(self._stage.about(0.12))
            self._stage.fail(span, RATE_LIMITED)


def _usage(model: Model, context_tokens: int, cached_tokens: int, output_tokens: int) -> Usage:
    """Count as the model's provider does; what it has seen before it reads from its cache."""
    kept = cached_tokens if cached_tokens >= CACHE_FROM_TOKENS else 0
    written: int | None = None
    if model.provider == GenAiProviderName.OPENAI:
        kept -= kept % 128
    elif model.provider == GenAiProviderName.ANTHROPIC:
        written = context_tokens - kept if context_tokens >= CACHE_FROM_TOKENS else 0
    elif model.provider != GenAiProviderName.GCP_GEMINI:
        return Usage(context_tokens, output_tokens)
    reasoning = round(output_tokens * model.reasons)
    return Usage(context_tokens, output_tokens + reasoning, kept, written, reasoning or None)
