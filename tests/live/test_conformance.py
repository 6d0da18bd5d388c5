"""Every case of conformance.yaml that can be seen from outside, asked of the Collector itself."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import pytest
import yaml
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from tests.live.collector import refusal
from tests.live.sampled import ROUTE, Block, configuration, ours, received, theirs
from tests.live.spans import batch, requests, span

pytestmark = pytest.mark.timeout(120)

Case = dict[str, Any]

CASES: Final[list[Case]] = yaml.safe_load(
    (Path(__file__).parent.parent / "pipeline" / "policies" / "conformance.yaml").read_text()
)
TICKS: Final = "wants a tick of the Collector's own clock, which cannot be had from outside"
ELSEWHERE: Final = "test_undecided.py asks it"
UNSEEN: Final[Mapping[str, str]] = {
    "prob_rv": "strict only: without its gate usetracestate the Collector does not read rv",
    "prob_rv_late": "strict only, likewise",
    "prob_th_in": "strict only, likewise",
    "combine_invert": "strict only: the Collector has no inverted votes any more",
    "rate_tokens": "two traces of one instant are decided in the order of a hash map",
    "bytes_oversize": "the case gives sizes; a span's size is the encoding's",
    "tick": TICKS,
    "root_accel": TICKS,
    **dict.fromkeys(
        (
            *("late_same", "cache_late", "no_cache_resplit", "overflow", "too_large", "shutdown"),
            *("ingest_release", "ingest_tick", "schema_url"),
        ),
        ELSEWHERE,
    ),
}
"""The cases that are not asked, each with its reason."""

SEEN: Final = {
    f"c{place}": case
    for place, case in enumerate(CASES)
    if "otelcol" in case.get("modes", ["otelcol"]) and case["name"] not in UNSEEN
}
DECIDED: Final = [name for name, case in SEEN.items() if "traces" in case]
REFUSED: Final = [name for name, case in SEEN.items() if "error" in case]
SHARED: Final = [name for name, case in SEEN.items() if "shares" in case]
GOLDEN: Final = [name for name, case in SEEN.items() if "goldens" in case]
DRAWN: Final = 4000


def block_of(case: Case) -> Block:
    return case.get("block") or {"policies": case["policies"]}


def chance(percentage: float, salt: str = "") -> Block:
    own = {"sampling_percentage": percentage, "hash_salt": salt}
    return {"policies": [{"name": "p", "type": "probabilistic", "probabilistic": own}]}


def at_first(case: Case) -> list[dict[str, Any]]:
    """Give the traces of a case's first moment; the others would want a later second."""
    first = case["traces"][0].get("at_s", 0)
    return [trace for trace in case["traces"] if trace.get("at_s", 0) == first]


class Sent(NamedTuple):
    """One trace of a case as it is sent."""

    trace_id: int
    batches: list[ResourceSpans]


def sent(name: str, trace: Mapping[str, Any], trace_id: int) -> Sent:
    """Write a trace, routed to its case's pipeline; each span with its own resource."""
    batches = []
    for given in trace["spans"]:
        words = {key: value for key, value in given.items() if key not in ("times", "resource")}
        words["attributes"] = words.get("attributes", {}).items()
        resource = {**given.get("resource", {}), ROUTE: name}
        spans = [span(trace_id, 2 + n, **words) for n in range(given.get("times", 1))]
        batches.append(batch(spans, resource.items()))
    return Sent(trace_id, batches)


def outcomes(case: Case, kept: Mapping[int, str], ids: list[list[int]]) -> Counter[str]:
    """Count how many traces of each shape are kept; those alike cannot be told apart."""
    counted: Counter[str] = Counter()
    for trace, its_ids in zip(at_first(case), ids, strict=True):
        counted[str(trace["spans"])] += sum(trace_id in kept for trace_id in its_ids)
    return counted


