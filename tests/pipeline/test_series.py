"""The store of all series: birth, caps, slices."""

import random
from collections import Counter
from itertools import pairwise
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents import semconv
from otel_agents.pipeline.cells import NumberPoint
from otel_agents.pipeline.metric_options import MIN_SERIES, Options
from otel_agents.pipeline.series import Series
from tests.measured import collect, shown

S = 10**9
TOOLS = semconv.METRIC_TOOL_CALLS
WHO = ("prod", "shop", "support", "ada")
RUNS = semconv.METRIC_RUN_LOOPS
SECONDS = semconv.METRIC_AGENT_RUN_STEPS


def tool(name: str, status: str = "ok", who: tuple[str, ...] = WHO) -> tuple[str, ...]:
    return (*who, name, status, "read", "false")


def value(series: Series, now_ns: int) -> list[str]:
    return shown(series, now_ns, skip=("series.overflow",))


@pytest.mark.parametrize(
    ("options", "reads"),
    [
        pytest.param(Options(), "0 0 0 7 7", id="scraped: 60 s and two collections"),
        pytest.param(Options(birth_hold_ns=0, birth_collections=1), "0 7 7 7 7", id="pushed"),
        pytest.param(Options(birth_hold_ns=200 * S), "0 0 0 0 0", id="a longer hold"),
        pytest.param(Options(birth_hold_ns=0, birth_collections=0), "7 7 7 7 7", id="no hold"),
        pytest.param(Options(birth_hold_ns=0, birth_collections=4), "0 0 0 0 7", id="four scrapes"),
    ],
)
def test_a_new_series_reads_zero_and_then_its_value(options: Options, reads: str) -> None:
    series = Series(options)
    series.add(RUNS, WHO, 7, 0)
    read = []
    for at_s in (1, 31, 59, 61, 91):
        read.append(value(series, at_s * S)[0].split()[-1])
        series.collected(at_s * S)

    assert " ".join(read) == reads


def test_no_collection_means_no_birth_however_long_it_takes() -> None:
    series = Series()
    series.add(RUNS, WHO, 7, 0)

    assert value(series, 9000 * S) == ["run.loops [support ada] 0"]


def test_a_registered_series_is_born_at_zero_and_then_counts() -> None:
    series = Series(Options(birth_hold_ns=0, birth_collections=0))
    series.register(RUNS, WHO, 0)
    before = value(series, 0)
    series.add(RUNS, WHO, 2, 1)

    assert before + value(series, 1) == ["run.loops [support ada] 0", "run.loops [support ada] 2"]


def test_series_that_nobody_used_do_not_exist() -> None:
    assert Series().statistics(0).series == 0
    assert list(Series().slices(0)) == []


@pytest.mark.parametrize("bad", [-1, nan, inf, -inf])
def test_a_counter_takes_nothing_that_is_no_amount(bad: float) -> None:
    series = Series(Options(birth_hold_ns=0, birth_collections=0))
    series.add(RUNS, WHO, 1, 0)
    series.add(RUNS, WHO, bad, 0)

    assert value(series, 0) == ["run.loops [support ada] 1"]
    assert series.statistics(0).refused == 1


def test_labels_that_do_not_fit_the_metric_are_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match=r"run\.loops: 2 values for labels deployment"):
        Series().add(RUNS, ("prod", "shop"), 1, 0)
    with pytest.raises(TypeError, match=r"run\.loops is a counter and cannot be set"):
        Series().set(RUNS, WHO, 1, 0)


def test_values_are_cleaned_and_closed_sets_stay_closed() -> None:
    series = Series(Options(birth_hold_ns=0, birth_collections=0, label_chars=16))
    series.add(TOOLS, (*WHO, "a\nb" + "c" * 40, "exploded", "", "maybe"), 1, 0)

    assert value(series, 0) == ["tool.calls [support ada a bcccccccccccc… error - -] 1"]
    assert series.statistics(0).folded == 0


