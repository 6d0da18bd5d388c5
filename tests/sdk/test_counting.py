"""What the spans of a process add up to, and when nothing is counted at all."""

import pytest

from otel_agents.pipeline.policies import load
from otel_agents.record import SpanKind
from otel_agents.sdk.counting import leaves
from tests.sdk.door import CHAT, Door
from tests.trees import NORMALIZE, record

ALL = {"policies": [{"name": "everything", "type": "always_sample"}]}


def test_without_a_meter_provider_nothing_is_marked_and_one_warning_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    door = Door(policies=load(ALL), metered=False)

    for _ in range(3):
        door.tracer().start_span("chat", attributes=CHAT).end()
        door.tracing.force_flush()

    assert not any("otel_agents.counted" in (s.attributes or {}) for s in door.exporter.spans)
    warnings = [r.message for r in caplog.records if "MeterProvider" in r.message]
    assert len(warnings) == 1


def test_a_call_that_two_layers_report_is_counted_once() -> None:
    door = Door(policies=load(ALL))

    with door.tracer("a").start_as_current_span("outer", attributes=CHAT):
        door.tracer("b").start_span("inner", attributes=CHAT).end()
    door.tracing.force_flush()

    tokens = door.metrics()["gen_ai.client.inference.usage.input_tokens"]
    assert list(tokens.values()) == [1000]


def test_spans_after_a_flush_are_counted_too() -> None:
    door = Door(policies=load(ALL))

    for _ in range(3):
        door.tracer().start_span("chat", attributes=CHAT).end()
        door.tracing.force_flush()

    tokens = door.metrics()["gen_ai.client.inference.usage.input_tokens"]
    assert list(tokens.values()) == [3000]


@pytest.mark.parametrize(
    ("attributes", "kind", "expected"),
    [
        ({"server.address": "api.example.org"}, SpanKind.CLIENT, True),
        ({"server.address": "localhost"}, SpanKind.CLIENT, False),
        ({"server.address": "api.example.org"}, SpanKind.INTERNAL, False),
        (
            {"server.address": "api.example.org", "gen_ai.agent.name": "support"},
            SpanKind.CLIENT,
            True,
        ),
        ({**CHAT, "server.address": "api.example.org"}, SpanKind.CLIENT, False),
    ],
)
def test_a_request_to_another_host_is_known_also_where_it_names_its_agent(
    attributes: dict[str, str], kind: SpanKind, *, expected: bool
) -> None:
    span = record(attributes, kind=kind)

    assert leaves(span, NORMALIZE(span)) == expected
