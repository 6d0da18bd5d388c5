"""What other processes are told, where that is asked for."""

import pytest
from opentelemetry import baggage, context
from opentelemetry.baggage.propagation import W3CBaggagePropagator

from otel_agents.instrument import Run, agent, propagated, received
from otel_agents.instrument.travelling import MAX_CHARS
from tests.instrument.told import Told

CARRIER = W3CBaggagePropagator()


def sent() -> dict[str, str]:
    headers: dict[str, str] = {}
    CARRIER.inject(headers)
    return headers


def test_nothing_travels_by_itself(told: Told) -> None:
    with agent("triage", group="desk", conversation="c1"):
        assert sent() == {}
    assert len(told.spans) == 1


def test_facts_travel_inside_the_block_and_are_read_at_the_other_end(told: Told) -> None:
    with agent("triage", group="Grüße, a=b", conversation="c1", tenant="acme"):
        with propagated():
            headers = sent()
        assert sent() == {}
    there = CARRIER.extract(headers, context.Context())

    assert received(there) == Run(agent="triage", group="Grüße, a=b", conversation="c1")
    assert received() is None
    assert len(told.spans) == 1


def test_a_tenant_travels_only_where_it_is_named(told: Told) -> None:
    with agent("triage", tenant="acme", task_type="refund"), propagated(("tenant", "task_type")):
        run = received()

    assert run == Run(agent="", tenant="acme", task_type="refund")
    assert len(told.spans) == 1


def test_outside_a_run_nothing_changes() -> None:
    before = context.get_current()
    with propagated():
        assert context.get_current() is before


def test_an_error_takes_the_facts_off_again(told: Told) -> None:
    with pytest.raises(OSError, match=r"^$"), agent("triage"), propagated():
        raise OSError

    assert received() is None
    assert len(told.spans) == 1


@pytest.mark.parametrize("value", ["x" * (MAX_CHARS + 1), 7, ""])
def test_what_is_too_long_or_no_text_is_not_taken(value: object) -> None:
    assert received(baggage.set_baggage("gen_ai.agent.name", value)) is None


def test_what_is_too_long_is_not_sent(told: Told) -> None:
    with agent("triage", conversation="c" * (MAX_CHARS + 1)), propagated():
        assert received() == Run(agent="triage")
    assert len(told.spans) == 1
