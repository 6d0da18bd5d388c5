"""Traces that are too long, that never end, and that are too many."""

import pytest

from otel_agents.pipeline.policies import default
from otel_agents.record import StatusCode
from tests.pipeline.buffer.spans import ERRORS, WHOLE, Held, policies, says


def test_of_a_trace_with_50_000_spans_only_the_first_are_held() -> None:
    held = Held(policies(WHOLE))
    most = 0
    for span_id in range(50_000):
        held.span(span_id=span_id)
        most = max(most, held.buffer.statistics().undecided)

    assert most < 10_000
    assert [item for one in held.left for item in one.items] == list(range(1, 50_001))
    assert sum(not one.follows for one in held.left) == 1


def test_a_root_that_never_ends_holds_a_trace_no_longer_than_its_age() -> None:
    held = Held(policies(ERRORS))
    left: list[str] = []
    for at_s in range(0, 2000, 10):
        left += held.span(at_s=at_s) + held.tick(at_s)

    assert left[0] == "1 drop max_age/none -182"
    assert set(left[1:]) == {"1 drop late/none -1 follows"}


def test_a_span_larger_than_all_room_is_decided_at_once() -> None:
    held = Held(policies(WHOLE), max_bytes=1000, max_trace_bytes=10**6)
    held.span(1, size=10)

    assert held.span(2, size=5000) == ["1 keep evicted/whole [1]", "2 keep evicted/whole [2]"]


@pytest.mark.parametrize("failing", [True, False])
def test_an_early_decision_outlives_many_others_while_it_is_used(failing: bool) -> None:
    held = Held(default(), remembered_kept=10, remembered_dropped=10)
    status = StatusCode.ERROR if failing else StatusCode.UNSET
    held.span(1, said=says(failed=failing), status=status)
    if not failing:
        held.root(1, said=says())
        held.tick(100)
    for trace_id in range(2, 200):
        held.root(trace_id, at_s=200, said=says(failed=True), status=StatusCode.ERROR)
        held.root(trace_id + 1000, at_s=200, said=says())
        held.tick(200 + trace_id * 10)
        assert held.span(1)[0].endswith("follows")