def test_a_label_that_has_all_its_values_becomes_other_in_every_metric() -> None:
    series = Series(
        Options(birth_hold_ns=0, birth_collections=0, label_values_of={"gen_ai.tool.name": 2})
    )
    for name in ("a", "b", "c", "d", "a"):
        series.add(TOOLS, tool(name), 1, 0)
    series.add(semconv.METRIC_EXECUTE_TOOL_DURATION, (*WHO[:3], "c", ""), 1, 0)

    assert shown(series, 0) == [
        "tool.calls [support ada a ok read false] 2",
        "tool.calls [support ada b ok read false] 1",
        "tool.calls [support ada other ok read false] 2",
        "execute_tool.duration [support other -] 1 in 1",
        "series.overflow [otel_agents.tool.calls] 2",
        "series.overflow [otel_agents.execute_tool.duration] 1",
    ]


def test_an_agent_that_has_all_its_series_folds_and_keeps_its_name_and_status() -> None:
    series = Series(Options(birth_hold_ns=0, birth_collections=0, agent_series=20))
    for number in range(500):
        series.add(TOOLS, tool(f"t{number}", ("ok", "timeout")[number % 2]), 1, 0)
    statistics = series.statistics(0)
    lines = value(series, 0)

    assert statistics.fullest_agent == 18
    assert lines[-2:] == [
        "tool.calls [support ada other ok read false] 242",
        "tool.calls [support ada other timeout read false] 242",
    ]
    assert statistics.folded == 484


def test_a_crowded_agent_takes_no_room_from_another() -> None:
    series = Series(Options(agent_series=20))
    for number in range(100):
        series.add(TOOLS, tool(f"t{number}"), 1, 0)
    series.add(TOOLS, tool("t1", who=(*WHO[:3], "bob")), 1, 0)

    assert series.statistics(0).folded == 84
    assert series.statistics(0).agents == 2


def test_a_metric_that_has_all_its_series_folds_the_label_with_most_values() -> None:
    series = Series(Options(metric_series=1000))
    # 10 tools, and so many agents that the metric is full with them.
    for agent in range(200):
        for number in range(10):
            series.add(TOOLS, tool(f"t{number}", who=(*WHO[:3], f"a{agent}")), 1, 0)
    families = {family.instrument.name: family for family in series.families()}
    cells = families[TOOLS.name].cells

    assert len(cells) == 910
    assert sum(labels[3] == "other" for labels in cells) == 10
    assert not any(labels[4] == "other" for labels in cells)


@pytest.mark.parametrize("agents", [1, 3000])
def test_no_flood_of_names_passes_the_cap_of_a_metric(agents: int) -> None:
    series = Series(Options(metric_series=MIN_SERIES))
    statuses = ("ok", "error", "timeout", "denied", "cancelled")
    for number in range(6000):
        who = (f"e{number % 7}", f"s{number % 50}", f"g{number % 900}", f"a{number % agents}")
        labels = (*who, f"t{number}", statuses[number % 5], "write", "true")
        series.add(TOOLS, labels, 1, 0)

    assert max(map(len, series.families())) <= MIN_SERIES


NAMES = st.integers(0, 60).map(str)
MEASUREMENTS = st.lists(
    st.tuples(NAMES, NAMES, st.sampled_from(["ok", "error"]), st.integers(0, 9)), max_size=300
)


@given(MEASUREMENTS, st.randoms(use_true_random=False))
def test_the_sums_are_those_of_the_inputs_in_any_order_under_any_cap(
    measurements: list[tuple[str, str, str, int]], chance: random.Random
) -> None:
    chance.shuffle(measurements)
    series = Series(
        Options(
            birth_hold_ns=0,
            birth_collections=0,
            label_values=20,
            label_values_of={},
            agent_series=20,
            metric_series=MIN_SERIES,
        )
    )
    wanted: Counter[tuple[str, str]] = Counter()
    for agent, name, status, amount in measurements:
        series.add(TOOLS, tool(name, status, who=(*WHO[:3], agent)), amount, 0)
        wanted["other" if agent not in _kept(series) else agent, status] += amount
    found: Counter[tuple[str, str]] = Counter()
    for family, points in series.slices(0):
        for point in points:
            if family.instrument is TOOLS and isinstance(point, NumberPoint):
                found[point.labels[3], point.labels[5]] += int(point.value)

    assert +found == +wanted


def _kept(series: Series) -> set[str]:
    family = next(f for f in series.families() if f.instrument is TOOLS)
    return {labels[3] for labels in family.cells}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.integers(0, 40))))
