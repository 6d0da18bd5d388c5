"""Providers by their one newest name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.providers import ALIASES, canonical_provider
from otel_agents.semconv import GenAiProviderName

APIS = (".chat", ".responses", ".messages", ".completion", ".embedding")

NAMES = {
    "openai": "openai",
    "OpenAI": "openai",
    "openai.chat": "openai",
    "openai.responses": "openai",
    "anthropic.messages": "anthropic",
    "azure.chat": "azure.ai.openai",
    "az.ai.inference": "azure.ai.inference",
    "AWS": "aws.bedrock",
    "amazon-bedrock": "aws.bedrock",
    "vertex_ai": "gcp.vertex_ai",
    "Gemini": "gcp.gemini",
    "xai": "x_ai",
    "my-own-gateway": "my-own-gateway",
    "chat": "chat",
    ".chat": ".chat",
    "x.chat.chat": "x",
}


@pytest.mark.parametrize(("name", "newest"), NAMES.items())
def test_names(name: str, newest: str) -> None:
    assert canonical_provider(name) == newest


@pytest.mark.parametrize("name", [*GenAiProviderName, *ALIASES.values()])
def test_the_newest_name_stays(name: str) -> None:
    assert canonical_provider(name) == name


def test_every_alias_leads_to_a_name_of_the_convention() -> None:
    assert set(ALIASES.values()) <= set(GenAiProviderName)


def test_aliases_are_found_in_any_case() -> None:
    assert [alias for alias in ALIASES if alias != alias.lower()] == []


@given(st.text(min_size=1), st.lists(st.sampled_from(APIS), max_size=3))
def test_a_name_is_normal_after_one_pass_and_never_empty(name: str, apis: list[str]) -> None:
    once = canonical_provider(name + "".join(apis))

    assert once
    assert canonical_provider(once) == once
