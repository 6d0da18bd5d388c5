"""When two nested reports are of one thing, and what they say together."""

from collections.abc import Sequence

from otel_agents.pipeline.agent_span import HEADER, SAID, AgentSpan

INNERMOST_FIRST = (
    "provider",
    "request_model",
    "response_model",
    "response_id",
    "service_tier",
    "time_to_first_chunk_s",
)
"""What the layer next to the provider knows best; of the rest, the outermost layer does."""

USAGE = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "reasoning_output_tokens",
)
"""Known best by the inner layer too, but taken from whoever reports most input.

An outer report may sum the attempts below it.
"""


def same_tool(outer: AgentSpan, inner: AgentSpan) -> bool:
    """Whether two nested tool spans report one tool call."""
    if outer.call_id and inner.call_id:
        return outer.call_id == inner.call_id
    if not outer.tool or not inner.tool:
        return True
    return outer.tool == inner.tool or _prefixed(outer.tool, inner.tool)


def same_run(outer: AgentSpan, inner: AgentSpan) -> bool:
    """Whether a run directly inside another is the same run, seen by another layer."""
    if outer.agent_id and inner.agent_id and outer.agent_id != inner.agent_id:
        return False
    return (outer.agent or "") == (inner.agent or "")


def merged(group: Sequence[AgentSpan]) -> AgentSpan:
    """Put the reports of one thing together, outermost first."""
    outermost = group[0]
    if len(group) == 1:
        return outermost
    span = AgentSpan()
    for slot in HEADER:
        setattr(span, slot, getattr(outermost, slot))
    for slot in SAID:
        _take(span, slot, group)
    inner_first = group[::-1]
    for slot in INNERMOST_FIRST:
        _take(span, slot, inner_first)
    by_input = sorted(inner_first, key=lambda report: -(report.input_tokens or 0))
    for slot in USAGE:
        _take(span, slot, by_input)
    span.error_type = outermost.error_type
    return span


def _take(span: AgentSpan, slot: str, reports: Sequence[AgentSpan]) -> None:
    for report in reports:
        value = getattr(report, slot)
        if value is not None:
            setattr(span, slot, value)
            return


def _prefixed(outer: str, inner: str) -> bool:
    """Whether the outer name is the inner one with a server's name before it."""
    if not outer.endswith(inner):
        return False
    return outer[: -len(inner)].endswith(("_", ".", "/", ":", "-"))
