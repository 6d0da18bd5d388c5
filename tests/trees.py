"""Traces drawn as text, and what counting made of them as text.

A line is a span, its indent its depth: a word for what it is, a name, then key=value:

    agent support
      chat gpt-4o in=42 out=7 id=r1
      tool search
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count as counting

from otel_agents import semconv
from otel_agents.pipeline.counted import AgentRun, Counted, Handoff, ModelCall, ToolCall
from otel_agents.pipeline.network import leaves_machine
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.tally import Options, Tally
from otel_agents.record import Resource, Scope, SpanKind, SpanRecord, StatusCode, Value

START_NS = 1_767_225_600_000_000_000
"""2026-01-01T00:00:00Z."""

SCOPE = Scope("tests", "1")
RESOURCE = Resource({})
NORMALIZE = Normalizer().normalize

KEYS = {
    "in": semconv.GEN_AI_USAGE_INPUT_TOKENS,
    "out": semconv.GEN_AI_USAGE_OUTPUT_TOKENS,
    "read": semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
    "write": semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
    "id": semconv.GEN_AI_RESPONSE_ID,
    "provider": semconv.GEN_AI_PROVIDER_NAME,
    "response_model": semconv.GEN_AI_RESPONSE_MODEL,
    "agent": semconv.GEN_AI_AGENT_NAME,
    "agent_id": semconv.GEN_AI_AGENT_ID,
    "call": semconv.GEN_AI_TOOL_CALL_ID,
    "group": semconv.OTEL_AGENTS_AGENT_GROUP,
    "tenant": semconv.OTEL_AGENTS_TENANT,
    "conversation": semconv.GEN_AI_CONVERSATION_ID,
    "outcome": semconv.OTEL_AGENTS_RUN_OUTCOME,
    "error": semconv.ERROR_TYPE,
    "method": semconv.MCP_METHOD_NAME,
    "host": semconv.SERVER_ADDRESS,
    "tier": semconv.OPENAI_RESPONSE_SERVICE_TIER,
}
WORDS: dict[str, tuple[str, str]] = {
    "agent": ("invoke_agent", semconv.GEN_AI_AGENT_NAME),
    "chat": ("chat", semconv.GEN_AI_REQUEST_MODEL),
    "embeddings": ("embeddings", semconv.GEN_AI_REQUEST_MODEL),
    "tool": ("execute_tool", semconv.GEN_AI_TOOL_NAME),
    "workflow": ("invoke_workflow", semconv.GEN_AI_WORKFLOW_NAME),
    "retrieval": ("retrieval", semconv.GEN_AI_DATA_SOURCE_ID),
    "handoff": ("handoff", semconv.OTEL_AGENTS_HANDOFF_TO),
}


def record(
    attributes: Mapping[str, Value] | None = None,
    *,
    name: str = "span",
    span_id: int = 1,
    parent_id: int = 0,
    trace_id: int = 1,
    kind: int = SpanKind.INTERNAL,
    status: int = StatusCode.UNSET,
    start_ns: int = START_NS,
    duration_ns: int = 1_000_000_000,
    scope: Scope = SCOPE,
    resource: Resource = RESOURCE,
) -> SpanRecord:
    """Make one span."""
    return SpanRecord(
        trace_id,
        span_id,
        parent_id,
        name,
        kind,
        start_ns,
        start_ns + duration_ns,
        status,
        scope,
        resource,
        (attributes or {}).get,
    )


def trace(drawing: str, trace_id: int = 1, resource: Resource = RESOURCE) -> list[SpanRecord]:
    """Make the spans of a drawing, parents before children."""
    ids = counting(1)
    above: list[tuple[int, int]] = []
    records = []
    for line in drawing.splitlines():
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        while above and above[-1][0] >= indent:
            above.pop()
        span_id = next(ids)
        parent_id = above[-1][1] if above else 0
        above.append((indent, span_id))
        records.append(_span(line.split(), span_id, parent_id, trace_id, resource))
    return records


def _span(
    words: list[str], span_id: int, parent_id: int, trace_id: int, resource: Resource
) -> SpanRecord:
    word, *rest = words
    attributes: dict[str, Value] = {}
    kind, status = SpanKind.INTERNAL, StatusCode.UNSET
    if word in WORDS:
        operation, name_key = WORDS[word]
        attributes[semconv.GEN_AI_OPERATION_NAME] = operation
        if rest and "=" not in rest[0] and not rest[0].startswith("!"):
            attributes[name_key] = rest.pop(0)
    elif word in ("http", "mcp"):
        kind = SpanKind.CLIENT
    for option in rest:
        if option == "!":
            status = StatusCode.ERROR
        else:
            key, _, value = option.partition("=")
            attributes[KEYS[key]] = int(value) if key in ("in", "out", "read", "write") else value
    return record(
        attributes,
        name=word,
        span_id=span_id,
        parent_id=parent_id,
        trace_id=trace_id,
        kind=kind,
        status=status,
        start_ns=START_NS + span_id * 1_000_000,
        resource=resource,
    )


def count(records: Sequence[SpanRecord], *, options: Options | None = None) -> list[Counted]:
    """Count all spans at once."""
    tally = Tally(options or Options(delay_ns=None), price=lambda _: None)
    counted: list[Counted] = []
    for span in records:
        said = NORMALIZE(span)
        counted += tally.offer(span, said, 0, leaves=said is None and leaves_machine(span)) or ()
    return [*counted, *tally.drain()]


def told(counted: Iterable[Counted]) -> list[str]:
    """Say what was counted, a line each, in the order of calls, tools, hand-offs, runs."""
    return [_line(item) for item in counted]


def _line(item: Counted) -> str:
    span = item.span
    match item:
        case ModelCall():
            usage = f"{span.input_tokens or 0}+{span.output_tokens or 0}"
            words = ["call", span.model or "?", usage]
        case ToolCall():
            words = ["tool", span.tool or "?"] + ["external"] * item.external
        case Handoff():
            words = ["handoff", span.handoff_to or "?"]
        case AgentRun():
            words = ["run", f"{item.calls} calls {item.tools} tools {item.tokens} tokens"]
            words += [f"({item.own_calls}/{item.own_tools} own)"]
            words += ["nested"] * item.nested
        case _:
            words = [type(item).__name__.lower()]
    words += ["failed"] * span.failed
    words += [f"×{item.layers}"] * (item.layers > 1)
    return " ".join([*words, f"@{item.owner.agent}" if item.owner.agent else "@-"])
