"""What becomes of an application's spans on their way to its exporter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import SpanKind, Status, StatusCode

from otel_agents import instrument
from otel_agents.pipeline.buffer import Options as BufferOptions
from otel_agents.pipeline.policies import load
from otel_agents.sdk.guard import Where
from otel_agents.sdk.line import size_bytes
from tests.sdk.door import CHAT, Door, adds_up

ALL = {"policies": [{"name": "everything", "type": "always_sample"}]}
NONE = {
    "policies": [
        {
            "name": "nothing",
            "type": "probabilistic",
            "probabilistic": {"sampling_percentage": 0},
        }
    ]
}


def chat(door: Door, **attributes: str | int) -> None:
    with door.tracer("opentelemetry.instrumentation.genai.openai").start_as_current_span(
        "chat", attributes={**CHAT, **attributes}
    ):
        pass


def test_a_model_call_leaves_with_its_price_and_who_made_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door = Door(policies=load(ALL))
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", door.tracing)

    with instrument.agent("support", group="desk", conversation="c1", tenant="acme"):
        chat(door)
    door.tracing.force_flush()

    said = door.exporter.attributes("chat")
    assert said["gen_ai.agent.name"] == "support"
    assert said["otel_agents.agent.group"] == "desk"
    assert said["gen_ai.conversation.id"] == "c1"
    assert said["otel_agents.tenant"] == "acme"
    assert said["otel_agents.usage.cost.amount"] == pytest.approx(0.0035)
    assert said["otel_agents.counted"] is True


def test_the_root_of_a_kept_trace_says_who_kept_it_and_every_span_how_likely_that_was() -> None:
    tenth = {
        "policies": [
            {
                "name": "most",
                "type": "probabilistic",
                "probabilistic": {"sampling_percentage": 99.999},
            }
        ]
    }
    door = Door(policies=load(tenth))

    with door.tracer().start_as_current_span("root"):
        chat(door)
    door.tracing.force_flush()

    assert door.exporter.attributes("root")["otel_agents.sampling.policy"] == "most"
    assert "otel_agents.sampling.policy" not in door.exporter.attributes("chat")
    states = [span.context.trace_state.to_header() for span in door.exporter.spans]
    assert len(states) == 2
    assert all(state.startswith("ot=th:0000") for state in states)


def test_an_agent_of_another_library_keeps_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(policies=load(ALL))
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", door.tracing)
    theirs = {"openinference.span.kind": "AGENT", "agent.name": "inner"}
    nameless = {"gen_ai.operation.name": "invoke_agent"}

    with instrument.agent("outer", group="desk"):
        tracer = door.tracer("openinference.instrumentation.agno")
        tracer.start_span("named", attributes=theirs).end()
        door.tracer().start_span("nameless", attributes=nameless).end()
    door.tracing.force_flush()

    assert door.exporter.attributes("named")["gen_ai.agent.name"] == "inner"
    assert "gen_ai.agent.name" not in door.exporter.attributes("nameless")
    assert door.exporter.attributes("named")["otel_agents.agent.group"] == "desk"


def test_a_trace_without_agents_passes_unchanged() -> None:
    door = Door()

    with door.tracer().start_as_current_span("GET /", kind=SpanKind.SERVER):
        door.tracer().start_span("SELECT", attributes={"db.system": "x"}).end()
    door.tracing.force_flush()

    assert door.exporter.names() == ["GET /", "SELECT"]
    assert dict(door.exporter.attributes("SELECT")) == {"db.system": "x"}
    assert [span.context.trace_state.to_header() for span in door.exporter.spans] == ["", ""]


def test_a_span_that_came_is_never_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(policies=load(ALL))
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", door.tracing)
    with instrument.agent("support"):
        span = door.tracer().start_span("chat", attributes={**CHAT, "input.value": "hi"})
        span.end()
    before = span.to_json()  # type: ignore[attr-defined] # the SDK's span

    door.tracing.force_flush()

    assert span.to_json() == before  # type: ignore[attr-defined]
    assert "input.value" not in door.exporter.attributes("chat")


def test_with_sampling_off_every_span_leaves_at_once_priced_and_counted() -> None:
    door = Door(policies=load(NONE), sampling="off")

    chat(door)
    door.tracing.force_flush()

    said = door.exporter.attributes("chat")
    assert said["otel_agents.counted"] is True
    assert said["otel_agents.usage.cost.currency"] == "USD"
    assert not any(key.startswith("otel_agents.sampling") for key in said)
    assert adds_up(door.processor.statistics())


def test_counts_do_not_depend_on_what_is_kept() -> None:
    sums = []
    for block in (ALL, NONE):
        door = Door(policies=load(block))
        for _ in range(5):
            chat(door)
        door.tracing.force_flush()
        seen = door.metrics()
        sums.append(seen["gen_ai.client.inference.usage.input_tokens"])
        assert len(door.exporter.spans) == (5 if block is ALL else 0)

    assert sums[0] == sums[1]
    assert list(sums[0].values()) == [5000]


def test_a_span_with_an_impossible_count_still_leaves() -> None:
    door = Door(policies=load(ALL))

    chat(door, **{"gen_ai.usage.input_tokens": -5})
    door.tracing.force_flush()

    assert door.exporter.names() == ["chat"]


def test_what_an_error_of_our_own_costs_is_counted_as_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door = Door(policies=load(ALL))
    line = door.processor._line  # noqa: SLF001 to break it
    monkeypatch.setattr(line._redactor, "redact", None)  # noqa: SLF001

    chat(door)
    door.tracing.force_flush()

    now = door.processor.statistics()
    assert (now.accepted, now.failed, now.errors) == (1, 1, {Where.ENRICH: 1})
    assert adds_up(now)


def test_what_cannot_be_read_at_all_is_counted_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(policies=load(ALL))
    monkeypatch.setattr(door.processor._line, "_normalizer", None)  # noqa: SLF001

    chat(door)
    door.tracing.force_flush()

    now = door.processor.statistics()
    assert (now.accepted, now.failed, now.errors) == (1, 1, {Where.TAKE: 1})


def test_a_long_text_makes_a_span_large() -> None:
    door = Door(policies=load(ALL))
    for size in (1, 100_000):
        chat(door, note="x" * size)
    door.tracing.force_flush()

    small, large = sorted(size_bytes(span) for span in door.exporter.spans)
    assert large - small == 99_999
    assert small > 1000


TRACES = st.lists(
    st.tuples(st.booleans(), st.integers(0, 4), st.booleans()), min_size=1, max_size=12
)


@given(TRACES)
def test_each_kept_span_leaves_once_and_none_of_a_dropped_trace(
    traces: list[tuple[bool, int, bool]],
) -> None:
    block = {
        "policies": [
            {"name": "e", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}}
        ]
    }
    door = Door(policies=load(block), metered=False, buffer=BufferOptions(drop_trivial=False))
    expected = []
    for place, (fails, children, flush) in enumerate(traces):
        with door.tracer().start_as_current_span(f"r{place}") as root:
            for child in range(children):
                door.tracer().start_span(f"r{place}.{child}").end()
            if fails:
                root.set_status(Status(StatusCode.ERROR))
        if fails:
            expected += [f"r{place}", *(f"r{place}.{child}" for child in range(children))]
        if flush:
            door.tracing.force_flush()
        assert adds_up(door.processor.statistics())
    door.tracing.shutdown()

    assert door.exporter.names() == sorted(expected)
    now = door.processor.statistics()
    assert (now.undecided, now.queued, now.sent) == (0, 0, len(expected))
    assert adds_up(now)
