import pytest

from otel_agents.pricing.names import (
    anybodys,
    named,
    named_seller,
    seller_by_form,
    spellings,
    tier_of,
)
from otel_agents.pricing.sellers import known_seller

PROFILE = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0"


@pytest.mark.parametrize("name", [None, "", " ", "unknown", "None", "null"])
def test_a_name_that_says_nothing_is_no_name(name: str | None) -> None:
    assert not named(name)


@pytest.mark.parametrize(
    ("tier", "words"),
    [
        ("standard", [None, "", "auto", "default", "STANDARD", "on_demand", "On-Demand"]),
        ("batch", ["batch", "Batch", "batches", "batch-api"]),
        ("flex", ["flex", "ON_DEMAND_FLEX"]),
        ("priority", ["priority", "priority processing"]),
        ("scale", ["scale"]),
    ],
)
def test_a_tier_has_one_word(tier: str, words: list[str | None]) -> None:
    assert {tier_of(word) for word in words} == {tier}


@pytest.mark.parametrize(
    ("name", "seller", "spelt"),
    [
        (" GPT-4o ", "openai", "gpt-4o"),
        ("models/gemini-2.5-pro", "google", "models/gemini-2.5-pro gemini-2.5-pro"),
        (PROFILE, "aws", f"{PROFILE} us.amazon.nova-pro-v1:0"),
        ("openai/gpt-oss-120b", "groq", "openai/gpt-oss-120b"),
    ],
)
def test_a_name_is_looked_up_as_written_then_without_its_path(
    name: str, seller: str, spelt: str
) -> None:
    assert list(spellings(name, seller)) == spelt.split()


@pytest.mark.parametrize(
    ("name", "seller", "rest"),
    [
        ("openai/gpt-4o", "openai", "gpt-4o"),
        ("bedrock:us.anthropic.claude-v1:0", "aws", "us.anthropic.claude-v1:0"),
        ("litellm_proxy/openai/gpt-4o", "openai", "gpt-4o"),
        ("gateway/anthropic:claude-x", "anthropic", "claude-x"),
        ("ollama/llama3:8b", "ollama", "llama3:8b"),
    ],
)
def test_a_prefix_names_who_sells(name: str, seller: str, rest: str) -> None:
    found = named_seller(name, lambda head: known_seller(head, {}))

    assert found is not None
    assert (found[0].id, found[1]) == (seller, rest)


@pytest.mark.parametrize(
    "name", ["gpt-4o", "meta-llama/llama-3", "ft:gpt-4o:org::id", "/", "openai/"]
)
def test_what_is_no_sellers_name_is_no_prefix(name: str) -> None:
    assert named_seller(name, lambda head: known_seller(head, {})) is None


@pytest.mark.parametrize(
    ("name", "seller"),
    [
        (PROFILE, "aws"),
        ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws"),
        ("meta.llama3-1-70b-instruct-v1:0", "aws"),
        ("publishers/google/models/gemini-2.5-pro", "google"),
        ("accounts/fireworks/models/deepseek-v3", "fireworks"),
        ("@cf/meta/llama", "cloudflare"),
        ("claude-sonnet-4.5", None),
        ("gpt-4.1", None),
    ],
)
def test_a_form_that_one_seller_uses_names_it(name: str, seller: str | None) -> None:
    assert seller_by_form(name) == seller


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("deepseek-r1:8b", True),
        ("mistral:latest", True),
        ("deepseek-r1-distill-llama-70b", True),
        ("mistral-7b-q4_K_M.gguf", True),
        ("deepseek-r1", False),
        ("gpt-4o-2024-08-06", False),
        ("anthropic.claude-3-haiku-20240307-v1:0", False),
    ],
)
def test_a_file_of_open_weights_is_nobodys_product(name: str, *, expected: bool) -> None:
    assert anybodys(name) is expected
