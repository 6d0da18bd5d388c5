"""Model calls by clients that no instrumentation knows."""

from collections.abc import Iterator

import pytest

from otel_agents.instrument import Limits, agent, current_call, model_call, tool
from otel_agents.instrument.calls import REQUEST, Request
from otel_agents.instrument.content import VARIABLE
from tests.instrument.told import FakeClock, Told


def test_a_call_says_what_was_asked_and_what_answered(told: Told, clock: FakeClock) -> None:
    with model_call(
        "openai", "gpt-5", temperature=0.5, stream=True, conversation="c1", context_limit=100
    ) as call:
        clock.advance(0.25)
        call.first_chunk()
        call.usage(
            input_tokens=40,
            output_tokens=7,
            cache_read_input_tokens=30,
            cache_write_input_tokens=5,
            reasoning_output_tokens=3,
        )
        call.response(id="r1", model="gpt-5-2026", finish_reasons=["stop"], service_tier="flex")

    span = told.read()["chat gpt-5"]
    assert (span.role, span.kind, span.conversation) == ("inference", 3, "c1")
    assert (span.provider, span.request_model, span.response_model) == (
        "openai",
        "gpt-5",
        "gpt-5-2026",
    )
    assert (span.response_id, span.service_tier, span.time_to_first_chunk_s) == ("r1", "flex", 0.25)
    assert span.usage == (40, 7, 30, 5, 3)
    assert (span.context_used_tokens, span.context_limit_tokens) == (47, 100)
    said = told.span("chat gpt-5")
    assert said["gen_ai.request.temperature"] == 0.5
    assert said["gen_ai.request.stream"] is True
    assert said["gen_ai.response.finish_reasons"] == ("stop",)


def test_what_is_not_said_is_not_recorded(told: Told) -> None:
    with model_call("openai", "gpt-5", operation="embeddings") as call:
        call.usage(input_tokens=4)
        call.response()

    assert told.span("embeddings gpt-5") == {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5",
        "gen_ai.usage.input_tokens": 4,
    }


def test_every_request_option_has_a_name_on_the_wire() -> None:
    assert Request.__annotations__.keys() == REQUEST.keys()


def test_an_unknown_request_option_is_an_error_with_and_without_an_sdk() -> None:
    with pytest.raises(TypeError, match="got 'temprature', expected one of choice_count"):
        model_call("openai", "gpt-5", temprature=1)  # type: ignore[call-arg]


def test_a_decorated_function_finds_its_call(told: Told) -> None:
    @model_call("ollama", "qwen3")
    def ask() -> Iterator[str]:
        yield "hel"
        with tool("filter"):
            current_call().usage(input_tokens=3, output_tokens=2)
        yield "lo"

    assert "".join(ask()) == "hello"
    assert told.read()["chat qwen3"].usage[:2] == (3, 2)


def test_outside_every_call_usage_is_lost(told: Told) -> None:
    with tool("search"):
        current_call().usage(input_tokens=3)
        current_call().messages(input="x")

    assert told.tree() == "execute_tool search status=ok"


def test_around_an_instrumented_client_the_call_counts_once(told: Told) -> None:
    tracer = told.tracing.get_tracer("opentelemetry.instrumentation.genai.openai")
    inner: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-5",
        "gen_ai.response.id": "r1",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 2,
    }
    span = tracer.start_as_current_span("chat gpt-5", attributes=inner)
    with agent("triage"), model_call("openai", "gpt-5") as call, span:
        call.usage(input_tokens=10, output_tokens=2)

    assert told.counts()[0] == "call gpt-5 10+2 ×2 @triage"


@pytest.mark.parametrize(
    ("used", "limit", "events"),
    [
        (100, 100, []),
        (
            101,
            100,
            ["group=none model=gpt-5 used_tokens=101 limit_tokens=100"],
        ),
    ],
)
def test_a_window_that_is_exceeded_is_told_once(
    told: Told, used: int, limit: int, events: list[str]
) -> None:
    with model_call("openai", "gpt-5") as call:
        call.context_window(used, limit)
        call.context_window(used, limit)

    span = told.read()["chat gpt-5"]
    assert (span.context_used_tokens, span.context_limit_tokens) == (used, limit)
    where = "otel_agents.context.window.exceeded on chat gpt-5: "
    assert told.events() == [where + event for event in events]


@pytest.mark.parametrize(("setting", "said"), [("", False), ("SPAN_ONLY", True)])
def test_messages_are_recorded_only_where_that_is_allowed(
    told: Told, monkeypatch: pytest.MonkeyPatch, setting: str, said: bool
) -> None:
    monkeypatch.setenv(VARIABLE, setting)
    message = [{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]
    with model_call("openai", "gpt-5") as call:
        call.messages(system="be kind", input=message, output=message)

    assert ("gen_ai.input.messages" in told.span("chat gpt-5")) is said
    assert ("be kind" in told.everything()) is said


def test_usage_said_again_and_by_both_layers_is_counted_once(told: Told) -> None:
    limits = Limits(tokens=30, steps=1, iterations=1)
    with agent("triage", limits=limits), model_call("openai", "gpt-5") as outer:
        with model_call("openai", "gpt-5") as inner:
            inner.usage(input_tokens=10)
            inner.usage(input_tokens=10, output_tokens=20)
        outer.usage(input_tokens=10, output_tokens=20)

    assert "otel_agents.run.limit" not in told.span("invoke_agent triage")


def test_an_outer_report_that_says_less_takes_nothing_back(told: Told) -> None:
    with agent("triage", limits=Limits(tokens=30)):
        with model_call("openai", "gpt-5") as outer:
            with model_call("openai", "gpt-5") as inner:
                inner.usage(input_tokens=20)
            outer.usage(input_tokens=10)
        with model_call("openai", "gpt-5") as another:
            another.usage(input_tokens=11)

    assert told.span("invoke_agent triage")["otel_agents.run.limit"] == "tokens"


def test_a_call_around_a_run_is_not_the_runs_own(told: Told) -> None:
    with model_call("openai", "gpt-5"), agent("clerk"), tool("ask"):
        current_call().usage(input_tokens=3)

    assert told.read()["chat gpt-5"].usage[0] is None
