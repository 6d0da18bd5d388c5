"""The door's sums, as a reader of the application's own MeterProvider sees them."""

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from otel_agents.pipeline.policies import load
from otel_agents.semconv import INSTRUMENTS
from tests.sdk.door import CHAT, Door

ALL = {"policies": [{"name": "everything", "type": "always_sample"}]}
TOKENS = "gen_ai.client.inference.usage.input_tokens"


def chat(door: Door) -> None:
    door.tracer().start_span("chat", attributes=CHAT).end()
    door.tracing.force_flush()


def test_counters_are_read_and_histograms_recorded() -> None:
    door = Door(policies=load(ALL))

    chat(door)
    chat(door)

    seen = door.metrics()
    assert seen[TOKENS] == {("", "desk", "none", "", "openai", "gpt-4o"): 2000}
    assert seen["gen_ai.client.inference.duration"] == {
        ("", "desk", "none", "openai", "gpt-4o", ""): 2
    }


def test_every_collection_reads_anew() -> None:
    door = Door(policies=load(ALL))
    found = []

    for _ in range(3):
        chat(door)
        found.append(sum(door.metrics()[TOKENS].values()))

    assert found == [1000, 2000, 3000]


def test_the_door_gives_account_of_every_span() -> None:
    door = Door(policies=load(ALL))

    chat(door)

    seen = door.metrics()
    assert seen["otel_agents.spans"] == {
        ("accepted",): 1,
        ("refused",): 0,
        ("dropped",): 0,
        ("sent",): 1,
        ("failed",): 0,
    }
    assert seen["otel_agents.spans.undecided"] == {(): 0}
    assert seen["otel_agents.sampling.traces"] == {("kept", "everything", "early"): 1}
    assert seen["otel_agents.sampling.spans"] == {("kept", "everything", "early"): 1}


def test_what_leaves_is_named_as_the_convention_names_it() -> None:
    door = Door(policies=load(ALL))

    chat(door)

    known = {i.upstream_name or i.name for i in INSTRUMENTS}
    assert set(door.metrics()) <= known


def test_a_meter_provider_that_comes_late_is_found() -> None:
    door = Door(policies=load(ALL), metered=False)
    chat(door)
    reader = InMemoryMetricReader()
    door.processor.instruments._provider = MeterProvider([reader], shutdown_on_exit=False)  # noqa: SLF001
    door.reader = reader

    chat(door)

    assert sum(door.metrics()[TOKENS].values()) == 1000
    marked = ["otel_agents.counted" in (span.attributes or {}) for span in door.exporter.spans]
    assert marked == [False, True]