def test_a_counter_never_goes_back_between_two_scrapes(
    steps: list[tuple[str, int, int]],
) -> None:
    series, now_ns = Series(), 0
    read: dict[str, list[float]] = {}
    for name, amount, wait_s in steps:
        series.add(TOOLS, tool(name), amount, now_ns)
        now_ns += wait_s * S
        for line in value(series, now_ns):
            key, _, number = line.rpartition(" ")
            read.setdefault(key, []).append(float(number))
        series.collected(now_ns)

    assert all(low <= high for values in read.values() for low, high in pairwise(values))
    assert all(values[0] == 0 for values in read.values())


def test_a_gauge_shows_at_once_and_ends_with_its_age() -> None:
    series = Series(Options(context_age_ns=300 * S))
    context = semconv.METRIC_CONTEXT_TOKENS
    series.add(context, (*WHO, "gpt-4o"), 900, 0)
    series.add(context, (*WHO, "gpt-4o"), 500, 200 * S)
    read = []
    for at_s in (0, 300, 301, 500, 501):
        read.append(value(series, at_s * S))
        series.collected(at_s * S)

    line = "context.tokens [support ada gpt-4o]"
    assert read == [[f"{line} 900"], [f"{line} 900"], [f"{line} 500"], [f"{line} 500"], []]
    assert series.statistics(0).series == 0
    assert series.statistics(0).agents == 0


def test_a_gauge_that_ended_begins_anew_and_says_that_bindings_are_stale() -> None:
    series = Series(Options(context_age_ns=300 * S))
    add = series.bind(semconv.METRIC_CONTEXT_TOKENS, (*WHO, "m"), 0)
    add(5, 0)
    series.collected(999 * S)
    generation = series.generation
    series.add(semconv.METRIC_CONTEXT_TOKENS, (*WHO, "m"), 6, 1000 * S)

    assert generation == 1
    assert value(series, 1000 * S) == ["context.tokens [support ada m] 6"]


def test_a_gauge_of_the_process_is_set_as_often_as_its_door_likes() -> None:
    series = Series()
    for spans in (5, 900, 3):
        series.set(semconv.METRIC_SPANS_UNDECIDED, (), spans, 0)
    series.set(semconv.METRIC_SPANS_UNDECIDED, (), nan, 0)

    assert value(series, 0) == ["spans.undecided [] 3"]
    assert series.statistics(0).refused == 1


def test_slices_are_small_and_together_they_are_everything() -> None:
    series = Series(Options(agent_series=5000))
    for number in range(250):
        series.add(TOOLS, tool(f"t{number}"), 1, 0)
        series.add(SECONDS, WHO[:3], number, 0)
    sizes = [(family.name, len(points)) for family, points in series.slices(0, 100)]

    assert sizes == [
        ("otel_agents.agent.run.steps", 1),
        ("otel_agents.tool.calls", 100),
        ("otel_agents.tool.calls", 100),
        ("otel_agents.tool.calls", 50),
    ]


def test_a_series_may_be_born_and_a_gauge_end_between_two_slices() -> None:
    series = Series(Options(info_age_ns=S, agent_series=5000))
    info = semconv.METRIC_AGENT_INFO
    for number in range(5):
        series.add(info, (*WHO, str(number), "", "", ""), 1, 0)
    reading = series.slices(S, 2)
    first = next(reading)
    series.add(info, (*WHO, "5", "", "", ""), 1, 3 * S)
    series.collected(3 * S)
    rest = [points for _, points in reading]

    assert [len(points) for points in (first[1], *rest)] == [2, 2, 2]


def test_upstream_names_can_be_turned_off() -> None:
    name = semconv.METRIC_EXECUTE_TOOL_DURATION.name
    on = {family.instrument.name: family.name for family in Series().families()}
    off = {f.instrument.name: f.name for f in Series(Options(upstream_names=False)).families()}

    assert (on[name], off[name]) == ("gen_ai.execute_tool.duration", name)
    assert all(ours == shown_name for ours, shown_name in off.items())


def test_the_store_can_be_observed() -> None:
    series = Series()
    series.add(TOOLS, tool("a"), 1, 0)
    series.add(SECONDS, WHO[:3], 1, 0)
    collect(series, 61 * S)

    statistics = series.statistics(61 * S)
    assert (statistics.series, statistics.held, statistics.agents) == (2, 0, 1)
    assert (statistics.fullest_agent, statistics.collections) == (1, 2)
