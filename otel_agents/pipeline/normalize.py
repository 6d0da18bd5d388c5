"""From a span of any dialect to what it says about an agent."""

from dataclasses import dataclass

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan, Origin, Role
from otel_agents.pipeline.conclude import conclude
from otel_agents.pipeline.dialects import DIALECTS, Dialect, Recogniser
from otel_agents.pipeline.dialects.table import HANDOFF
from otel_agents.pipeline.fields import text
from otel_agents.pipeline.plan import compile_plan, fill
from otel_agents.record import Resource, SpanRecord, Value
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

# An enum's member is a slow look-up, and this is asked of every span.
_OTHER = Role.OTHER
_OPERATION_NAME = semconv.GEN_AI_OPERATION_NAME


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
            dialect.name: {
                role: compile_plan(dialect, role, options.group_keys, options.tenant_keys)
                for role in Role
            }
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
        operation = _operation(dialect, record)
        role = ROLES.get(operation, _OTHER)
        start_ns = record.start_ns
        duration_ns = record.end_ns - start_ns
        span = AgentSpan(
            dialect.name,
            role,
            operation,
            self._origin(record.resource),
            record.span_id,
            record.parent_id,
            record.kind,
            start_ns,
            duration_ns if 0 <= duration_ns <= MAX_DURATION_NS else None,
        )
        fill(span, record, self._plans[dialect.name][role])
        conclude(span, record, dialect)
        return span

    def additions(self, record: SpanRecord, span: AgentSpan) -> dict[str, Value]:
        """Return the newest names that the span lacks, with their values."""
        find = record.find
        added: dict[str, Value] = {}
        # Upstream has no operation for a hand-off; what makes it one is an attribute of ours.
        named = span.operation in ROLES and span.operation != HANDOFF
        if named and find(_OPERATION_NAME) is None:
            added[_OPERATION_NAME] = str(span.operation)
        for slot, key, _, _ in self._plans[span.dialect][span.role].steps:
            value = getattr(span, slot)
            if value is not None and slot != "error_type" and find(key) is None:
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
