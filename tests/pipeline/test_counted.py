"""What the counted things say of themselves."""

import pytest

from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.counted import AgentRun, Decision, Owner
from otel_agents.semconv import DecisionType, RunOutcome


def said(**says: object) -> AgentSpan:
    span = AgentSpan()
    for slot, value in says.items():
        setattr(span, slot, value)
    return span


def run(**says: object) -> AgentRun:
    return AgentRun(said(**says), Owner("a"), layers=1, nested=False)


OUTCOMES = {
    "its own word": ({"outcome": "gave_up"}, RunOutcome.GAVE_UP),
    "its own word, though it failed": ({"outcome": "completed", "failed": True}, "completed"),
    "a word nobody knows, and it worked": ({"outcome": "splendid"}, RunOutcome.UNKNOWN),
    "a word nobody knows, and it failed": (
        {"outcome": "splendid", "failed": True},
        RunOutcome.FAILED,
    ),
    "no word: an OK span is no completion": ({}, RunOutcome.UNKNOWN),
    "a failure": ({"failed": True}, RunOutcome.FAILED),
    "a timeout": ({"failed": True, "error_type": "TimeoutError"}, RunOutcome.TIMED_OUT),
    "a cancellation": ({"failed": True, "error_type": "CancelledError"}, RunOutcome.CANCELLED),
    "another error": ({"failed": True, "error_type": "ValueError"}, RunOutcome.FAILED),
}


@pytest.mark.parametrize(("says", "outcome"), OUTCOMES.values(), ids=list(OUTCOMES))
def test_how_a_run_ended(says: dict[str, object], outcome: str) -> None:
    assert run(**says).outcome == outcome


@pytest.mark.parametrize(
    ("tokens_of", "model"),
    [({}, ""), ({"b": 1}, "b"), ({"b": 1, "a": 2}, "a"), ({"b": 2, "a": 2}, "a")],
)
def test_the_model_of_a_run_took_most_of_its_tokens(tokens_of: dict[str, int], model: str) -> None:
    counted = run()
    counted.tokens_of = tokens_of

    assert counted.model == model


DECISIONS = {
    "its own word": ({"decision_type": "route", "operation": "plan"}, "route"),
    "a plan": ({"operation": "plan"}, DecisionType.PLAN),
    "neither": ({}, DecisionType.OTHER),
}


@pytest.mark.parametrize(("says", "kind"), DECISIONS.values(), ids=list(DECISIONS))
def test_what_a_decision_was_about(says: dict[str, object], kind: str) -> None:
    assert Decision(said(**says), Owner(), layers=1).type == kind


def test_nobody_owns_what_nobody_claims() -> None:
    assert set(Owner()) == {""}
