"""What errors tell the user, and how they are caught."""

import pytest

from otel_agents.errors import ConfigError, InputError, OtelAgentsError, SpanRefused

MESSAGES = {
    "a setting: its key, what was there, what is taken": (
        ConfigError("sampling.wait", "5x", "a duration such as '30s'"),
        "sampling.wait: got '5x', expected a duration such as '30s'",
    ),
    "a file and the position in it": (
        InputError("a.json", "line 3", "no JSON"),
        "a.json: line 3: no JSON",
    ),
    "a whole file has no position": (
        InputError("a.json", "", "cannot be opened"),
        "a.json: cannot be opened",
    ),
    "a span: the counter's word first": (
        SpanRefused("bad_start", "it starts at 0"),
        "bad_start: it starts at 0",
    ),
}


@pytest.mark.parametrize(("error", "message"), MESSAGES.values(), ids=list(MESSAGES))
def test_messages(error: OtelAgentsError, message: str) -> None:
    assert str(error) == message


def test_every_error_is_caught_as_one() -> None:
    assert all(issubclass(kind, OtelAgentsError) for kind in (ConfigError, InputError, SpanRefused))


def test_the_parts_of_a_message_can_be_read() -> None:
    config = ConfigError("a", 1, "b")
    read = InputError("a", "b", "c")
    refused = SpanRefused("a", "b")

    assert (config.path, config.got, config.expected) == ("a", 1, "b")
    assert (read.source, read.position, read.problem) == ("a", "b", "c")
    assert (refused.reason, refused.problem) == ("a", "b")
