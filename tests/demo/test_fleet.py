"""The fleet holds what its description promises."""

import pytest

from otel_agents.demo import fleet
from otel_agents.demo.day import START_NS
from otel_agents.demo.fleet import FLEET, Agent, Model
from otel_agents.demo.plots import TASK_TYPES
from otel_agents.pricing import PriceBook, Rate
from otel_agents.semconv import Channel

AGENTS = [agent for group in FLEET for agent in group.agents]
MODELS = sorted({*(agent.model for agent in AGENTS), fleet.GPT_5_MINI_FLEX})


def test_the_fleet_is_three_groups_of_eight_agents_with_names_of_their_own() -> None:
    assert len(FLEET) == 3
    assert len({agent.name for agent in AGENTS}) == len(AGENTS) == 8


def test_the_shares_of_the_groups_add_up_and_each_has_its_tasks() -> None:
    assert sum(group.share for group in FLEET) == pytest.approx(1)
    assert set(TASK_TYPES) == {group.name for group in FLEET}


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name)
def test_the_shares_of_an_agents_releases_add_up(agent: Agent) -> None:
    assert sum(release.share for release in agent.releases) == pytest.approx(1)


def test_one_agent_has_a_canary_beside_its_stable_version() -> None:
    canaries = [
        agent.name
        for agent in AGENTS
        if {release.channel for release in agent.releases} == {Channel.STABLE, Channel.CANARY}
    ]

    assert canaries == ["billing"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_price_book_knows_every_model_but_the_self_hosted_one(model: Model) -> None:
    rate = PriceBook().rate(
        model.provider, model.answers_as, model.name, model.tier or None, START_NS
    )

    assert isinstance(rate, Rate) is (model.provider != "vllm")
