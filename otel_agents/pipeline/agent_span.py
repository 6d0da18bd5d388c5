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
    """

    __slots__ = ("environment", "group", "main_agent", "service", "tenant")

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


class AgentSpan:
    """What one span says about an agent; None means that it does not say.

    Values that are not there stay on the class, so that a span pays only for what it
    says.

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

    dialect: str
    role: Role
    operation: str = ""
    origin: Origin
    span_id: int
    parent_id: int
    kind: int
    start_ns: int
    duration_ns: int | None
    failed: bool = False
    error_type: str | None = None
    external: bool | None = None
    # who
    agent: str | None = None
    agent_id: str | None = None
    version: str | None = None
    group: str | None = None
    tenant: str | None = None
    conversation: str | None = None
    task_type: str | None = None
    channel: str | None = None
    workflow: str | None = None
    outcome: str | None = None
    # a model call
    provider: str | None = None
    request_model: str | None = None
    response_model: str | None = None
    response_id: str | None = None
    service_tier: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_write_input_tokens: int | None = None
    reasoning_output_tokens: int | None = None
    time_to_first_chunk_s: float | None = None
    context_used_tokens: int | None = None
    context_limit_tokens: int | None = None
    # a tool call or a hand-off
    tool: str | None = None
    tool_type: str | None = None
    tool_effect: str | None = None
    call_id: str | None = None
    handoff_to: str | None = None
    decision_type: str | None = None

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
