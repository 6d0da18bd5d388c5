"""Content stays inside, unless the application's owner says otherwise."""

import contextlib
import logging as python_logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otel_agents.instrument import (
    agent,
    decision,
    escalate,
    handoff,
    model_call,
    state_diverged,
    tool,
)
from otel_agents.instrument.content import VARIABLE, Capture, as_text, capture, on_spans
from tests.instrument.told import Told


@pytest.mark.parametrize(
    ("setting", "means", "spans"),
    [
        ("", Capture.NO_CONTENT, False),
        ("NO_CONTENT", Capture.NO_CONTENT, False),
        ("SPAN_ONLY", Capture.SPAN_ONLY, True),
        (" span_only ", Capture.SPAN_ONLY, True),
        ("EVENT_ONLY", Capture.EVENT_ONLY, False),
        ("SPAN_AND_EVENT", Capture.SPAN_AND_EVENT, True),
        ("false", Capture.NO_CONTENT, False),
        ("True", Capture.EVENT_ONLY, False),
        ("yes", Capture.NO_CONTENT, False),
    ],
)
def test_the_variable_means_what_it_means_upstream(
    monkeypatch: pytest.MonkeyPatch, setting: str, means: Capture, spans: bool
) -> None:
    monkeypatch.setenv(VARIABLE, setting)

    assert (capture(), on_spans()) == (means, spans)


def test_a_strange_setting_is_complained_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(VARIABLE, "everything")
    assert capture() is Capture.NO_CONTENT

    (record,) = caplog.records
    assert record.levelno == python_logging.WARNING
    assert "got 'EVERYTHING', expected one of NO_CONTENT, SPAN_ONLY" in record.message


@pytest.mark.parametrize(
    ("value", "text"),
    [("as it is", "as it is"), ({"a": [1, "ü"]}, '{"a":[1,"ü"]}'), (b"x", "\"b'x'\"")],
)
def test_content_is_written_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


SECRETS = st.from_regex(r"secret-[a-z]{12}", fullmatch=True)


@given(secret=SECRETS, logs=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_no_content_leaves_by_default(logging: Told, secret: str, logs: bool) -> None:
    telling = logging

    @tool("remember")
    def remember(what: str) -> str:
        return what

    @tool("fail")
    def fail(what: str) -> None:
        raise LookupError(what) from ValueError(what)

    with contextlib.suppress(LookupError), agent("triage") as run, decision("route"):
        with model_call("openai", "gpt-5") as call:
            call.messages(system=secret, input=[secret], output={"text": secret})
        remember(secret)
        with tool("by hand") as used:
            used.arguments({"card": secret})
            used.result(secret)
        with handoff("billing"), escalate("unsure"):
            state_diverged("memory")
        run.outcome(secret if logs else "completed")  # type: ignore[arg-type] # a stray text
        fail(secret)

    assert telling.spans
    assert telling.logs
    assert secret not in telling.everything()
