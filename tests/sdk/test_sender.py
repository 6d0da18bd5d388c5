"""What is handed in is sent, or counted as failed; a hanging exporter keeps nobody waiting."""

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from otel_agents.errors import ConfigError
from otel_agents.sdk.guard import Guard, Where
from otel_agents.sdk.sender import Options, Sender
from tests.instrument.told import FakeClock
from tests.sdk.door import Kept

SOON_NS = 5 * 10**9


def sending(exporter: Kept, clock: FakeClock, **bounds: int) -> tuple[Sender, Guard]:
    guard = Guard(clock)
    return Sender(exporter, clock, guard, Options(**bounds)), guard


def spans(count: int, size_bytes: int = 100) -> list[tuple[ReadableSpan, int]]:
    return [(ReadableSpan(f"s{number}"), size_bytes) for number in range(count)]


def test_spans_arrive_once_and_in_order_in_batches() -> None:
    exporter, clock = Kept(), FakeClock()
    sender, _ = sending(exporter, clock, batch_spans=3)

    sender.put(spans(8))

    assert sender.flush(clock.monotonic_ns() + SOON_NS)
    assert [span.name for span in exporter.spans] == [f"s{number}" for number in range(8)]
    assert sender.statistics() == (0, 8, 0, 0)


@pytest.mark.parametrize(
    ("exporter", "errors"),
    [
        pytest.param(Kept(fails=True), {}, id="returns failure"),
        pytest.param(Kept(error=OSError("gone")), {Where.EXPORT: 1}, id="raises"),
    ],
)
def test_what_an_exporter_does_not_take_has_failed(
    exporter: Kept, errors: dict[Where, int]
) -> None:
    clock = FakeClock()
    sender, guard = sending(exporter, clock)

    sender.put(spans(4))
    sender.flush(clock.monotonic_ns() + SOON_NS)

    assert sender.statistics()[:3] == (0, 0, 4)
    assert guard.errors() == errors


def test_behind_a_hanging_exporter_the_queue_stays_within_its_bytes() -> None:
    exporter, clock = Kept(), FakeClock()
    exporter.go.clear()
    sender, _ = sending(exporter, clock, max_bytes=1000)

    for _ in range(100):
        sender.put(spans(1))

    now = sender.statistics()
    assert (now.queued, now.failed, now.queued_bytes) == (10, 90, 1000)
    exporter.go.set()


def test_a_span_larger_than_the_queue_goes_through_alone() -> None:
    exporter, clock = Kept(), FakeClock()
    sender, _ = sending(exporter, clock, max_bytes=10)

    sender.put(spans(1, size_bytes=10_000))

    assert sender.flush(clock.monotonic_ns() + SOON_NS)
    assert exporter.names() == ["s0"]


def test_closing_ends_in_time_and_counts_what_a_hanging_exporter_holds() -> None:
    exporter, clock = Kept(), FakeClock()
    exporter.go.clear()
    sender, _ = sending(exporter, clock, batch_spans=2)
    sender.put(spans(5))
    assert exporter.asked.wait(5)

    assert not sender.flush(clock.monotonic_ns())
    sender.close(clock.monotonic_ns())
    exporter.go.set()
    sender.put(spans(1))
    sender.close(clock.monotonic_ns())

    assert sender.statistics()[:3] == (0, 0, 6)


def test_closing_shuts_the_exporter_down_once() -> None:
    exporter, clock = Kept(), FakeClock()
    sender, _ = sending(exporter, clock)
    sender.put(spans(3))

    for _ in range(2):
        sender.close(clock.monotonic_ns() + SOON_NS)

    assert (len(exporter.spans), exporter.shut) == (3, 1)


def test_a_forked_child_sends_nothing_of_its_parents() -> None:
    exporter, clock = Kept(), FakeClock()
    exporter.go.clear()
    sender, _ = sending(exporter, clock)
    sender.put(spans(3))

    sender.forked()

    assert sender.statistics() == (0, 0, 0, 0)
    exporter.go.set()


@pytest.mark.parametrize("name", ["max_bytes", "batch_spans"])
def test_a_bound_below_1_is_refused_by_its_key(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"sender\.{name}: got 0, expected 1 or more"):
        Options(**{name: 0})
