"""What is current, and what an error may say."""

import pytest
from opentelemetry import context, trace

from otel_agents.instrument import agent, current, tool
from otel_agents.instrument.content import VARIABLE
from otel_agents.instrument.opened import innermost
from tests.instrument.told import Told


def test_outside_every_block_nothing_is_current() -> None:
    assert (innermost(), current()) == (None, None)


def test_the_run_is_read_from_any_context(told: Told) -> None:
    with agent("triage", group="desk"), tool("search"):
        kept = context.get_current()

    assert current() is None
    run = current(kept)
    assert run is not None
    assert (run.agent, run.group) == ("triage", "desk")
    assert current(context.Context()) is None
    assert len(told.spans) == 2


def test_spans_of_others_do_not_hide_the_run(told: Told) -> None:
    tracer = told.tracing.get_tracer("openai")
    with agent("triage"), tracer.start_as_current_span("chat gpt-5"):
        run = current(trace.set_span_in_context(trace.get_current_span()))

    assert run is not None
    assert run.agent == "triage"


@pytest.mark.parametrize(
    ("setting", "said"), [("", False), ("SPAN_ONLY", True), ("EVENT_ONLY", False)]
)
def test_the_text_of_an_error_is_content(
    told: Told, monkeypatch: pytest.MonkeyPatch, setting: str, said: bool
) -> None:
    monkeypatch.setenv(VARIABLE, setting)
    with pytest.raises(ValueError, match="my card is"), agent("triage"):
        raise ValueError("my card is 4111")

    assert ("4111" in told.everything()) is said
    assert told.span("invoke_agent triage")["error.type"] == "ValueError"


def test_every_span_below_a_run_says_whose_it_is(told: Told) -> None:
    with (
        agent("triage", group="desk", conversation="c1", task_type="refund", tenant="acme"),
        tool("search"),
    ):
        pass
    said = {
        "gen_ai.agent.name": "triage",
        "otel_agents.agent.group": "desk",
        "gen_ai.conversation.id": "c1",
        "otel_agents.task.type": "refund",
        "otel_agents.tenant": "acme",
    }

    assert said.items() <= told.span("execute_tool search").items()
    assert said.items() <= told.span("invoke_agent triage").items()
