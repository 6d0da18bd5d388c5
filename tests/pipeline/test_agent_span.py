"""What one span says, and what it leaves unsaid."""

import pytest

from otel_agents.pipeline.agent_span import AgentSpan, Origin, Role
from otel_agents.pipeline.fields import FIELDS
from otel_agents.record import Usage


def span(**says: object) -> AgentSpan:
    made = AgentSpan()
    for slot, value in says.items():
        setattr(made, slot, value)
    return made


def test_a_span_holds_only_what_it_says() -> None:
    assert span().says() == {}
    assert span().input_tokens is None
    assert span().failed is False


def test_what_one_span_says_no_other_one_does() -> None:
    span(agent="a")

    assert span().agent is None


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.slot)
def test_every_field_has_its_place_and_is_unsaid_at_first(field: object) -> None:
    slot = getattr(field, "slot", "")

    assert getattr(AgentSpan(), slot) is None


def test_usage_is_in_the_order_in_which_prices_take_it() -> None:
    said = span(
        input_tokens=1,
        output_tokens=2,
        cache_read_input_tokens=3,
        cache_write_input_tokens=4,
        reasoning_output_tokens=5,
    )

    assert said.usage == Usage(1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("asked", "answered", "model"),
    [("gpt-4o", "gpt-4o-2024", "gpt-4o"), (None, "gpt-4o-2024", "gpt-4o-2024"), (None, None, "")],
)
def test_the_model_is_the_one_asked_for_if_that_is_known(
    asked: str | None, answered: str | None, model: str
) -> None:
    assert span(request_model=asked, response_model=answered).model == model


def test_an_origin_that_says_nothing_says_it_with_empty_text() -> None:
    origin = Origin()

    told = {getattr(origin, slot) for slot in Origin.__slots__ if slot != "silent"}

    assert (told, origin.silent) == ({""}, True)


def test_roles_are_words() -> None:
    assert [str(role) for role in Role] == [role.name.lower() for role in Role]
