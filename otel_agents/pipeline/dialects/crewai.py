"""CrewAI's own telemetry, and the tracing that it sends to its own service.

The telemetry's spans are empty marks with no operation. The tracing writes a hash where
an agent's name belongs and a task's id where a conversation's does. Measured with 1.15.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import Dialect

ROLE = "crewai.agent.role"

CREWAI = Dialect(
    name="crewai",
    scopes=("crewai.telemetry", "crewai*"),
    markers=(ROLE, "crewai.crew.id"),
    fields={semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: "gen_ai.usage.reasoning_tokens"},
    instead={
        semconv.GEN_AI_AGENT_NAME: (ROLE, "agent_role"),
        semconv.GEN_AI_CONVERSATION_ID: (),
    },
)
