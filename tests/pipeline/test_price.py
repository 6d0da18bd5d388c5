"""The price step."""

import pytest

from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.price import Pricer
from otel_agents.pricing import PriceBook, Rate, Unpriced
from otel_agents.record import Value
from otel_agents.semconv import UnpricedReason
from tests.trees import START_NS, record

PRICER = Pricer(PriceBook())


def call(**says: object) -> AgentSpan:
    span = AgentSpan()
    known = {"start_ns": START_NS, "provider": "openai", "response_model": "gpt-4o-2024-08-06"}
    for slot, value in {**known, **says}.items():
        setattr(span, slot, value)
    return span


REASONS = {
    "an answer without usage": ({}, UnpricedReason.NO_USAGE),
    "no model": ({"input_tokens": 1, "response_model": None}, UnpricedReason.NO_MODEL),
    "a model nobody lists": (
        {"input_tokens": 1, "response_model": "gpt-99-nobody"},
        UnpricedReason.UNKNOWN_MODEL,
    ),
    "a provider nobody lists": (
        {"input_tokens": 1, "provider": "acme", "response_model": "acme-1"},
        UnpricedReason.UNKNOWN_PROVIDER,
    ),
}


@pytest.mark.parametrize(("says", "reason"), REASONS.values(), ids=list(REASONS))
def test_a_call_without_a_price_says_why(says: dict[str, object], reason: UnpricedReason) -> None:
    span = call(**says)

    assert PRICER.rate(span) == Unpriced(reason)
    assert PRICER.additions(record(), span) == {"otel_agents.usage.unpriced_reason": reason.value}


def test_a_call_that_failed_before_it_used_anything_is_neither_priced_nor_unpriced() -> None:
    span = call(failed=True)

    assert PRICER.rate(span) is None
    assert PRICER.additions(record(), span) == {}


def test_a_call_that_failed_with_zeros_is_neither_priced_nor_unpriced() -> None:
    assert PRICER.rate(call(failed=True, input_tokens=0, output_tokens=0)) is None


@pytest.mark.parametrize("usage", [{"input_tokens": 1}, {"output_tokens": 5}])
def test_a_call_that_failed_but_used_something_is_priced(usage: dict[str, int]) -> None:
    assert isinstance(PRICER.rate(call(failed=True, **usage)), Rate)


def test_the_model_that_answered_is_priced_before_the_one_asked_for() -> None:
    answered = PRICER.rate(call(input_tokens=1, request_model="gpt-4o-mini"))
    asked = PRICER.rate(call(input_tokens=1, response_model=None, request_model="gpt-4o-mini"))

    assert isinstance(answered, Rate)
    assert isinstance(asked, Rate)
    assert (answered.model, asked.model) == ("gpt-4o", "gpt-4o-mini")


def test_a_priced_span_tells_amount_currency_and_source() -> None:
    million = call(input_tokens=1_000_000, output_tokens=100_000)
    added: dict[str, Value] = PRICER.additions(record(), million)

    assert added.pop("otel_agents.usage.cost.price_book")
    assert added == {
        "otel_agents.usage.cost.amount": 3.5,
        "otel_agents.usage.cost.currency": "USD",
        "otel_agents.usage.cost.source": "genai-prices",
    }


@pytest.mark.parametrize(
    "key", ["otel_agents.usage.cost.amount", "otel_agents.usage.unpriced_reason"]
)
def test_a_span_that_tells_its_price_is_not_told_another(key: str) -> None:
    assert PRICER.additions(record({key: 0.5}), call(input_tokens=1)) == {}
