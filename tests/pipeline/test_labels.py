"""The values of labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents import semconv
from otel_agents.pipeline.labels import CLOSED, clean, flag

IDS = ("conversation", "response.id", "call.id", "user", "run.id", "agent.id", "trace", "session")


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ("gpt-4o", "gpt-4o"),
        ("größe ✓", "größe ✓"),
        ("a\nb\x00c", "a b c"),
        ("\x1b[31mred", "[31mred"),
        ("x" * 20, "x" * 15 + "…"),
        ("\ud800lone", "lone"),
        ("", ""),
    ],
)
def test_a_value_becomes_printable_and_short(value: str, cleaned: str) -> None:
    assert clean(value, 16) == cleaned


@given(st.text(alphabet=st.characters()), st.integers(16, 40))
def test_cleaning_twice_changes_nothing_and_keeps_within_the_length(text: str, chars: int) -> None:
    once = clean(text, chars)

    assert clean(once, chars) == once
    assert len(once) <= chars
    assert once.isprintable()


def test_no_metric_carries_an_id() -> None:
    labels = {key for instrument in semconv.INSTRUMENTS for key in instrument.labels}

    assert [key for key in labels for word in IDS if word in key] == []


@pytest.mark.parametrize(
    ("key", "stray", "becomes"),
    [
        (semconv.ERROR_TYPE, "openai.RateLimitError", "rate_limited"),
        (semconv.ERROR_TYPE, "who knows", "other"),
        (semconv.OTEL_AGENTS_RUN_OUTCOME, "splendid", "unknown"),
        (semconv.OTEL_AGENTS_TOOL_STATUS, "meh", "error"),
        (semconv.OTEL_AGENTS_TOOL_EFFECT, "meh", "unknown"),
        (semconv.OTEL_AGENTS_EVENT_TYPE, "meh", "other"),
        (semconv.OTEL_AGENTS_RUN_NESTED, "perhaps", ""),
    ],
)
def test_a_value_outside_a_closed_set_becomes_its_word_for_the_rest(
    key: str, stray: str, becomes: str
) -> None:
    closed = CLOSED[key]

    assert stray not in closed.values
    assert closed.stray(stray) == becomes
    assert not becomes or becomes in closed.values


def test_a_truth_is_written_small() -> None:
    assert (flag(value=True), flag(value=False)) == ("true", "false")
