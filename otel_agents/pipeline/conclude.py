"""What takes more than one attribute: failure, hand-offs, what counts leave out."""

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.dialects.table import Dialect, in_json
from otel_agents.pipeline.fields import text
from otel_agents.pipeline.providers import FRAMEWORKS, canonical_provider
from otel_agents.record import SpanKind, SpanRecord, StatusCode

HANDOFF_TOOLS = ("transfer_to_", "handoff_to_", "transfer_back_to_", "Handoff-transfer_to_")
"""How frameworks begin the name of the tool that hands the run over to another agent."""

HANDOFF_NAMES = frozenset(("transfer_to_agent", "handoff_to_agent", "handoff"))
"""Names of such a tool that takes the other agent's name as an argument."""

CONTROL_FLOW = frozenset(
    (
        "ParentCommand",
        "GraphInterrupt",
        "GraphBubbleUp",
        "NodeInterrupt",
        "CallDeferred",
        "ApprovalRequired",
    )
)
"""Exceptions by which a framework steers, such as LangGraph to another agent: no failures."""

# An enum's member is a slow look-up, and these are asked of every span.
_INFERENCE, _TOOL = Role.INFERENCE, Role.TOOL
_ERROR = int(StatusCode.ERROR)
_handoff_target = in_json(semconv.GEN_AI_TOOL_CALL_ARGUMENTS, "agent_name", "to_agent")


def conclude(span: AgentSpan, record: SpanRecord, dialect: Dialect) -> None:
    """Settle what needs more than one attribute."""
    if record.status == _ERROR or span.error_type is not None or dialect.failed(record):
        error_type = span.error_type or _exception_type(record)
        span.failed = error_type is None or error_type.rpartition(".")[2] not in CONTROL_FLOW
        span.error_type = error_type if span.failed else None
    role = span.role
    if role is _INFERENCE:
        _conclude_call(span, record, dialect)
    elif role is _TOOL:
        _conclude_tool(span, record)


def _conclude_call(span: AgentSpan, record: SpanRecord, dialect: Dialect) -> None:
    if span.provider is not None:
        provider = dialect.providers.get(span.provider)
        span.provider = provider or canonical_provider(span.provider)
        if span.provider in FRAMEWORKS:
            span.provider = None
    cached = (span.cache_read_input_tokens or 0) + (span.cache_write_input_tokens or 0)
    if cached and span.input_tokens is not None:
        native = record.get(semconv.GEN_AI_USAGE_INPUT_TOKENS) is not None
        if (dialect.native_excludes_cache if native else dialect.excludes_cache)(record):
            span.input_tokens += cached
    reasoning = span.reasoning_output_tokens
    if reasoning and span.output_tokens is not None:
        native = record.get(semconv.GEN_AI_USAGE_OUTPUT_TOKENS) is not None
        if (dialect.native_excludes_reasoning if native else dialect.excludes_reasoning)(record):
            span.output_tokens += reasoning


def _conclude_tool(span: AgentSpan, record: SpanRecord) -> None:
    if span.tool in HANDOFF_NAMES:
        span.role = Role.HANDOFF
        target = _handoff_target(record) or record.get(semconv.OTEL_AGENTS_HANDOFF_TO)
        span.handoff_to = text("", target)
    elif span.tool is not None and span.tool.startswith(HANDOFF_TOOLS):
        span.role = Role.HANDOFF
        start = next(start for start in HANDOFF_TOOLS if span.tool.startswith(start))
        span.handoff_to = span.tool[len(start) :]
    elif span.external is None:
        client = span.kind == SpanKind.CLIENT and record.get(semconv.MCP_METHOD_NAME) is not None
        if client or span.tool_type in ("extension", "datastore"):
            span.external = True


def _exception_type(record: SpanRecord) -> str | None:
    for event in reversed(record.events()):
        if event.name == "exception":
            return text("", event.attributes.get(semconv.EXCEPTION_TYPE))
    return None
