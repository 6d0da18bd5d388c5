"""All traces of a conversation carry one randomness from their root on."""

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import Span, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON
from opentelemetry.trace import SpanContext, TraceFlags, TraceState, set_span_in_context

from otel_agents import instrument
from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies import of_conversation
from otel_agents.sdk.sampler import ConversationSampler, conversation_sampler


def state(span: trace.Span) -> str:
    return span.get_span_context().trace_state.to_header()


def provider(sampler: ConversationSampler | None = None) -> TracerProvider:
    return TracerProvider(sampler=sampler or ConversationSampler(), shutdown_on_exit=False)


def test_two_traces_of_a_conversation_share_it_and_children_inherit_it() -> None:
    tracer = provider().get_tracer("app")
    found = []
    for name in ("c1", "c1", "c2"):
        with tracer.start_as_current_span("root", attributes={"gen_ai.conversation.id": name}):
            found.append(state(tracer.start_span("child")))

    assert found[0] == found[1] == f"ot=rv:{of_conversation('c1'):014x}"
    assert found[2] != found[0]


def test_a_run_of_ours_names_its_conversation_at_its_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider())

    with instrument.agent("support", conversation="c1"):
        assert state(trace.get_current_span()) == f"ot=rv:{of_conversation('c1'):014x}"


def test_nothing_is_written_without_a_conversation_or_below_a_parent() -> None:
    tracer = provider().get_tracer("app")
    above = SpanContext(
        1, 2, is_remote=True, trace_flags=TraceFlags(1), trace_state=TraceState([("v", "1")])
    )
    below = set_span_in_context(trace.NonRecordingSpan(above))
    named = {"gen_ai.conversation.id": "c1"}

    assert state(tracer.start_span("root")) == ""
    assert state(tracer.start_span("child", below, attributes=named)) == "v=1"


def test_the_inner_sampler_decides() -> None:
    tracer = provider(ConversationSampler(ALWAYS_OFF)).get_tracer("app")

    span = tracer.start_span("root", attributes={"gen_ai.conversation.id": "c1"})

    assert not isinstance(span, Span)
    assert state(span) == ""


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        (None, "ConversationSampler(ParentBased"),
        ("", "ConversationSampler(ParentBased"),
        ("0.5", "TraceIdRatioBased{0.5}"),
    ],
)
def test_the_environment_names_the_share_that_is_recorded(argument: str | None, says: str) -> None:
    assert says in conversation_sampler(argument).get_description()


@pytest.mark.parametrize("argument", ["half", "2"])
def test_a_share_that_is_none_is_refused(argument: str) -> None:
    with pytest.raises(ConfigError, match="OTEL_TRACES_SAMPLER_ARG: got"):
        conversation_sampler(argument)


def test_it_describes_what_it_stands_around() -> None:
    described = ConversationSampler(ALWAYS_ON).get_description()

    assert described == "ConversationSampler(AlwaysOnSampler)"
