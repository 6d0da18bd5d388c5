import pytest
from genai_prices.data_snapshot import get_snapshot

from otel_agents.pricing.sellers import Kind, Seller, known_seller, seller_of, squash

IDS = {squash(provider.id): provider.id for provider in get_snapshot().providers}


@pytest.mark.parametrize(
    ("seller", "names"),
    [
        ("openai", "openai OpenAI openai.chat openai.responses"),
        ("azure", "azure azure.ai.openai azure.ai.inference az.ai.openai azure_openai AzureOpenAI"),
        ("azure", "openai.azure azure-openai.chat my-azure-gateway"),
        ("google", "gcp.gen_ai gcp.gemini gcp.vertex_ai vertexai google_genai google.vertex.chat"),
        ("aws", "aws.bedrock bedrock aws_bedrock amazon-bedrock AmazonBedrock"),
        ("anthropic", "anthropic anthropic.messages Anthropic"),
        ("x-ai", "x_ai xai x-ai xai.chat"),
        ("mistral", "mistral_ai mistralai mistral"),
        ("moonshotai", "moonshot_ai moonshot"),
        ("perplexity", "perplexity"),
        ("together", "together together_ai togetherai.chat"),
        ("fireworks", "fireworks fireworks-ai fireworks_ai"),
        ("novita", "novita"),
        ("huggingface_groq", "huggingface_groq"),
    ],
)
def test_a_seller_is_known_by_each_of_its_names(seller: str, names: str) -> None:
    assert {seller_of(name, IDS) for name in names.split()} == {Seller(Kind.SELLER, seller)}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (Kind.LOCAL, "ollama vllm llama.cpp lmstudio tgi ollama.chat LM-Studio hosted_vllm"),
        (Kind.GENERIC, "langchain langgraph strands-agents autogen litellm crewai unknown _OTHER"),
        (Kind.SIMULATED, "test function"),
        (Kind.UNLISTED, "ibm.watsonx.ai huggingface replicate"),
        (Kind.UNKNOWN, "acme openaix my-openai anthropical"),
    ],
)
def test_a_name_that_sells_nothing_on_the_list_is_told_apart(kind: Kind, names: str) -> None:
    assert {seller_of(name, IDS).kind for name in names.split()} == {kind}


@pytest.mark.parametrize("name", [None, "", "  ", "._-"])
def test_no_name_is_nobody(name: str | None) -> None:
    assert seller_of(name, IDS).kind is Kind.GENERIC


def test_every_id_of_the_public_list_means_itself() -> None:
    assert {id_: seller_of(id_, IDS) for id_ in IDS.values()} == {
        id_: Seller(Kind.SELLER, id_) for id_ in IDS.values()
    }


def test_a_prefix_is_taken_only_as_it_stands() -> None:
    assert known_seller("anthropic.claude-3-haiku-20240307-v1", IDS) is None
