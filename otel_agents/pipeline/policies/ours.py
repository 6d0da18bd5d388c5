"""The policies on what agents do: cost, tokens, tools, outcomes, models, loops.

Money is noted in whole billionths of a dollar, so that a sum does not depend on the order
in which spans came.
"""

import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from functools import lru_cache
from math import isfinite
from typing import Final

from otel_agents import semconv
from otel_agents.errors import ConfigError
from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.policies.block import Block, hint
from otel_agents.pipeline.policies.decision import NO, YES, Ballot, SpanContext
from otel_agents.pipeline.policies.node import Build, Moment, Node, Score, any_span
from otel_agents.record import SpanRecord, StatusCode
from otel_agents.semconv import RunOutcome

STEP_LATENCY_KEYS = ("threshold_ms", "roles")
COST_KEYS = ("min_usd",)
TOKENS_KEYS = ("min_tokens",)
STEPS_KEYS = ("min_steps",)
LOOP_KEYS = ("min_repeats", "arguments_key")
TOOL_ERROR_KEYS = ("tools", "min_errors")
EXTERNAL_TOOL_KEYS = ("tools",)
OUTCOME_KEYS = ("outcomes",)
MODEL_KEYS = ("models",)
AGENT_KEYS = ("agents", "groups")

UNSUCCESSFUL: Final = frozenset(
    (
        RunOutcome.FAILED,
        RunOutcome.GAVE_UP,
        RunOutcome.ITERATION_LIMIT,
        RunOutcome.TIMED_OUT,
    )
)
"""Outcomes of a run that failed; one that was cancelled or suspended did not."""

STEPS_OF_A_RUN: Final = (Role.AGENT, Role.WORKFLOW, Role.DECISION, Role.INFERENCE)
"""Runs and decisions; a model call is the decision that it makes."""

MAX_CALLS: Final = 256
"""Different tool calls that `loop` remembers of one trace."""

_MS = 10**6
_NANO = 10**9
_ERROR = int(StatusCode.ERROR)
_REMEMBERED = 1024


def failed(record: SpanRecord, said: AgentSpan | None) -> bool:
    """Whether a span failed: by its status, its error, or the outcome of its run."""
    if said is None:
        return record.status == _ERROR
    return said.failed or said.outcome in UNSUCCESSFUL


def failure(_block: Block, build: Build) -> Node:
    """Build `failure`: any span that failed."""
    return any_span(build.slots, lambda record, said, _context: failed(record, said))


def step_latency(block: Block, build: Build) -> Node:
    """Build `step_latency`: any single run, decision or other step that took long."""
    threshold_ns = block.whole("threshold_ms", None) * _MS
    words = tuple(str(role) for role in Role)
    named = _words(block, "roles", words) if block.keys.get("roles") else STEPS_OF_A_RUN
    roles = frozenset(Role(word) for word in named)

    def test(_record: SpanRecord, said: AgentSpan | None, _context: SpanContext) -> bool:
        if said is None or said.duration_ns is None:
            return False
        return said.duration_ns > threshold_ns and said.role in roles

    return any_span(build.slots, test)


def cost(block: Block, build: Build) -> Node:
    """Build `cost`: the trace's model calls together cost at least so much."""
    least = round(block.number("min_usd", None, 0) * _NANO)

    def nano_usd(_said: AgentSpan | None, cost_usd: float | None) -> int:
        if cost_usd is None or not isfinite(cost_usd):
            return 0
        return round(cost_usd * _NANO)

    return _sum(build, least, nano_usd)


def tokens(block: Block, build: Build) -> Node:
    """Build `tokens`: the trace's model calls together used at least so many."""

    def used(said: AgentSpan | None, _cost: float | None) -> int:
        if said is None or said.role is not Role.INFERENCE:
            return 0
        return (said.input_tokens or 0) + (said.output_tokens or 0)

    return _sum(build, block.whole("min_tokens", None), used)


def steps(block: Block, build: Build) -> Node:
    """Build `steps`: at least so many model and tool calls."""

    def step(said: AgentSpan | None, _cost: float | None) -> int:
        return said is not None and said.role in (Role.INFERENCE, Role.TOOL)

    return _sum(build, block.whole("min_steps", None, 1), step)


def tool_error(block: Block, build: Build) -> Node:
    """Build `tool_error`: at least so many failed tool calls."""
    named = globs(block.texts("tools", empty=True) or ("*",))

    def failures(said: AgentSpan | None, _cost: float | None) -> int:
        if said is None or said.role is not Role.TOOL or not said.failed:
            return 0
        return named(said.tool or "")

    return _sum(build, block.whole("min_errors", 1, 1), failures)


