"""Which dialect a span speaks: asked of its scope first, then of its attributes.

Adding a dialect means one file with its table and one row in `DIALECTS`.
"""

from otel_agents.pipeline.dialects.agent_framework import AGENT_FRAMEWORK
from otel_agents.pipeline.dialects.autogen import AUTOGEN
from otel_agents.pipeline.dialects.claude_code import CLAUDE_CODE
from otel_agents.pipeline.dialects.crewai import CREWAI
from otel_agents.pipeline.dialects.genai import GENAI
from otel_agents.pipeline.dialects.google_adk import GOOGLE_ADK
from otel_agents.pipeline.dialects.langfuse import LANGFUSE
from otel_agents.pipeline.dialects.langsmith import LANGSMITH
from otel_agents.pipeline.dialects.litellm import LITELLM
from otel_agents.pipeline.dialects.logfire import LOGFIRE
from otel_agents.pipeline.dialects.mcp import MCP
from otel_agents.pipeline.dialects.mlflow import MLFLOW
from otel_agents.pipeline.dialects.openai_agents import OPENAI_AGENTS
from otel_agents.pipeline.dialects.openinference import OPENINFERENCE
from otel_agents.pipeline.dialects.openlit import OPENLIT
from otel_agents.pipeline.dialects.openllmetry import OPENLLMETRY
from otel_agents.pipeline.dialects.pydantic_ai import PYDANTIC_AI
from otel_agents.pipeline.dialects.recognise import Recogniser
from otel_agents.pipeline.dialects.strands import STRANDS
from otel_agents.pipeline.dialects.table import Dialect
from otel_agents.pipeline.dialects.vercel_ai import VERCEL_AI

DIALECTS: tuple[Dialect, ...] = (
    VERCEL_AI,
    LANGFUSE,
    LANGSMITH,
    MLFLOW,
    LITELLM,
    OPENLIT,
    GOOGLE_ADK,
    AGENT_FRAMEWORK,
    OPENINFERENCE,
    OPENLLMETRY,
    OPENAI_AGENTS,
    CLAUDE_CODE,
    PYDANTIC_AI,
    LOGFIRE,
    STRANDS,
    AUTOGEN,
    CREWAI,
    MCP,
    GENAI,
)
"""Every dialect; where a span's attributes fit several, the first row wins."""

__all__ = ["DIALECTS", "Dialect", "Recogniser"]
