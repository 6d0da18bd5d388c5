"""Words of a closed vocabulary."""

import pytest

from otel_agents.instrument.words import word
from otel_agents.semconv import ToolEffect


def test_a_word_of_the_vocabulary_is_taken() -> None:
    assert word(ToolEffect, "read", "effect") is ToolEffect.READ
    assert word(ToolEffect, ToolEffect.WRITE, "effect") is ToolEffect.WRITE


def test_a_strange_word_is_complained_of_once(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        assert word(ToolEffect, "delete everything", "effect of words") is None

    (record,) = caplog.records
    assert record.message == (
        "effect of words: got 'delete everything',"
        " expected one of read, write, destructive, unknown"
    )
