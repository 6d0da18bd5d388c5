"""From a span of any dialect to what it says about an agent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan, Origin, Role
from otel_agents.pipeline.dialects import DIALECTS, Dialect, Recogniser
from otel_agents.pipeline.dialects.table import HANDOFF, Read, Source, Sources, in_json
from otel_agents.pipeline.fields import FIELDS, MAX_TEXT_CHARS, Field, text
from otel_agents.pipeline.providers import FRAMEWORKS, canonical_provider
from otel_agents.record import Resource, SpanKind, SpanRecord, StatusCode, Value
from otel_agents.semconv import GenAiOperationName as Op

ROLES: dict[str, Role] = {
    Op.CHAT: Role.INFERENCE,
    Op.GENERATE_CONTENT: Role.INFERENCE,
    Op.TEXT_COMPLETION: Role.INFERENCE,
    Op.EMBEDDINGS: Role.INFERENCE,
    Op.INVOKE_AGENT: Role.AGENT,
    Op.INVOKE_WORKFLOW: Role.WORKFLOW,
    Op.EXECUTE_TOOL: Role.TOOL,
    Op.RETRIEVAL: Role.RETRIEVAL,
    Op.SEARCH_MEMORY: Role.RETRIEVAL,
    Op.PLAN: Role.DECISION,
    HANDOFF: Role.HANDOFF,
}
"""What an operation is; every other one is `Role.OTHER`."""

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

Step: TypeAlias = tuple[str, str, Callable[[str, Value], object], bool]
"""A field's slot, its newest key, its parser, and whether it is text."""

Fallback: TypeAlias = tuple[str, str, tuple[Read, ...], Callable[[str, Value], object]]
"""A field's slot and newest key, where else it may stand, and its parser."""


class Plan(NamedTuple):
    """How the spans of a dialect are read in a role.

    Attributes:
        keys: Where each field is looked for first, all at once: most look-ups find nothing.
        steps: What to do with what they hold, in the same order.
        fallbacks: Where else to look for the fields that are still missing.
        instead: Where to look first, for fields that the dialect writes wrongly.
    """

    keys: tuple[str, ...]
    steps: tuple[Step, ...]
    fallbacks: tuple[Fallback, ...]
    instead: tuple[Fallback, ...]


OPERATION_ALIASES = {
    "completion": Op.TEXT_COMPLETION,
    "embedding": Op.EMBEDDINGS,
    "responses": Op.CHAT,
}
"""Spellings of an operation that emitters use under the newest name."""

MAX_ORIGINS = 4096
"""Resources remembered; they come from the wire."""

MAX_DURATION_NS = 10 * 366 * 86_400 * 10**9
"""A span of over ten years has a broken end, and so has one that ends before it starts."""

