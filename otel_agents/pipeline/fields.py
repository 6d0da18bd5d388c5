"""The fields that counting, pricing and policies read, and the newest name of each."""

import math
from collections.abc import Callable
from typing import NamedTuple

from otel_agents import semconv
from otel_agents.errors import SpanRefused
from otel_agents.pipeline.agent_span import Role
from otel_agents.record import Value

MAX_TOKENS = 10**12
"""More tokens than this in one span is a broken emitter: the largest windows hold 10^7."""

MAX_TEXT_CHARS = 1024
"""Longer names are cut: they come from the wire, and the tally holds them."""

UNSAID = frozenset({"", "<not specified>"})
"""Texts that emitters write where they know nothing."""

MAX_SECONDS = 10**9
"""A longer wait, of over thirty years, is a broken emitter."""


class Field(NamedTuple):
    """One field of an `AgentSpan`.

    Attributes:
        slot: Its name on `AgentSpan`.
        key: The newest name on the wire.
        parse: From the wire's value to the field's type; None for a value that says nothing.
        roles: The roles in which it is read.
        older: Earlier upstream names of the same thing, newest first.
        own: The roles in which a dialect's own names are read as well; None for all.
    """

    slot: str
    key: str
    parse: Callable[[str, Value], object]
    roles: frozenset[Role]
    older: tuple[str, ...] = ()
    own: frozenset[Role] | None = None


def text(_: str, value: Value) -> str | None:
    """Take a string, or the text of a number; lists, maps and "" say nothing."""
    if isinstance(value, str):
        return None if value in UNSAID else value[:MAX_TEXT_CHARS]
    if isinstance(value, int | float):
        return str(value)
    return None


def tokens(key: str, value: Value) -> int | None:
    """Take a count of tokens, however its emitter wrote the number.

    Some emitters write NaN or "" where the provider reported no usage.

    Raises:
        SpanRefused: If it is no count: negative, infinite, absurd or not a number.
    """
    if value.__class__ is int and 0 <= value <= MAX_TOKENS:
        return value
    number = _number(value)
    if number is None:
        return None
    if not 0 <= number <= MAX_TOKENS or number != int(number):
        shown = repr(value)[:40]
        raise SpanRefused(
            "bad_token_count", f"{key} is {shown}, expected a whole number from 0 to {MAX_TOKENS}"
        )
    return int(number)


def _number(value: Value) -> float | None:
    """Return a number, None for one that its emitter did not know, -1 for what is none."""
    if isinstance(value, str):
        if value in ("", "NaN", "nan"):
            return None
        try:
            value = float(value)
        except ValueError:
            return -1
    if isinstance(value, bool) or not isinstance(value, int | float):
        return -1
    if isinstance(value, int):
        return -1 if value > MAX_TOKENS else value
    return None if math.isnan(value) else value


def seconds(_: str, value: Value) -> float | None:
    """Take a duration in seconds; what is not a finite positive number says nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= MAX_SECONDS else None


def flag(_: str, value: Value) -> bool | None:
    """Take a boolean."""
    return value if isinstance(value, bool) else None


_ALL = frozenset(Role)
_CALL = frozenset({Role.INFERENCE})
_AGENT = frozenset({Role.AGENT})
_TOOL = frozenset({Role.TOOL, Role.HANDOFF})

FIELDS: tuple[Field, ...] = (
    # A dialect's name of a node or step names the agent only where the span is a run.
    Field("agent", semconv.GEN_AI_AGENT_NAME, text, _ALL, own=_AGENT),
    Field("error_type", semconv.ERROR_TYPE, text, _ALL),
    Field("conversation", semconv.GEN_AI_CONVERSATION_ID, text, _ALL),
    Field("task_type", semconv.OTEL_AGENTS_TASK_TYPE, text, _ALL),
    Field("provider", semconv.GEN_AI_PROVIDER_NAME, text, _CALL, (semconv.GEN_AI_SYSTEM,)),
    Field("request_model", semconv.GEN_AI_REQUEST_MODEL, text, _CALL),
    Field("response_model", semconv.GEN_AI_RESPONSE_MODEL, text, _CALL),
    Field("response_id", semconv.GEN_AI_RESPONSE_ID, text, _CALL),
    Field(
        "service_tier",
        semconv.OPENAI_RESPONSE_SERVICE_TIER,
        text,
        _CALL,
        (semconv.GEN_AI_OPENAI_RESPONSE_SERVICE_TIER,),
    ),
    Field(
        "input_tokens",
        semconv.GEN_AI_USAGE_INPUT_TOKENS,
        tokens,
        _CALL,
        (semconv.GEN_AI_USAGE_PROMPT_TOKENS,),
    ),
    Field(
        "output_tokens",
        semconv.GEN_AI_USAGE_OUTPUT_TOKENS,
        tokens,
        _CALL,
        (semconv.GEN_AI_USAGE_COMPLETION_TOKENS,),
    ),
    Field("cache_read_input_tokens", semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, tokens, _CALL),
    Field(
        "cache_write_input_tokens",
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
        tokens,
        _CALL,
        (semconv.GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS,),
    ),
    Field("reasoning_output_tokens", semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, tokens, _CALL),
    Field("time_to_first_chunk_s", semconv.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, seconds, _CALL),
    Field("context_used_tokens", semconv.OTEL_AGENTS_CONTEXT_USED_TOKENS, tokens, _CALL),
    Field("context_limit_tokens", semconv.OTEL_AGENTS_CONTEXT_LIMIT_TOKENS, tokens, _CALL),
    Field("workflow", semconv.GEN_AI_WORKFLOW_NAME, text, frozenset({Role.WORKFLOW})),
    Field("agent_id", semconv.GEN_AI_AGENT_ID, text, _AGENT),
    Field("version", semconv.GEN_AI_AGENT_VERSION, text, _AGENT),
    Field("channel", semconv.OTEL_AGENTS_CHANNEL, text, _AGENT | _CALL),
    Field("outcome", semconv.OTEL_AGENTS_RUN_OUTCOME, text, _AGENT),
    Field("tool", semconv.GEN_AI_TOOL_NAME, text, _TOOL),
    Field("tool_type", semconv.GEN_AI_TOOL_TYPE, text, _TOOL),
    Field("call_id", semconv.GEN_AI_TOOL_CALL_ID, text, _TOOL),
    Field("tool_effect", semconv.OTEL_AGENTS_TOOL_EFFECT, text, _TOOL),
    Field("external", semconv.OTEL_AGENTS_TOOL_EXTERNAL, flag, _TOOL),
    Field("handoff_to", semconv.OTEL_AGENTS_HANDOFF_TO, text, frozenset({Role.HANDOFF})),
    Field("decision_type", semconv.OTEL_AGENTS_DECISION_TYPE, text, frozenset({Role.DECISION})),
)
"""In the order in which they are read."""
