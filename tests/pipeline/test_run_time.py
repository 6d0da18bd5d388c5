"""What the time of a run was spent on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.run_time import Step, exclusive_ns
from otel_agents.semconv import TimeKind

M, R, W, T = TimeKind.MODEL, TimeKind.RETRIEVAL, TimeKind.WAIT, TimeKind.TOOL


@pytest.mark.parametrize(
    ("steps", "spent"),
    [
        pytest.param([], "other=100", id="no step"),
        pytest.param([(10, 40, 1, M)], "model=30 other=70", id="one step"),
        pytest.param([(10, 40, 1, M), (10, 40, 1, M)], "model=30 other=70", id="the same twice"),
        pytest.param([(10, 40, 1, M), (30, 60, 1, M)], "model=50 other=50", id="overlapping"),
        pytest.param([(0, 100, 1, T), (20, 50, 2, M)], "model=30 tool=70", id="model in a tool"),
        pytest.param([(0, 100, 1, M), (20, 50, 2, T)], "model=70 tool=30", id="tool in a model"),
        pytest.param([(0, 60, 1, T), (40, 100, 1, M)], "model=60 tool=40", id="side by side"),
        pytest.param(
            [(0, 10, 1, T), (0, 20, 1, W), (0, 30, 1, R), (0, 5, 1, M)],
            "model=5 other=70 retrieval=25",
            id="precedence of equals",
        ),
        pytest.param([(-50, 20, 1, T), (90, 200, 1, T)], "other=70 tool=30", id="cut at the ends"),
        pytest.param([(200, 300, 1, M), (-9, -1, 1, M)], "other=100", id="outside"),
        pytest.param([(50, 20, 1, M)], "other=100", id="ends before it starts"),
        pytest.param([(0, 90, 3, R), (10, 20, 1, M)], "other=10 retrieval=90", id="depth decides"),
    ],
)
def test_each_instant_belongs_to_one_kind(
    steps: list[tuple[int, int, int, TimeKind]], spent: str
) -> None:
    found = exclusive_ns(0, 100, [Step(*step) for step in steps])

    assert " ".join(f"{kind}={ns}" for kind, ns in sorted(found.items()) if ns) == spent


STEPS = st.lists(
    st.builds(
        Step,
        st.integers(-20, 120),
        st.integers(-20, 120),
        st.integers(0, 4),
        st.sampled_from([M, R, W, T]),
    ),
    max_size=12,
)


def by_instant(steps: list[Step]) -> dict[TimeKind, int]:
    """The definition itself, instant by instant."""
    order = [M, R, W, T]
    spent = dict.fromkeys(TimeKind, 0)
    for instant in range(100):
        way = [s for s in steps if s.start_ns <= instant < s.end_ns]
        best = max(way, key=lambda s: (s.depth, -order.index(s.kind)), default=None)
        spent[best.kind if best else TimeKind.OTHER] += 1
    return spent


@given(STEPS, st.randoms(use_true_random=False))
def test_the_kinds_add_up_and_follow_the_definition_in_any_order(
    steps: list[Step], random: object
) -> None:
    shuffled = sorted(steps, key=lambda _: random.random())  # type: ignore[attr-defined]
    found = exclusive_ns(0, 100, shuffled)

    assert found == by_instant(steps)
    assert sum(found.values()) == 100
