"""What one span says about an agent, in the newest names."""

from enum import StrEnum

from otel_agents.record import Usage


class Role(StrEnum):
    """What a span is in the life of an agent."""

    INFERENCE = "inference"
    AGENT = "agent"
    WORKFLOW = "workflow"
    TOOL = "tool"
    HANDOFF = "handoff"
    RETRIEVAL = "retrieval"
    DECISION = "decision"
    OTHER = "other"


class Origin:
    """Who emitted the span, read once a resource.

    Attributes:
        environment: `deployment.environment.name`, or "".
        service: `service.name`, or "".
        main_agent: `gen_ai.main_agent.name`, the agent that this process is, or "".
        group: The group that the resource names, or "".
        tenant: The customer that the resource names, or "".
        silent: Whether it names no agent, no group and no customer.
    """

    __slots__ = ("environment", "group", "main_agent", "service", "silent", "tenant")

    def __init__(
        self,
        environment: str = "",
        service: str = "",
        main_agent: str = "",
        group: str = "",
        tenant: str = "",
    ) -> None:
        """Hold what the resource says."""
        self.environment = environment
        self.service = service
        self.main_agent = main_agent
        self.group = group
        self.tenant = tenant
        self.silent = not (main_agent or group or tenant)


NOWHERE = Origin()
"""The origin of a span whose resource says nothing."""

HEADER = (
    "dialect",
    "role",
    "operation",
    "origin",
    "span_id",
    "parent_id",
    "kind",
    "start_ns",
    "duration_ns",
    "failed",
)
"""Fields that every span has."""

SAID = (
    "error_type",
    "external",
    "agent",
    "agent_id",
    "version",
    "group",
    "tenant",
    "conversation",
    "task_type",
    "channel",
    "workflow",
    "outcome",
    "provider",
    "request_model",
    "response_model",
    "response_id",
    "service_tier",
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "reasoning_output_tokens",
    "time_to_first_chunk_s",
    "context_used_tokens",
    "context_limit_tokens",
    "tool",
    "tool_type",
    "tool_effect",
    "call_id",
    "handoff_to",
    "decision_type",
)
"""Fields that a span may say; None where it does not."""


class AgentSpan:
    """What one span says about an agent; None means that it does not say.

    Attributes:
        dialect: Which dialect the span spoke.
        role: What the span is.
        operation: `gen_ai.operation.name`, "" where the span has none.
        origin: Who emitted it.
        span_id: Its id.
        parent_id: The id of its parent, 0 for a root.
        kind: A `SpanKind` number.
        start_ns: Start, in nanoseconds since the Unix epoch.
        duration_ns: How long it took; None where its end is impossible.
        failed: Whether the span failed, by its status or its error type.
        error_type: `error.type` as it came, or the exception's type.
        external: Whether the call leaves the process for another system; None where nobody
            says so.
    """

    __slots__ = (*HEADER, *SAID)

    dialect: str
    role: Role
    operation: str
    origin: Origin
    span_id: int
    parent_id: int
    kind: int
    start_ns: int
    duration_ns: int | None
    failed: bool
    error_type: str | None
    external: bool | None
    # who
    agent: str | None
    agent_id: str | None
    version: str | None
    group: str | None
    tenant: str | None
    conversation: str | None
    task_type: str | None
    channel: str | None
    workflow: str | None
    outcome: str | None
    # a model call
    provider: str | None
    request_model: str | None
    response_model: str | None
    response_id: str | None
    service_tier: str | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_input_tokens: int | None
    cache_write_input_tokens: int | None
    reasoning_output_tokens: int | None
    time_to_first_chunk_s: float | None
    context_used_tokens: int | None
    context_limit_tokens: int | None
    # a tool call or a hand-off
    tool: str | None
    tool_type: str | None
    tool_effect: str | None
    call_id: str | None
    handoff_to: str | None
    decision_type: str | None

    def __init__(  # noqa: PLR0913, PLR0917 made for every span; names would cost each of them
        self,
        dialect: str = "",
        role: Role = Role.OTHER,
        operation: str = "",
        origin: Origin = NOWHERE,
        span_id: int = 0,
        parent_id: int = 0,
        kind: int = 0,
        start_ns: int = 0,
        duration_ns: int | None = None,
    ) -> None:
        """Hold what every span has, and say nothing more yet."""
        self.dialect = dialect
        self.role = role
        self.operation = operation
        self.origin = origin
        self.span_id = span_id
        self.parent_id = parent_id
        self.kind = kind
        self.start_ns = start_ns
        self.duration_ns = duration_ns
        self.failed = False
        self.error_type = self.external = self.agent = self.agent_id = None
        self.version = self.group = self.tenant = self.conversation = None
        self.task_type = self.channel = self.workflow = self.outcome = None
        self.provider = self.request_model = self.response_model = self.response_id = None
        self.service_tier = self.input_tokens = self.output_tokens = (
            self.cache_read_input_tokens
        ) = None
        self.cache_write_input_tokens = self.reasoning_output_tokens = (
            self.time_to_first_chunk_s
        ) = self.context_used_tokens = None
        self.context_limit_tokens = self.tool = self.tool_type = self.tool_effect = None
        self.call_id = self.handoff_to = self.decision_type = None

    @property
    def usage(self) -> Usage:
        """The five token sums, as a price takes them."""
        return Usage(
            self.input_tokens,
            self.output_tokens,
            self.cache_read_input_tokens,
            self.cache_write_input_tokens,
            self.reasoning_output_tokens,
        )

    @property
    def model(self) -> str:
        """The model that was asked for, else the one that answered, else ""."""
        return self.request_model or self.response_model or ""

    def passes_nothing(self) -> bool:
        """Whether the spans below it inherit nothing that it says."""
        return (
            self.conversation is self.group is self.tenant is self.task_type is self.channel is None
        )

    def says(self) -> dict[str, object]:
        """Return the fields that the span says, by name."""
        fields = ((name, getattr(self, name)) for name in SAID)
        return {name: value for name, value in fields if value is not None}
