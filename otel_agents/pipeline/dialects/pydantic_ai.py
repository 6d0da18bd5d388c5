"""Pydantic AI and Logfire, instrumentation versions 1 to 6."""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import Dialect, by_name, by_name_start, when
from otel_agents.semconv import GenAiOperationName as Op

PYDANTIC_AI = Dialect(
    name="pydantic-ai",
    scopes=("pydantic-ai", "logfire*"),
    # Versions 1 and 2 named the operation of model calls only.
    operations=(
        by_name({"agent run": Op.INVOKE_AGENT, "running tool": Op.EXECUTE_TOOL}),
        by_name_start({"running tool: ": Op.EXECUTE_TOOL}),
        when("agent_name", Op.INVOKE_AGENT),
    ),
    fields={semconv.GEN_AI_AGENT_NAME: "agent_name"},
)
