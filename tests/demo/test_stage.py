"""Time, chance and spans of one trace."""

import pytest
from opentelemetry.trace import SpanKind, StatusCode

from otel_agents.demo.stage import Told
from tests.demo.rehearsal import START_NS, Rehearsal


def told(name: str, kind: SpanKind = SpanKind.INTERNAL) -> Told:
    return Told("scope", name, kind, {"key": name})


def test_spans_nest_and_last_as_long_as_their_blocks() -> None:
    rehearsal = Rehearsal()
    stage = rehearsal.stage
    with stage.span(told("outer", SpanKind.CLIENT)):
        stage.wait(1.5)
        with stage.span(told("inner")):
            stage.wait(0.25)
        stage.wait(1)
    inner, outer = rehearsal.spans

    assert rehearsal.tree() == ["outer", "  inner"]
    assert (outer.kind, outer.attributes) == (SpanKind.CLIENT, {"key": "outer"})
    assert [(span.start_time, span.end_time) for span in (outer, inner)] == [
        (START_NS, START_NS + 2_750_000_000),
        (START_NS + 1_500_000_000, START_NS + 1_750_000_000),
    ]


def test_spans_one_after_the_other_are_of_different_traces() -> None:
    rehearsal = Rehearsal()
    for name in ("one", "two"):
        with rehearsal.stage.span(told(name)):
            rehearsal.stage.wait(1)

    assert len({span.context.trace_id for span in rehearsal.spans}) == 2


def test_a_failure_has_its_type_and_no_message() -> None:
    rehearsal = Rehearsal()
    with rehearsal.stage.span(told("tool")) as span:
        rehearsal.stage.fail(span, "TimeoutError")
    (failed,) = rehearsal.spans
    (event,) = failed.events

    assert failed.status.status_code is StatusCode.ERROR
    assert failed.attributes == {"key": "tool", "error.type": "TimeoutError"}
    assert (event.name, event.attributes) == ("exception", {"exception.type": "TimeoutError"})


def test_what_is_drawn_is_the_same_for_the_same_seed_and_near_what_is_typical() -> None:
    def drawn(seed: str) -> list[float]:
        stage = Rehearsal(seed).stage
        return [stage.about(10) for _ in range(200)]

    values = drawn("a")
    assert values == drawn("a") != drawn("b")
    assert 9 < sorted(values)[100] < 11
    assert min(values) > 2


@pytest.mark.parametrize(("share", "happens"), [(0.0, {False}), (1.0, {True})])
def test_what_never_and_what_always_happens(share: float, happens: set[bool]) -> None:
    stage = Rehearsal().stage

    assert {stage.chance(share) for _ in range(50)} == happens


def test_counts_picks_and_names_are_of_the_kind_asked_for() -> None:
    stage = Rehearsal().stage

    assert stage.count(0) == 0
    assert stage.count(1000) > 100
    assert stage.pick(("a", "b"), (0, 1)) == "b"
    assert len(stage.name("call_")) == len("call_") + 16
