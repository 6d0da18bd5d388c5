"""Taking a running provider's exporting over, in the one place that does."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace

import pytest
from opentelemetry.sdk.trace import (
    ConcurrentMultiSpanProcessor,
    ReadableSpan,
    SpanProcessor,
    SynchronousMultiSpanProcessor,
    TracerProvider,
)
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.trace import NoOpTracerProvider

from otel_agents.errors import ConfigError
from otel_agents.sdk import swap
from tests.sdk.door import Kept


class Seen(SpanProcessor):
    """Does not export; sees what ends."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.names.append(span.name)


class Own(BatchSpanProcessor):
    """Exports in a way of its own."""


MULTI = (SynchronousMultiSpanProcessor, ConcurrentMultiSpanProcessor)


@pytest.mark.parametrize("multi", MULTI)
@pytest.mark.parametrize("kind", [BatchSpanProcessor, SimpleSpanProcessor])
def test_each_span_goes_to_the_former_exporter_or_to_the_new_processor(
    kind: type[BatchSpanProcessor | SimpleSpanProcessor],
    multi: type[SynchronousMultiSpanProcessor | ConcurrentMultiSpanProcessor],
) -> None:
    provider = TracerProvider(shutdown_on_exit=False, active_span_processor=multi())
    exporter, bystander, new = Kept(), Seen(), Seen()
    provider.add_span_processor(kind(exporter))
    provider.add_span_processor(bystander)
    tracer = provider.get_tracer("app")
    tracer.start_span("before").end()
    across = tracer.start_span("across")

    found = swap.processors(provider)
    old = swap.exporters(found)
    swap.swap(provider, list(old), new)
    across.end()
    tracer.start_span("after").end()

    assert list(old.values()) == [exporter]
    assert exporter.names() == ["before"]
    assert new.names == ["across", "after"]
    assert bystander.names == ["before", "across", "after"]
    assert exporter.shut == 0
    assert swap.processors(provider) == (new, bystander)


def test_under_load_no_span_is_lost_or_doubled_by_the_swap() -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    first, second, new = Kept(), Kept(), Seen()
    provider.add_span_processor(BatchSpanProcessor(first, max_queue_size=100_000))
    provider.add_span_processor(SimpleSpanProcessor(second))
    begun = Event()

    def run(thread: int) -> None:
        for number in range(1500):
            provider.get_tracer("app").start_span(f"{thread}.{number}").end()
            if number == 100:
                begun.set()

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(run, thread) for thread in range(4)]
        assert begun.wait(10)
        swap.swap(provider, list(swap.exporters(swap.processors(provider))), new)
        for done in running:
            done.result()

    everything = sorted(f"{t}.{n}" for t in range(4) for n in range(1500))
    assert sorted(first.names() + new.names) == everything
    assert len(new.names) > 0


def test_a_thread_that_still_walks_the_former_processors_reaches_the_new_one_once() -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    first, second, new = Kept(), Kept(), Seen()
    provider.add_span_processor(BatchSpanProcessor(first))
    provider.add_span_processor(SimpleSpanProcessor(second))
    former = swap.processors(provider)

    swap.swap(provider, list(swap.exporters(former)), new)
    for processor in former:
        processor.on_end(ReadableSpan("late"))

    assert new.names == ["late"]
    assert first.spans == second.spans == []


@pytest.mark.parametrize(
    ("provider", "says"),
    [
        (NoOpTracerProvider(), "the TracerProvider of opentelemetry-sdk"),
        (TracerProvider(shutdown_on_exit=False), "a BatchSpanProcessor or SimpleSpanProcessor"),
    ],
)
def test_a_provider_that_cannot_be_taken_over_is_refused_with_a_way_out(
    provider: object, says: str
) -> None:
    with pytest.raises(ConfigError, match=says) as refused:
        swap.exporters(swap.processors(provider))

    assert "AgentSpanProcessor(exporter)" in str(refused.value)


def test_an_sdk_that_keeps_its_processors_elsewhere_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    elsewhere = SimpleNamespace(_span_processors=["a list"])
    monkeypatch.setattr(provider, "_active_span_processor", elsewhere)

    with pytest.raises(ConfigError, match="a tuple of processors behind a lock"):
        swap.processors(provider)


def test_an_exporter_that_is_not_where_the_sdk_keeps_it_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    processor = SimpleSpanProcessor(Kept())
    monkeypatch.setattr(processor, "span_exporter", None)

    with pytest.raises(ConfigError, match="the exporter of SimpleSpanProcessor"):
        swap.exporters([processor])


def test_a_class_derived_from_the_sdks_is_left_alone_and_named() -> None:
    own, plain = Own(Kept()), SimpleSpanProcessor(Kept())

    assert list(swap.exporters([own, plain])) == [plain]
    assert swap.strangers([own, plain]) == ["Own"]
    own.shutdown()  # type: ignore[no-untyped-call] # the SDK's
