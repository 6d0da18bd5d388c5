"""`tool`: a tool call."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from opentelemetry.trace import StatusCode, Tracer

from otel_agents import semconv
from otel_agents.instrument import content
from otel_agents.instrument.block import Block
from otel_agents.instrument.events import emit
from otel_agents.instrument.failure import Failure
from otel_agents.instrument.opened import Attributes, Opened
from otel_agents.instrument.words import word
from otel_agents.semconv import GenAiOperationName as Op
from otel_agents.semconv import ToolEffect, ToolStatus

Effect: TypeAlias = ToolEffect | Literal["read", "write", "destructive", "unknown"]
Status: TypeAlias = ToolStatus | Literal["ok", "error", "timeout", "denied", "cancelled"]


class OpenTool(Opened):
    """A tool call that is going on."""

    __slots__ = ("_call_id", "_status", "_tool")

    def __init__(self, name: str = "", call_id: str = "") -> None:
        """Begin without a status."""
        super().__init__()
        self._tool = name
        self._call_id = call_id
        self._status: ToolStatus | None = None

    def status(self, value: Status) -> None:
        """Say how the call ended where no exception does, such as `denied` or `error`."""
        known = word(ToolStatus, value, "tool status")
        if self.live and known is not None:
            self._status = known

    def call_id(self, value: str) -> None:
        """Say by which id the model asked for the call."""
        if self.live:
            self._call_id = value
            self._set(semconv.GEN_AI_TOOL_CALL_ID, value)

    def arguments(self, value: object) -> None:
        """Say what the tool is called with: content, recorded only where that is allowed."""
        if self.live and content.on_spans():
            self._set(semconv.GEN_AI_TOOL_CALL_ARGUMENTS, content.as_text(value))

    def result(self, value: object) -> None:
        """Say what the tool returned: content, recorded only where that is allowed."""
        if self.live and content.on_spans():
            self._set(semconv.GEN_AI_TOOL_CALL_RESULT, content.as_text(value))

    def called(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> None:
        """Take the arguments of a decorated function."""
        if self.live and content.on_spans():
            try:
                bound = inspect.signature(function).bind(*args, **kwargs)
            except (TypeError, ValueError):
                return
            self.arguments({k: v for k, v in bound.arguments.items() if k not in ("self", "cls")})

    def returned(self, value: object) -> None:
        """Take the result of a decorated function."""
        if value is not None:
            self.result(value)

    def close(self, found: Failure | None) -> None:
        """Say how the call ended, and tell of a failed one."""
        status = self._status or (ToolStatus.OK if found is None else found.status)
        self._set(semconv.OTEL_AGENTS_TOOL_STATUS, status.value)
        error_type = "" if found is None else found.error_type
        if found is None and status is not ToolStatus.OK:
            error_type = status.value
            self._set(semconv.ERROR_TYPE, error_type)
            self.span.set_status(StatusCode.ERROR)
        if error_type:
            self._tell(status, error_type)

    def is_call_of(self, name: str) -> bool:
        """Whether it is a call of this tool, of which an inner block tells as well."""
        return self._tool == name

    def _tell(self, status: ToolStatus, error_type: str) -> None:
        said: Attributes = {
            semconv.GEN_AI_TOOL_NAME: self._tool,
            semconv.OTEL_AGENTS_TOOL_STATUS: status.value,
            semconv.ERROR_TYPE: error_type,
        }
        if self._call_id:
            said[semconv.GEN_AI_TOOL_CALL_ID] = self._call_id
        emit(semconv.EVENT_TOOL_CALL_FAILED, self.run, said, self.span, self.context)


class ToolBlock(Block[OpenTool]):
    """Tell of a tool call: a context manager, and a decorator of functions.

    Around a tool that another instrumentation reports as well, the call counts once.
    """

    __slots__ = ("_said",)

    idle = OpenTool()

    def __init__(
        self,
        name: str,
        *,
        effect: Effect | Literal[""] = "",
        external: bool | None = None,
        type: Literal["function", "extension", "datastore"] = "function",  # noqa: A002 upstream's
        call_id: str = "",
    ) -> None:
        """Tell nothing yet.

        Args:
            name: The tool's name.
            effect: What it does to the world: `read`, `write`, `destructive`.
            external: Whether it reaches a system outside the application.
            type: `function`, `extension` or `datastore`.
            call_id: The id by which the model asked for the call.
        """
        self.name = name
        self._uses = []
        self._said = effect, external, type, call_id

    def start(self, tracer: Tracer) -> OpenTool:
        """Start the call's span, below what is current."""
        effect, external, kind, call_id = self._said
        use = OpenTool(self.name, call_id)
        attributes: Attributes = {
            semconv.GEN_AI_OPERATION_NAME: Op.EXECUTE_TOOL.value,
            semconv.GEN_AI_TOOL_NAME: self.name,
            semconv.GEN_AI_TOOL_TYPE: kind,
        }
        known = word(ToolEffect, effect, "tool effect") if effect else None
        if known is not None:
            attributes[semconv.OTEL_AGENTS_TOOL_EFFECT] = known.value
        if external is not None:
            attributes[semconv.OTEL_AGENTS_TOOL_EXTERNAL] = external
        if call_id:
            attributes[semconv.GEN_AI_TOOL_CALL_ID] = call_id
        use.begin(tracer, self, f"execute_tool {self.name}", attributes)
        above = use.above
        again = isinstance(above, OpenTool) and above.is_call_of(self.name)
        if use.account is not None and not again:
            use.account.add(steps=1)
        return use


tool = ToolBlock
