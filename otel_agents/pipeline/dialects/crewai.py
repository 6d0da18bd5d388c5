"""CrewAI's own telemetry."""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import Dialect

CREWAI = Dialect(
    name="crewai",
    scopes=("crewai.telemetry", "crewai*"),
    markers=("crewai.agent.role", "crewai.crew.id"),
    fields={semconv.GEN_AI_AGENT_NAME: ("agent_role", "crewai.agent.role")},
)
