"""The adjusted counts of what is kept add up to what came, errors and routine apart."""

import random

import pytest

from otel_agents.pipeline.policies import NonAgent, adjusted_count, default
from otel_agents.record import StatusCode
from tests.pipeline.buffer.spans import Held

TRACES = 4000


def weigh(held: Held, seed: int) -> dict[bool, tuple[int, float, float]]:
    """Offer traces, a twentieth of them failing at any of their spans; return the sums.

    Spans of many traces come mixed, and some come late.

    Returns:
        By whether a trace fails: its spans offered, their estimate, its variance.
    """
    drawn = random.Random(seed)
    fails: dict[int, bool] = {}
    spans: list[tuple[int, int, bool]] = []
    for number in range(TRACES):
        trace_id = drawn.getrandbits(128)
        fails[trace_id] = drawn.random() < 0.05
        length = drawn.randint(1, 8)
        bad = drawn.randrange(length)
        spans += [
            (number + 40 * drawn.randint(0, place), trace_id, fails[trace_id] and place == bad)
            for place in range(length)
        ]
    spans.sort()
    for at_s, trace_id, bad in spans:
        held.span(trace_id, at_s=at_s, status=StatusCode.ERROR if bad else StatusCode.UNSET)
        held.tick(at_s)
    held.drain()
    sums = {True: (0, 0.0, 0.0), False: (0, 0.0, 0.0)}
    for _, trace_id, _ in spans:
        came, estimate, variance = sums[fails[trace_id]]
        sums[fails[trace_id]] = (came + 1, estimate, variance)
    for one in held.left:
        weight = adjusted_count(one.decision.threshold)
        if one.decision.keep and weight is not None:
            came, estimate, variance = sums[fails[one.trace_id]]
            count = len(one.items)
            # A trace's spans share a fate, so that it adds the square of its spans at most.
            spread = weight * (weight - 1) * (8 * count)
            sums[fails[one.trace_id]] = (came, estimate + weight * count, variance + spread)
    return sums


@pytest.mark.parametrize(
    "options",
    [{}, {"max_traces": 20}, {"max_trace_spans": 3}, {"idle_ns": 30 * 10**9}],
    ids=["room for all", "evicting", "streaming", "late spans"],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_weights_are_unbiased(options: dict[str, int], seed: int) -> None:
    block = default(non_agent=NonAgent.POLICIES)
    held = Held(block, drop_trivial=False, remembered_dropped=10**6, **options)
    for came, estimate, variance in weigh(held, seed).values():
        assert abs(estimate - came) <= 4 * variance**0.5 + 1e-6


def test_in_whole_traces_failures_are_counted_exactly() -> None:
    held = Held(default(non_agent=NonAgent.POLICIES), idle_ns=10**6 * 10**9)
    came, estimate, _ = weigh(held, 3)[True]

    assert came == estimate
