"""The limits of a run hear of what other instrumentations do inside it."""

import pytest

from otel_agents import instrument
from otel_agents.pipeline.price import Pricer
from otel_agents.pricing import PriceBook
from otel_agents.sdk.metering import MAX_CHARGED, Charges, is_limited
from tests.sdk.door import CHAT, Door
from tests.trees import NORMALIZE, record


@pytest.mark.parametrize(
    ("limits", "calls", "passed"),
    [
        (instrument.Limits(tokens=2000), 1, None),
        (instrument.Limits(tokens=2000), 2, "tokens"),
        (instrument.Limits(cost_usd=0.005), 1, None),
        (instrument.Limits(cost_usd=0.005), 2, "cost"),
        (instrument.Limits(steps=2), 3, "steps"),
    ],
)
def test_a_run_passes_its_limits_by_calls_of_other_libraries(
    limits: instrument.Limits, calls: int, passed: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(sampling="off")
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", door.tracing)

    with instrument.agent("support", limits=limits):
        for _ in range(calls):
            door.tracer("opentelemetry.instrumentation.genai.openai").start_span(
                "chat", attributes=CHAT
            ).end()
    door.tracing.force_flush()

    said = door.exporter.attributes("invoke_agent support")
    assert said.get("otel_agents.run.limit") == passed


def test_a_call_that_two_layers_report_is_charged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(sampling="off")
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", door.tracing)

    with (
        instrument.agent("support", limits=instrument.Limits(cost_usd=0.005)),
        door.tracer("a").start_as_current_span("outer", attributes=CHAT),
    ):
        door.tracer("b").start_span("inner", attributes=CHAT).end()
    door.tracing.force_flush()

    said = door.exporter.attributes("invoke_agent support")
    assert "otel_agents.run.limit" not in said


def test_a_run_has_limits_if_one_around_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door()
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", door.tracing)
    found = []

    for limits in (None, instrument.Limits(steps=1)):
        with instrument.agent("outer", limits=limits), instrument.agent("inner"):
            meter = instrument.meter_at()
            assert meter is not None
            found.append(is_limited(meter))

    assert found == [False, True]


def test_calls_whose_outer_report_never_comes_do_not_pile_up() -> None:
    charges = Charges(Pricer(PriceBook()))
    for number in range(MAX_CHARGED + 10):
        span = record(CHAT, span_id=2 * number + 1, parent_id=2 * number + 2)
        said = NORMALIZE(span)
        assert said is not None
        assert charges.cost_usd(span, said) == pytest.approx(0.0035)

    assert len(charges._charged) == MAX_CHARGED  # noqa: SLF001 its bound