# An enum's member is a slow look-up, and these are asked of every span.
_INFERENCE, _TOOL, _OTHER = Role.INFERENCE, Role.TOOL, Role.OTHER
_ERROR = int(StatusCode.ERROR)
_OPERATION_NAME = semconv.GEN_AI_OPERATION_NAME
_ERROR_TYPE = semconv.ERROR_TYPE
_handoff_target = in_json(semconv.GEN_AI_TOOL_CALL_ARGUMENTS, "agent_name", "to_agent")


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What a user may say about reading spans.

    Attributes:
        group_keys: Attributes, of the span or its resource, that name the agent's group.
        tenant_keys: Attributes that name the customer for whom the agent works.
    """

    group_keys: tuple[str, ...] = (semconv.OTEL_AGENTS_AGENT_GROUP,)
    tenant_keys: tuple[str, ...] = (semconv.OTEL_AGENTS_TENANT,)


class Normalizer:
    """Reads spans of every dialect; holds no state but what it has compiled."""

    def __init__(
        self, options: Options | None = None, dialects: tuple[Dialect, ...] = DIALECTS
    ) -> None:
        """Compile the tables of the dialects."""
        options = options or Options()
        self._options = options
        self._recognise = Recogniser(dialects).recognise
        self._plans = {
            dialect.name: {role: _compile(dialect, role, options) for role in Role}
            for dialect in dialects
        }
        self._origins: dict[int, tuple[Resource, Origin]] = {}

    def normalize(self, record: SpanRecord) -> AgentSpan | None:
        """Return what the span says, or None for a span that is not about agents.

        Raises:
            SpanRefused: If a value that counts is impossible.
        """
        dialect = self._recognise(record)
        if dialect is None:
            return None
        span = AgentSpan()
        span.dialect = dialect.name
        span.operation = operation = _operation(dialect, record)
        span.role = role = ROLES.get(operation, _OTHER)
        span.origin = self._origin(record.resource)
        span.span_id = record.span_id
        span.parent_id = record.parent_id
        span.kind = record.kind
        span.start_ns = start_ns = record.start_ns
        duration_ns = record.end_ns - start_ns
        span.duration_ns = duration_ns if 0 <= duration_ns <= MAX_DURATION_NS else None
        _fill(span, record, self._plans[dialect.name][role])
        _conclude(span, record, dialect)
        return span

    def additions(self, record: SpanRecord, span: AgentSpan) -> dict[str, Value]:
        """Return the newest names that the span lacks, with their values."""
        find = record.find
        added: dict[str, Value] = {}
        if span.operation in ROLES and find(_OPERATION_NAME) is None:
            added[_OPERATION_NAME] = str(span.operation)
        for slot, key, _, _ in self._plans[span.dialect][span.role].steps:
            value = getattr(span, slot)
            if value is not None and find(key) is None:
                added[key] = value
        return added

    def _origin(self, resource: Resource) -> Origin:
        known = self._origins.get(id(resource))
        if known is not None and known[0] is resource:
            return known[1]
        if len(self._origins) >= MAX_ORIGINS:
            self._origins.clear()
        origin = _origin_of(resource, self._options)
        self._origins[id(resource)] = (resource, origin)
        return origin


def _operation(dialect: Dialect, record: SpanRecord) -> str:
    native = record.get(_OPERATION_NAME)
    named = native if isinstance(native, str) else ""
    if not named or dialect.operation_first:
        for ask in dialect.operations:
            answer = ask(record)
            if answer is not None:
                return str(answer)
    return named if named in ROLES else _alias(named)


def _alias(named: str) -> str:
    """Return the operation that another spelling stands for, or the spelling itself."""
    lower = named.lower()
    return OPERATION_ALIASES.get(lower) or (lower if lower in ROLES else named)


def _fill(span: AgentSpan, record: SpanRecord, plan: Plan) -> None:
    decode = record.decode
    for (slot, key, parse, is_text), value in zip(
        plan.steps, map(record.find, plan.keys), strict=True
    ):
        if value is None:
            continue
        said = value if decode is None else decode(value)
        if not is_text or said.__class__ is not str or len(said) > MAX_TEXT_CHARS:
            said = parse(key, said)
        if said is not None and said != "":
            setattr(span, slot, said)
    for slot, key, others, parse in plan.fallbacks:
        if getattr(span, slot) is None:
            _take(span, slot, key, others, parse, record)
    for slot, key, others, parse in plan.instead:
        setattr(span, slot, None)
        _take(span, slot, key, others, parse, record)


def _take(
    span: AgentSpan,
    slot: str,
    key: str,
    others: tuple[Read, ...],
    parse: Callable[[str, Value], object],
    record: SpanRecord,
) -> None:
    for other in others:
        value = other(record)
        if value is not None:
            said = parse(key, value)
            if said is not None:
                setattr(span, slot, said)
                return


def _compile(dialect: Dialect, role: Role, options: Options) -> Plan:
    fields = [field for field in FIELDS if role in field.roles]
    steps = [(f.slot, f.key, f.parse, f.parse is text) for f in fields]
    fallbacks = [(f.slot, f.key, _others(f, dialect, role), f.parse) for f in fields]
    instead = [
        (f.slot, f.key, _reads(dialect.instead[f.key]), f.parse)
        for f in fields
        if f.key in dialect.instead
    ]
    keys = [f.key for f in fields]
    for slot, name, own in (
        ("group", semconv.OTEL_AGENTS_AGENT_GROUP, options.group_keys),
        ("tenant", semconv.OTEL_AGENTS_TENANT, options.tenant_keys),
    ):
        if own:
            keys.append(own[0])
            steps.append((slot, name, text, True))
            fallbacks.append((slot, name, _reads(own[1:]), text))
    return Plan(
        tuple(keys),
        tuple(steps),
        tuple(fallback for fallback in fallbacks if fallback[2]),
        tuple(instead),
    )


def _others(field: Field, dialect: Dialect, role: Role) -> tuple[Read, ...]:
    own: Sources = ()
    if field.own is None or role in field.own:
        own = dialect.fields.get(field.key, ())
    return (*_reads(own), *_reads(field.older))


def _reads(sources: Sources) -> tuple[Read, ...]:
    return tuple(map(_read, sources if isinstance(sources, tuple) else (sources,)))


def _read(source: Source) -> Read:
    if not isinstance(source, str):
        return source
    key = source

    def read(record: SpanRecord) -> Value:
        return record.get(key)

    return read


def _origin_of(resource: Resource, options: Options) -> Origin:
    get = resource.attributes.get

    def first(*keys: str) -> str:
        return next((found for key in keys if (found := text(key, get(key)))), "")

    return Origin(
        environment=first(semconv.DEPLOYMENT_ENVIRONMENT_NAME, "deployment.environment"),
        service=first(semconv.SERVICE_NAME),
        main_agent=first(semconv.GEN_AI_MAIN_AGENT_NAME),
        group=first(*options.group_keys),
        tenant=first(*options.tenant_keys),
    )


def _conclude(span: AgentSpan, record: SpanRecord, dialect: Dialect) -> None:
    """Settle what needs more than one attribute."""
    error_type = record.get(_ERROR_TYPE)
    if error_type is not None:
        error_type = text("", error_type)
    if record.status == _ERROR or error_type is not None or dialect.failed(record):
        error_type = error_type or _exception_type(record)
        if error_type is None or error_type.rpartition(".")[2] not in CONTROL_FLOW:
            span.failed = True
            span.error_type = error_type
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
