"""The one shape that a span has inside."""

from otel_agents.record import Resource, Scope, SpanKind, SpanRecord, StatusCode, Usage, Value
from tests.trees import RESOURCE, SCOPE, record


def test_a_value_is_decoded_when_it_is_asked_for() -> None:
    decoded: list[bytes] = []

    def decode(raw: bytes) -> str:
        decoded.append(raw)
        return raw.decode()

    span = record()
    span.find, span.decode = {"a": b"1"}.get, decode

    assert decoded == []
    assert (span.get("a"), span.get("b")) == ("1", None)
    assert decoded == [b"1"]


def test_a_door_that_holds_values_needs_no_decoder() -> None:
    assert record({"a": 0}).get("a") == 0


def test_a_span_without_events_has_none() -> None:
    assert record().events() == ()


def test_a_record_takes_no_other_attribute() -> None:
    no: dict[str, Value] = {}
    span = SpanRecord(1, 2, 0, "s", SpanKind.CLIENT, 1, 2, StatusCode.OK, SCOPE, RESOURCE, no.get)

    assert not hasattr(span, "__dict__")
    assert (span.trace_id, span.span_id, span.parent_id) == (1, 2, 0)


def test_the_numbers_of_kinds_and_states_are_those_of_otlp() -> None:
    kinds = {kind.name: int(kind) for kind in SpanKind}

    assert kinds == {
        "UNSPECIFIED": 0,
        "INTERNAL": 1,
        "SERVER": 2,
        "CLIENT": 3,
        "PRODUCER": 4,
        "CONSUMER": 5,
    }
    assert {code.name: int(code) for code in StatusCode} == {"UNSET": 0, "OK": 1, "ERROR": 2}


def test_what_nobody_reported_is_not_zero() -> None:
    assert tuple(Usage()) == (None,) * 5
    assert Usage(0).input_tokens == 0


def test_scope_and_resource_hold_what_came() -> None:
    attributes = {"service.name": "shop"}

    assert Resource(attributes).attributes is attributes
    assert Scope() == ("", "")