def external_tool(block: Block, build: Build) -> Node:
    """Build `external_tool`: any tool call to a system outside the process."""
    named = globs((*build.external_tools, *block.texts("tools", empty=True)))

    def test(_record: SpanRecord, said: AgentSpan | None, _context: SpanContext) -> bool:
        if said is None:
            return False
        return said.external or (said.role is Role.TOOL and named(said.tool or ""))

    seen = any_span(build.slots, test)

    def ballot(score: Score, moment: Moment) -> Ballot:
        # Only lineage knows that a client span below a tool left the machine.
        return YES if moment.head.external else seen.ballot(score, moment)

    return Node(ballot=ballot, test=test)


def outcome(block: Block, build: Build) -> Node:
    """Build `outcome`: any run that ended in one of these ways."""
    wanted = frozenset(_words(block, "outcomes", tuple(RunOutcome)))
    return any_span(
        build.slots,
        lambda _record, said, _context: said is not None and said.outcome in wanted,
    )


def model(block: Block, build: Build) -> Node:
    """Build `model`: any call that asked for, or was answered by, one of these models."""
    named = globs(_some(block, "models"))

    def test(_record: SpanRecord, said: AgentSpan | None, _context: SpanContext) -> bool:
        if said is None:
            return False
        return any(name and named(name) for name in (said.request_model, said.response_model))

    return any_span(build.slots, test)


def agent(block: Block, build: Build) -> Node:
    """Build `agent`: any span of one of these agents or groups."""
    agents = globs(block.texts("agents", empty=True))
    groups = globs(block.texts("groups", empty=True))
    if not block.keys.get("agents") and not block.keys.get("groups"):
        raise ConfigError(block.at("agents"), None, "agents or groups: lists of names or globs")

    def test(_record: SpanRecord, said: AgentSpan | None, _context: SpanContext) -> bool:
        if said is None:
            return False
        name = said.agent or said.origin.main_agent
        group = said.group or said.origin.group
        return bool(name and agents(name)) or bool(group and groups(group))

    return any_span(build.slots, test)


def loop(block: Block, build: Build) -> Node:
    """Build `loop`: a tool called at least so often with the same arguments.

    Arguments are content: where they are not recorded, nothing is known to repeat. Two
    instrumentations that report one call are told apart, so that it does not count twice.
    """
    least = block.whole("min_repeats", 3, 2)
    key = block.text("arguments_key", semconv.GEN_AI_TOOL_CALL_ARGUMENTS)
    calls, most = build.slots.new(None), build.slots.new()

    def observe(
        score: Score,
        record: SpanRecord,
        said: AgentSpan | None,
        _cost: float | None,
        _context: SpanContext,
    ) -> None:
        if said is None or said.role is not Role.TOOL or score[most] >= least:
            return
        arguments = record.get(key)
        if arguments is None:
            return
        call = hash((record.scope.name, said.tool, repr(arguments)))
        counts = score[calls] = score[calls] or {}
        if call in counts or len(counts) < MAX_CALLS:
            counts[call] = counts.get(call, 0) + 1
            score[most] = max(score[most], counts[call])

    build.slots.observers.append(observe)
    return Node(ballot=lambda score, _moment: YES if score[most] >= least else NO)


def globs(names: Sequence[str]) -> Callable[[str], bool]:
    """Return whether a name is one of these names or globs."""
    exact = frozenset(name for name in names if not set(name) & set("*?["))
    patterns = [re.compile(translate(name)) for name in names if name not in exact]
    if not patterns:
        return exact.__contains__

    @lru_cache(_REMEMBERED)
    def matches(name: str) -> bool:
        return name in exact or any(pattern.match(name) for pattern in patterns)

    return matches


def _sum(build: Build, least: int, amount: Callable[[AgentSpan | None, float | None], int]) -> Node:
    slot = build.slots.new()

    def observe(
        score: Score,
        _record: SpanRecord,
        said: AgentSpan | None,
        cost_usd: float | None,
        _context: SpanContext,
    ) -> None:
        added = amount(said, cost_usd)
        # What is negative is broken, and would take back a keep.
        if added > 0:
            score[slot] += added

    build.slots.observers.append(observe)
    return Node(ballot=lambda score, _moment: YES if score[slot] >= least else NO)


def _some(block: Block, key: str) -> list[str]:
    found = block.texts(key)
    if not all(found):
        raise block.refuse(key, "names or globs that are not empty")
    return found


def _words(block: Block, key: str, words: Sequence[str]) -> list[str]:
    found = block.texts(key)
    for index, word in enumerate(found):
        if word not in words:
            expected = f"one of {', '.join(words)}{hint(word, words)}"
            raise ConfigError(f"{block.at(key)}[{index}]", word, expected)
    return found
