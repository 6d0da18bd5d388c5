"""What takes more than one attribute."""

from collections.abc import Mapping

import pytest

from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.dialects.table import Dialect
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.record import Event, Scope, SpanKind, SpanRecord, StatusCode, Value
from tests.trees import record

NORMALIZER = Normalizer()
CHAT: dict[str, Value] = {"gen_ai.operation.name": "chat"}
TOOL: dict[str, Value] = {"gen_ai.operation.name": "execute_tool"}


def normalized(span: SpanRecord, normalizer: Normalizer = NORMALIZER) -> AgentSpan:
    said = normalizer.normalize(span)
    assert said is not None
    return said


def said(attributes: Mapping[str, Value]) -> dict[str, object]:
    """What a span says beside who and when it is."""
    span = normalized(record(dict(attributes)))
    failed = {"failed": True} if span.failed else {}
    return {"role": span.role, "operation": span.operation} | failed | span.says()


EXCEPTION = Event("exception", {"exception.type": "ValueError"})
LATER = Event("exception", {"exception.type": "KeyError"})
NO_TYPE = Event("exception", {})
ERRORS: dict[str, tuple[StatusCode, dict[str, Value], list[Event], tuple[bool, str | None]]] = {
    "no word of an error": (StatusCode.UNSET, {}, [], (False, None)),
    "an exception that was handled": (StatusCode.OK, {}, [EXCEPTION], (False, None)),
    "the status": (StatusCode.ERROR, {}, [], (True, None)),
    "its type": (StatusCode.UNSET, {"error.type": "429"}, [], (True, "429")),
    "an empty type": (StatusCode.OK, {"error.type": ""}, [], (False, None)),
    "an exception's type": (StatusCode.ERROR, {}, [EXCEPTION], (True, "ValueError")),
    "the last exception": (StatusCode.ERROR, {}, [EXCEPTION, LATER], (True, "KeyError")),
    "another event": (StatusCode.ERROR, {}, [Event("log", {})], (True, None)),
    "an exception without type": (StatusCode.ERROR, {}, [NO_TYPE], (True, None)),
    "the type before the exception": (
        StatusCode.ERROR,
        {"error.type": "429"},
        [EXCEPTION],
        (True, "429"),
    ),
}


@pytest.mark.parametrize(
    ("status", "more", "events", "expected"), ERRORS.values(), ids=list(ERRORS)
)
def test_whether_and_how_a_span_failed(
    status: StatusCode,
    more: dict[str, Value],
    events: list[Event],
    expected: tuple[bool, str | None],
) -> None:
    span = record({**CHAT, **more}, status=status)
    span.events = lambda: events
    failed = normalized(span)

    assert (failed.failed, failed.error_type) == expected


# --- tools ----------------------------------------------------------------------------------

TOOLS: dict[str, tuple[dict[str, Value], SpanKind, tuple[Role, bool, str | None]]] = {
    "a tool": ({"gen_ai.tool.name": "search"}, SpanKind.INTERNAL, (Role.TOOL, False, None)),
    "an extension": ({"gen_ai.tool.type": "extension"}, SpanKind.INTERNAL, (Role.TOOL, True, None)),
    "a datastore": ({"gen_ai.tool.type": "datastore"}, SpanKind.INTERNAL, (Role.TOOL, True, None)),
    "a function": ({"gen_ai.tool.type": "function"}, SpanKind.CLIENT, (Role.TOOL, False, None)),
    "said to be external": (
        {"otel_agents.tool.external": True},
        SpanKind.INTERNAL,
        (Role.TOOL, True, None),
    ),
    "asked of an MCP server": (
        {"mcp.method.name": "tools/call"},
        SpanKind.CLIENT,
        (Role.TOOL, True, None),
    ),
    "served by an MCP server": (
        {"mcp.method.name": "tools/call"},
        SpanKind.SERVER,
        (Role.TOOL, False, None),
    ),
    "a hand-off in a tool's clothes": (
        {"gen_ai.tool.name": "transfer_to_billing"},
        SpanKind.INTERNAL,
        (Role.HANDOFF, False, "billing"),
    ),
    "a hand-off back": (
        {"gen_ai.tool.name": "transfer_back_to_boss"},
        SpanKind.INTERNAL,
        (Role.HANDOFF, False, "boss"),
    ),
}


@pytest.mark.parametrize(("more", "kind", "expected"), TOOLS.values(), ids=list(TOOLS))
def test_tools(
    more: dict[str, Value], kind: SpanKind, expected: tuple[Role, bool, str | None]
) -> None:
    tool = normalized(record({**TOOL, **more}, kind=kind))

    assert (tool.role, bool(tool.external), tool.handoff_to) == expected


# --- groups, tenants, origins ---------------------------------------------------------------


def test_a_tool_that_says_it_is_not_external_is_believed() -> None:
    attributes: dict[str, Value] = {
        "mcp.method.name": "tools/call",
        "otel_agents.tool.external": False,
    }

    assert normalized(record(attributes, kind=SpanKind.CLIENT)).external is False


@pytest.mark.parametrize("excludes", [True, False])
def test_what_a_count_leaves_out_is_added_where_the_dialect_says_so(*, excludes: bool) -> None:
    table = Dialect(
        name="mine",
        scopes=("my.agents",),
        native_excludes_cache=lambda _: excludes,
        native_excludes_reasoning=lambda _: excludes,
    )
    usage = {"input_tokens": 5, "cache_write.input_tokens": 3, "output_tokens": 2}
    attributes: dict[str, Value] = {f"gen_ai.usage.{key}": value for key, value in usage.items()}
    attributes |= {**CHAT, "gen_ai.usage.reasoning.output_tokens": 4}
    span = normalized(record(attributes, scope=Scope("my.agents")), Normalizer(dialects=(table,)))

    assert (span.input_tokens, span.output_tokens) == ((8, 6) if excludes else (5, 2))