@pytest.fixture(scope="module")
def decided(
    require_server: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Counter[str]]:
    """Run all cases in one Collector, a pipeline each."""
    program, folder = require_server("otelcol"), tmp_path_factory.mktemp("conformance")
    draw = Random(50)
    ids: dict[str, list[list[int]]] = {}
    batches: list[ResourceSpans] = []
    for name in DECIDED:
        ids[name] = []
        for trace in at_first(SEEN[name]):
            its = [sent(name, trace, draw.getrandbits(128)) for _ in range(trace.get("times", 1))]
            ids[name].append([each.trace_id for each in its])
            batches += [part for each in its for part in each.batches]
    blocks = {name: block_of(SEEN[name]) for name in DECIDED}
    kept = theirs(program, folder, blocks, requests(batches), routed=True)
    return {name: outcomes(SEEN[name], kept[name], ids[name]) for name in DECIDED}


@pytest.mark.parametrize(
    "name", DECIDED, ids=[f"{SEEN[n]['case']}-{SEEN[n]['name']}-{n}" for n in DECIDED]
)
def test_the_collector_decides_as_the_case_says(
    decided: dict[str, Counter[str]], name: str
) -> None:
    expected: Counter[str] = Counter()
    for trace in at_first(SEEN[name]):
        expected[str(trace["spans"])] += (trace["expect"] == "S") * trace.get("times", 1)

    assert decided[name] == expected


@pytest.mark.parametrize(
    "name", REFUSED, ids=[f"{SEEN[n]['case']}-{SEEN[n]['name']}-{n}" for n in REFUSED]
)
def test_the_collector_does_not_start_with_what_is_refused(
    require_server: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    config = configuration({name: block_of(SEEN[name])}, tmp_path)

    assert f"tail_sampling/{name}" in refusal(require_server("otelcol"), config, tmp_path)


def edges() -> dict[str, tuple[Block, int, bool]]:
    """Give for each golden id and salt the percentages on both sides of its hash."""
    found = {}
    for name in GOLDEN:
        for place, golden in enumerate(SEEN[name]["goldens"]):
            for salt, edge in (("", golden["from"]), ("test-salt", golden["test-salt"])):
                for step, keep in ((-0.0002, False), (0.0002, True)):
                    key = f"golden{place}{salt}{'-above' if keep else ''}"
                    block = chance(edge + step, salt)
                    found[key] = block, int(golden["trace_id"], 16), keep
    return found


def test_chance_falls_as_the_cases_say(
    require_server: Callable[[str], Path], tmp_path: Path
) -> None:
    shares = {
        f"share{percentage}": (chance(percentage), share)
        for name in SHARED
        for percentage, share in SEEN[name]["shares"].items()
    }
    goldens = edges()
    blocks = {name: block for name, (block, *_) in (shares | goldens).items()}
    draw = Random(19)
    drawn = requests([batch([span(draw.getrandbits(128), 2)]) for _ in range(DRAWN)])
    ids = sorted({trace_id for _, trace_id, _ in goldens.values()})
    golden = requests([batch([span(trace_id, 2)]) for trace_id in ids])
    kept = theirs(require_server("otelcol"), tmp_path, blocks, drawn + golden)
    traces = received(drawn)

    for name, (_, trace_id, keep) in goldens.items():
        assert (trace_id in kept[name]) is keep, name
    for name, (block, share) in shares.items():
        decisions = ours(block, traces)
        assert {n for n, decision in decisions.items() if decision.keep} == {
            trace.trace_id for trace in traces if trace.trace_id in kept[name]
        }
        assert abs(100 * sum(d.keep for d in decisions.values()) / DRAWN - share) <= 2.5


def test_every_case_is_asked_or_has_its_reason() -> None:
    names = {case["name"] for case in CASES}
    asked = {case["name"] for case in SEEN.values()}

    assert asked | set(UNSEEN) == names
    assert {SEEN[name]["name"] for name in DECIDED + REFUSED + SHARED + GOLDEN} == asked
    assert {case["case"] for case in CASES} == set(range(1, 51))
