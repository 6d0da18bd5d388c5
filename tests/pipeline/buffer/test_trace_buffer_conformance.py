"""The cases of the Collector that are about when, and of how much, is decided."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from otel_agents.pipeline.policies import PolicySet
from otel_agents.record import StatusCode
from tests.pipeline.buffer.spans import ALL, ERRORS, WHOLE, Held, policies

CASES = Path(__file__).parent.parent / "policies" / "conformance.yaml"
MODES = ("strict", "otelcol")
FAR = 10**9
"""A number of traces that pushes nothing out."""


def block(mode: str, *wanted: dict[str, Any], **keys: Any) -> PolicySet:  # noqa: ANN401 any key
    keys = {"decision_wait": "30s", "num_traces": FAR} | keys
    return policies(*wanted, compat=mode == "otelcol", **keys)


def case_38_tick(mode: str) -> None:
    held = Held(block(mode, WHOLE, decision_wait="1s"))
    held.span()

    assert held.tick(0.9) == []
    assert len(held.tick(2)) == 1


def case_39_late_same(mode: str) -> None:
    held = Held(block(mode, ERRORS))
    held.span(1, status=StatusCode.ERROR)
    held.span(2)
    held.tick(40)

    on_time = "late" if mode == "otelcol" else "early"
    assert held.span(1) == [f"1 keep {on_time}/errors [3] follows"]
    assert held.span(2, status=StatusCode.ERROR) == ["2 drop late/none -1 follows"]


def case_40_cache_late(mode: str) -> None:
    cache = {"sampled_cache_size": 5, "non_sampled_cache_size": 5}
    held = Held(block(mode, WHOLE, num_traces=2, decision_cache=cache))
    for trace_id in (1, 2, 3):
        held.span(trace_id, at_s=trace_id)
    held.tick(50)

    assert held.span(3) == ["3 keep late/whole [4] follows"]
    assert held.buffer.statistics().late == 1


def case_41_no_cache_resplit(mode: str) -> None:
    """What is decided stays until its room is taken; strict remembers longer."""
    held = Held(block(mode, WHOLE, num_traces=1))
    held.span(1)
    held.tick(40)
    held.span(2, at_s=41)
    held.tick(80)

    again = held.span(1, at_s=81)
    assert again == ([] if mode == "otelcol" else ["1 keep late/whole [3] follows"])
    assert len(held.tick(120)) == (1 if mode == "otelcol" else 0)


def case_42_root_accel(mode: str) -> None:
    for after, undecided_s, decided_s in (
        ("2s", 2.9, 3.1),
        ("60s", 29.9, 31.1),
        ("0s", 29.9, 31.1),
    ):
        held = Held(block(mode, WHOLE, decision_wait_after_root_received=after))
        held.span(at_s=0.9)
        held.root(at_s=1)

        assert held.tick(undecided_s) == []
        assert len(held.tick(decided_s)) == 1


def case_43_overflow(mode: str) -> None:
    held = Held(block(mode, WHOLE, num_traces=1))
    held.span(1)
    dropped = ["1 drop evicted/none -1"]
    decided = ["1 keep evicted/whole [1]"]
    assert held.span(2) == (dropped if mode == "otelcol" else decided)
    assert held.buffer.statistics().evicted == 1
    assert not held.buffer.pushes_back(3)

    held = Held(block(mode, WHOLE, num_traces=1, block_on_overflow=True))
    held.span(1)
    assert [held.buffer.pushes_back(trace_id) for trace_id in (1, 2)] == [False, True]
    held.tick(40)
    assert not held.buffer.pushes_back(2)


def case_44_too_large(mode: str) -> None:
    held = Held(block(mode, WHOLE, maximum_trace_size_bytes=250))
    held.span()

    assert held.span() == []
    assert held.span() == ["1 drop byte_limit/none -3"]
    assert held.span() == ["1 drop byte_limit/none -1 follows"]
    assert held.buffer.statistics().too_large == 1


def case_45_shutdown(mode: str) -> None:
    held = Held(block(mode, WHOLE))
    held.span()
    assert held.drain() == ["1 keep shutdown/whole [1]"]

    held = Held(block(mode, WHOLE, drop_pending_traces_on_shutdown=True))
    held.span()
    assert held.drain() == ["1 drop shutdown/none -1"]


def case_46_ingest_release(mode: str) -> None:
    held = Held(block(mode, ERRORS, sampling_strategy="span-ingest"))

    assert held.span() == []
    assert held.span(status=StatusCode.ERROR) == ["1 keep early/errors [1, 2]"]
    assert held.span() == ["1 keep early/errors [3] follows"]


def case_47_ingest_tick(mode: str) -> None:
    held = Held(block(mode, ERRORS, sampling_strategy="span-ingest"))
    held.span()

    left = held.tick(40)
    assert left == [f"1 drop {'max_age' if mode == 'otelcol' else 'idle'}/none -1"]
    assert bool(held.left[0].decision.votes) is (mode == "strict")


def case_48_schema_url(mode: str) -> None:
    """Items are never looked into, so nothing of them can be lost."""
    items = [object(), object()]
    held = Held(block(mode, WHOLE))
    for item in items:
        held.span(item=item)
    held.drain()

    assert all(left is item for left, item in zip(held.left[0].items, items, strict=True))


RUN: dict[int, Callable[[str], None]] = {
    int(name.split("_")[1]): run
    for name, run in list(globals().items())
    if name.startswith("case_")
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("number", sorted(RUN))
def test_the_buffer_does_as_the_case_says(number: int, mode: str) -> None:
    RUN[number](mode)


def test_every_case_of_the_buffer_is_run() -> None:
    cases = yaml.safe_load(CASES.read_text())
    assert {case["case"] for case in cases if case.get("room") == "buffer"} == set(RUN)


def test_a_drop_policy_that_may_yet_match_defers_every_keep_of_span_ingest() -> None:
    drop = {"name": "drop", "type": "drop", "drop": {"drop_sub_policy": [ERRORS]}}
    held = Held(block("otelcol", ALL, drop, sampling_strategy="span-ingest"))

    assert held.span() == []
    assert held.span(status=StatusCode.ERROR) == ["1 drop early/drop -2"]


def test_a_wait_counts_from_the_last_span_and_in_compat_from_the_first() -> None:
    left = {}
    for mode in MODES:
        held = Held(block(mode, WHOLE, decision_wait="10s"))
        held.span(at_s=0)
        held.span(at_s=8)
        left[mode] = held.tick(11)

    assert left == {"strict": [], "otelcol": ["1 keep max_age/whole [1, 2]"]}
