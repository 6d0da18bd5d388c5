"""What a hostile or broken emitter cannot make the tally hold or do."""

import tracemalloc
from collections import UserDict

import pytest

from otel_agents.errors import ConfigError
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.lineage import Lineage
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.tally import Options, Tally
from otel_agents.record import SpanRecord
from tests.trees import record, trace

CHAT = {"gen_ai.operation.name": "chat"}
NORMALIZE = Normalizer().normalize
DELAY_NS = 10_000_000_000


def fill(tally: Tally, records: list[SpanRecord], now_ns: int = 0) -> None:
    """Offer spans, and forget what had to settle."""
    for span in records:
        tally.offer(span, NORMALIZE(span), now_ns)


@pytest.mark.parametrize(
    "wrong", [{"max_bytes": 0}, {"delay_ns": -1}, {"run_max_age_ns": -1}], ids=str
)
def test_a_bound_that_cannot_be_kept_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Options(**wrong)


def test_a_trace_larger_than_the_bound_is_one_trace() -> None:
    tally = Tally(Options(delay_ns=None, max_bytes=20_000), price=lambda _: None)

    fill(tally, trace("agent a\n" + "  chat m in=1\n" * 100))

    assert tally.statistics().traces == 1
    assert tally.statistics().settled_early == 1


def test_settled_traces_leave_nothing_behind() -> None:
    tally = Tally(Options(delay_ns=DELAY_NS), price=lambda _: None)
    fill(tally, [record(CHAT, trace_id=1)])
    list(tally.tick(DELAY_NS))
    tracemalloc.start()
    for number in range(2, 5_000):
        fill(tally, [record(CHAT, trace_id=number)], now_ns=number * DELAY_NS)
        list(tally.tick((number + 1) * DELAY_NS))
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert tally.statistics().held_traces == 0
    assert held < 100_000


def test_long_names_are_cut_before_they_are_held() -> None:
    tally = Tally(Options(delay_ns=None, max_bytes=10**6), price=lambda _: None)
    tracemalloc.start()
    for number in range(1, 200):
        name = "x" * 10**5 + str(number)
        fill(tally, [record({**CHAT, "gen_ai.conversation.id": name}, trace_id=number)])
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert held < 10**6


def test_runs_inside_runs_hold_each_step_once() -> None:
    depth = 300
    runs = "\n".join(" " * level + f"agent a{level}" for level in range(depth))
    tally = Tally(Options(delay_ns=None), price=lambda _: None)
    fill(tally, trace(runs + "\n" + (" " * depth + "chat m in=1\n") * depth))
    tracemalloc.start()
    counted = list(tally.drain())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(counted) == 2 * depth
    assert peak < 4 * 10**6


def test_a_long_way_up_is_climbed_once() -> None:
    class Counting(UserDict[int, int]):
        asked = 0

        def get(self, key: int, default: int = 0) -> int:  # type: ignore[override]
            Counting.asked += 1
            return int(self.data.get(key, default))

    depth = 2_000
    parents = Counting({number: number - 1 for number in range(1, depth + 1)})
    spans: dict[int, AgentSpan] = {}
    for number in range(depth + 1, 2 * depth):
        parents[number] = depth
        span = NORMALIZE(record(CHAT, span_id=number, parent_id=depth))
        assert span is not None
        spans[number] = span

    Lineage(parents, spans)

    assert Counting.asked <= 2 * depth
