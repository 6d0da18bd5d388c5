import pytest

from otel_agents.pricing.calls import Reader
from otel_agents.pricing.ledger import Ledger
from otel_agents.pricing.public import PublicPrices

LEDGER = Ledger(
    deployments={
        "azure": {"prod": "gpt-4o", "gpt-4.1": "gpt-4.1-mini"},
        "aws": {"arn:aws:bedrock:eu-west-1:1:application-inference-profile/abc": "amazon.nova-pro"},
        "openai": {"house": "anthropic/claude-sonnet-4-5"},
    }
)
READER = Reader(LEDGER, PublicPrices())
SONNET = "regional.anthropic.claude-sonnet-4-5-20250929-v1:0"
PROFILE = (
    "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
)


@pytest.mark.parametrize(
    ("provider", "name", "seller", "model"),
    [
        # A seller sells what it lists.
        ("openai", "gpt-4o-2024-08-06", "openai", "gpt-4o"),
        ("azure.ai.openai", "gpt-4o", "azure", "gpt-4o"),
        ("azure.ai.inference", "gpt-35-turbo", "azure", "gpt-3.5-turbo"),
        ("gcp.gemini", "models/gemini-2.5-pro", "google", "gemini-2.5-pro"),
        ("google.vertex.chat", "claude-sonnet-4-5@20250929", "google", "claude-sonnet-4-5"),
        ("x_ai", "grok-4", "x-ai", "grok-4-0709"),
        ("mistral_ai", "mistral-large-latest", "mistral", "mistral-large"),
        ("openai.chat", "gpt-4o-20240806", "openai", "gpt-4o"),
        ("groq", "openai/gpt-oss-120b", "groq", "openai/gpt-oss-120b"),
        ("openrouter", "openai/gpt-4o", "openrouter", "openai/gpt-4o"),
        ("aws.bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws", SONNET),
        ("aws.bedrock", "us.amazon.nova-pro-v1:0", "aws", "amazon.nova-pro-v1:0"),
        ("bedrock", PROFILE, "aws", SONNET),
        # A prefix names the seller where the provider leaves it open, or repeats it.
        ("litellm", "openai/gpt-4o", "openai", "gpt-4o"),
        ("litellm", "azure/gpt-4o", "azure", "gpt-4o"),
        ("litellm", "groq/openai/gpt-oss-120b", "groq", "openai/gpt-oss-120b"),
        ("litellm", f"bedrock/{PROFILE}", "aws", SONNET),
        ("openai", "openai/gpt-4o", "openai", "gpt-4o"),
        ("openai", "anthropic/claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"),
        (None, "google-gla:gemini-2.5-pro", "google", "gemini-2.5-pro"),
        ("groq", "openai/gpt-4o", "groq", None),
        ("litellm", "ollama/llama3", "ollama", None),
        # A name alone leads to the model's maker, or by its form to the seller.
        ("langchain", "gpt-4o", "openai", "gpt-4o"),
        (None, "text-embedding-3-small", "openai", "text-embedding-3-small"),
        ("acme", "claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"),
        (None, "models/gemini-2.5-pro", "google", "gemini-2.5-pro"),
        ("strands-agents", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws", SONNET),
        # Open weights have no seller unless somebody says so.
        (None, "llama-3.3-70b-versatile", "", None),
        (None, "gpt-oss-120b", "", None),
        (None, "openai/gpt-oss-120b", "", None),
        (None, "deepseek-r1:8b", "", None),
        (None, "deepseek-r1-distill-qwen-14b", "", None),
        # Nothing is guessed.
        (None, "gpt-4o-mini-foo", "", None),
        ("anthropic", "claude-sonnet-4-9", "anthropic", None),
        ("deepseek", "gpt-4o", "deepseek", None),
        ("ollama", "gpt-4o", "ollama", None),
        ("ibm.watsonx.ai", "mistral-large", "ibm.watsonx.ai", None),
        ("test", "gpt-4o", "test", None),
        # Deployments.
        ("azure", "prod", "azure", "gpt-4o"),
        ("azure", "gpt-4.1", "azure", "gpt-4.1-mini"),
        ("openai", "Prod", "azure", "gpt-4o"),
        (None, "prod", "azure", "gpt-4o"),
        ("anthropic", "prod", "anthropic", None),
        ("openai", "gpt-4.1", "openai", "gpt-4.1"),
        ("openai", "house", "anthropic", "claude-sonnet-4-5"),
        (
            "bedrock",
            "arn:aws:bedrock:eu-west-1:1:application-inference-profile/abc",
            "aws",
            "amazon.nova-pro-v1:0",
        ),
    ],
)
def test_names_lead_to_who_sells_what(
    provider: str | None, name: str, seller: str, model: str | None
) -> None:
    call = READER.read(provider, name)

    assert (call.seller.id, call.listed and call.listed.model.id) == (seller, model)


@pytest.mark.parametrize(
    ("provider", "name", "providers", "models"),
    [
        ("openai", "gpt-4o-2024-08-06", {"openai"}, {"gpt-4o-2024-08-06", "gpt-4o"}),
        ("litellm", "openai/gpt-4o", {"litellm", "openai"}, {"openai/gpt-4o", "gpt-4o"}),
        ("azure.ai.openai", "prod", {"azure", "azureaiopenai"}, {"prod", "gpt-4o"}),
        ("Acme", "x/Y", {"acme"}, {"x/y"}),
    ],
)
def test_a_ledger_may_name_a_call_by_any_of_its_names(
    provider: str, name: str, providers: set[str], models: set[str]
) -> None:
    call = READER.read(provider, name)

    assert (set(call.providers), set(call.models)) == (providers, models)
