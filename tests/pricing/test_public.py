import pytest

from otel_agents.pricing.public import PublicPrices

PUBLIC = PublicPrices()


@pytest.mark.parametrize(
    ("seller", "name", "model", "own"),
    [
        ("openai", "gpt-4o-2024-08-06", "gpt-4o", True),
        ("azure", "gpt-4o", "gpt-4o", False),
        ("azure", "phi-4", "phi-4", True),
        ("google", "claude-sonnet-4-5@20250929", "claude-sonnet-4-5", True),
    ],
)
def test_a_seller_sells_its_own_models_and_some_of_their_makers(
    seller: str, name: str, model: str, *, own: bool
) -> None:
    listed = PUBLIC.find(seller, [name])

    assert listed is not None
    assert (listed.seller, listed.model.id, listed.own) == (seller, model, own)


@pytest.mark.parametrize(
    ("name", "maker"),
    [
        ("gpt-4o", "openai"),
        ("text-embedding-3-small", "openai"),
        ("claude-sonnet-4-5", "anthropic"),
        ("gemini-2.5-pro", "google"),
        ("grok-4", "x-ai"),
        ("mistral-large-latest", "mistral"),
        ("deepseek-chat", "deepseek"),
        ("sonar", "perplexity"),
        ("command-a", "cohere"),
        ("llama-3.3-70b-versatile", None),
        ("gpt-4o-mini-foo", None),
        ("claude-sonnet-4-9", None),
    ],
)
def test_a_name_alone_leads_to_the_models_maker_or_nowhere(name: str, maker: str | None) -> None:
    listed = PUBLIC.find_maker([name])

    assert (listed.seller if listed else None) == maker


def test_an_edition_names_its_version() -> None:
    assert PUBLIC.edition.startswith("genai-prices 0.2.")


def test_a_seller_that_is_not_on_the_list_sells_nothing() -> None:
    assert PUBLIC.find("nobody", ["gpt-4o"]) is None
