"""When things are told, and within which bounds."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.counted import ModelCall
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.tally import Options, Tally
from tests.trees import record, told, trace

DELAY_NS = 10_000_000_000
NORMALIZE = Normalizer().normalize


def test_the_same_span_twice_counts_once() -> None:
    records = trace("chat gpt-4o in=1") * 2
    tally = Tally(Options(delay_ns=None), price=lambda _: None)
    for span in records:
        tally.offer(span, NORMALIZE(span), 0)

    assert told(tally.drain()) == ["call gpt-4o 1+0 @-"]
    assert tally.statistics().repeated_spans == 1


def test_nothing_is_told_before_the_delay_and_all_at_its_end() -> None:
    tally = Tally(Options(delay_ns=DELAY_NS), price=lambda _: None)
    (span,) = trace("chat gpt-4o")
    tally.offer(span, NORMALIZE(span), 5)

    assert told(tally.tick(DELAY_NS + 4)) == []
    assert told(tally.tick(DELAY_NS + 5)) == ["call gpt-4o 0+0 @-"]
    assert tally.statistics().held_traces == 0
    assert tally.statistics().held_bytes == 0


def test_a_report_after_the_delay_is_suppressed_and_never_revises() -> None:
    inner, outer = (
        trace(
            """
        step
          chat gpt-4o in=42
        """
        )[1],
        trace("step")[0],
    )
    late = trace(
        """
        step
          chat gpt-4o in=42
            chat gpt-4o in=99
        """
    )[2]
    tally = Tally(Options(delay_ns=DELAY_NS), price=lambda _: None)
    tally.offer(inner, NORMALIZE(inner), 0)
    settled = told(tally.tick(DELAY_NS))
    tally.offer(late, NORMALIZE(late), DELAY_NS + 1)
    tally.offer(outer, NORMALIZE(outer), DELAY_NS + 2)

    assert settled == ["call gpt-4o 42+0 @-"]
    assert told(tally.tick(3 * DELAY_NS)) == []
    assert tally.statistics().suppressed == 1
    assert tally.statistics().held_traces == 0


def test_an_outer_layer_after_the_delay_is_suppressed_too() -> None:
    outer, inner = trace(
        """
        chat wrapped in=42
          chat gpt-4o in=42
        """
    )
    tally = Tally(Options(delay_ns=DELAY_NS), price=lambda _: None)
    tally.offer(inner, NORMALIZE(inner), 0)
    assert len(told(tally.tick(DELAY_NS))) == 1
    tally.offer(outer, NORMALIZE(outer), DELAY_NS + 1)

    assert told(tally.tick(3 * DELAY_NS)) == []
    assert tally.statistics().suppressed == 1


def test_a_run_counts_the_calls_that_settled_before_it_came() -> None:
    run, call = trace(
        """
        agent a
          chat gpt-4o in=42
        """
    )
    tally = Tally(Options(delay_ns=DELAY_NS), price=lambda _: None)
    tally.offer(call, NORMALIZE(call), 0)
    list(tally.tick(DELAY_NS))
    tally.offer(run, NORMALIZE(run), DELAY_NS)

    assert told(tally.tick(2 * DELAY_NS)) == ["run 1 calls 0 tools 42 tokens (1/0 own) @a"]


def test_a_trace_without_a_root_is_forgotten_after_its_greatest_age() -> None:
    tally = Tally(Options(delay_ns=DELAY_NS, run_max_age_ns=100), price=lambda _: None)
    tally.offer(record({}, parent_id=9), None, 0)

    list(tally.tick(99))
    held = tally.statistics().held_traces
    list(tally.tick(100))

    assert (held, tally.statistics().held_traces) == (1, 0)


@given(st.integers(1, 60))
def test_the_tally_stays_within_its_bound_and_loses_no_call(traces: int) -> None:
    tally = Tally(Options(delay_ns=None, max_bytes=10_000), price=lambda _: None)
    calls: Counter[bool] = Counter()
    for number in range(1, traces + 1):
        for span in trace("agent a\n  chat gpt-4o", trace_id=number):
            settled = tally.offer(span, NORMALIZE(span), 0) or ()
            calls.update(isinstance(c, ModelCall) for c in settled)
            assert tally.statistics().held_bytes <= 10_000
    calls.update(isinstance(c, ModelCall) for c in tally.drain())

    assert calls == {True: traces, False: traces}
    assert tally.statistics().held_bytes == 0
