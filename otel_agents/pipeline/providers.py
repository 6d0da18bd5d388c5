"""Providers by their one newest name, whatever a dialect calls them."""

from functools import lru_cache

from otel_agents.semconv import GenAiProviderName as Provider

ALIASES: dict[str, str] = {
    "az.ai.inference": Provider.AZURE_AI_INFERENCE,
    "az.ai.openai": Provider.AZURE_AI_OPENAI,
    "azure": Provider.AZURE_AI_OPENAI,
    "azure_openai": Provider.AZURE_AI_OPENAI,
    "azure-openai": Provider.AZURE_AI_OPENAI,
    "azureopenai": Provider.AZURE_AI_OPENAI,
    "azure_ai": Provider.AZURE_AI_INFERENCE,
    "amazon_bedrock": Provider.AWS_BEDROCK,
    "amazon-bedrock": Provider.AWS_BEDROCK,
    "aws": Provider.AWS_BEDROCK,
    "aws_bedrock": Provider.AWS_BEDROCK,
    "bedrock": Provider.AWS_BEDROCK,
    "gemini": Provider.GCP_GEMINI,
    "google": Provider.GCP_GEN_AI,
    "google_genai": Provider.GCP_GEN_AI,
    "ibm.watson.ai": Provider.IBM_WATSONX_AI,
    "watsonx": Provider.IBM_WATSONX_AI,
    "mistral": Provider.MISTRAL_AI,
    "mistralai": Provider.MISTRAL_AI,
    "moonshot": Provider.MOONSHOT_AI,
    "vertex_ai": Provider.GCP_VERTEX_AI,
    "vertexai": Provider.GCP_VERTEX_AI,
    "google_vertexai": Provider.GCP_VERTEX_AI,
    "xai": Provider.X_AI,
}
"""Other spellings of a provider, in lower case."""

FRAMEWORKS = frozenset(
    (
        "agno",
        "autogen",
        "crewai",
        "dspy",
        "haystack",
        "langchain",
        "langgraph",
        "llama_index",
        "llamaindex",
        "pydantic-ai",
        "semantic_kernel",
        "smolagents",
        "strands-agents",
    )
)
"""Names of frameworks, which some emitters write where a provider belongs."""

_API_SUFFIXES = (".chat", ".responses", ".messages", ".completion", ".embedding")


@lru_cache(maxsize=1024)
def canonical_provider(name: str) -> str:
    """Return the newest name of a provider; an unknown one in lower case.

    Some emitters append the API: ``openai.chat`` is ``openai``.
    """
    lower = name.lower()
    plain = lower
    while plain.endswith(_API_SUFFIXES):
        plain = plain.rpartition(".")[0]
    return ALIASES.get(plain, plain) or lower
