"""Real OTLP of real frameworks against what was really consumed."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otel_agents.cli.report_json import document
from otel_agents.errors import SpanRefused
from otel_agents.otlp.files import read
from otel_agents.pipeline.counted import AgentRun, Counted, Handoff, ModelCall, ToolCall
from otel_agents.pipeline.inspection import Inspection
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.price import Pricer
from otel_agents.pipeline.report import USAGE
from otel_agents.pipeline.tally import Options, Tally
from otel_agents.pricing import PriceBook
from otel_agents.record import SpanRecord

CAPTURES = Path(__file__).parent / "captures"
TRUTH: dict[str, dict[str, Any]] = {
    name: truth
    for file in ("captures/truth.json", "truth_own.json")
    if (path := Path(__file__).parent / file).exists()
    for name, truth in json.loads(path.read_text()).items()
}
NAMES = sorted(path.name.removesuffix(".traces.json") for path in CAPTURES.glob("*.traces.json"))
DELAY_NS = 10_000_000_000
BOOK = PriceBook()


def spans_of(name: str) -> list[SpanRecord]:
    def refuse(refusal: SpanRefused) -> None:
        raise refusal

    return list(read(CAPTURES / f"{name}.traces.json", on_refused=refuse))


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_a_capture_adds_up_to_the_truth(name: str) -> None:
    inspection = Inspection(BOOK)
    for record in spans_of(name):
        inspection.take(record)
    inspection.finish()
    totals = document(inspection.report)["totals"]
    expected = {key: value for key, value in TRUTH[name].items() if key != "note"}

    assert {key: totals[key] for key in expected} == pytest.approx(expected, rel=1e-12)


def test_every_capture_has_its_truth() -> None:
    without = {"mcp__fastmcp-guard-proxy"}  # its calls are counted in the next test

    assert set(NAMES) == set(TRUTH) | without


def test_a_tool_call_through_a_proxy_is_one_call() -> None:
    inspection = Inspection(BOOK)
    for record in spans_of("mcp__fastmcp-guard-proxy"):
        inspection.take(record)
    inspection.finish()
    report = document(inspection.report)

    assert report["totals"]["tool_calls"] == 4
    assert [(t["tool"], t["calls"], t["errors"], t["external"]) for t in report["tools"]] == [
        ("execute_query", 2, 1, True),
        ("broken", 1, 1, True),
        ("drop_everything", 1, 1, True),
    ]


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 2**32), batches=st.integers(1, 6))
@settings(max_examples=15)
def test_no_order_and_no_split_within_the_delay_changes_a_total(
    name: str, seed: int, batches: int
) -> None:
    records = spans_of(name)
    chance = random.Random(seed)
    expected = _totals(_counted([records]))
    chance.shuffle(records)
    cuts = sorted(chance.randrange(len(records) + 1) for _ in range(batches - 1))
    split = [records[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]

    assert _totals(_counted(split)) == expected


def _counted(batches: list[list[SpanRecord]]) -> list[Counted]:
    """Offer the batches within the delay of the first, then let time pass."""
    tally = Tally(Options(delay_ns=DELAY_NS), price=Pricer(BOOK).rate)
    normalize = Normalizer().normalize
    counted: list[Counted] = []
    for number, batch in enumerate(batches):
        now_ns = number * DELAY_NS // len(batches)
        counted += tally.tick(now_ns)
        for record in batch:
            counted += tally.offer(record, normalize(record), now_ns) or ()
    return [*counted, *tally.tick(3 * DELAY_NS)]


def _totals(counted: list[Counted]) -> Counter[str]:
    """Sum what the truth holds, by owner."""
    totals: Counter[str] = Counter()
    for item in counted:
        totals[f"{type(item).__name__} of {item.owner.agent}"] += 1
        totals[f"{type(item).__name__} failed"] += item.span.failed
        match item:
            case ModelCall(span=span):
                for slot, tokens in zip(USAGE, span.usage, strict=True):
                    totals[f"{slot} of {span.provider}/{span.model}"] += tokens or 0
                totals["picodollars"] += round((item.cost_usd or 0) * 1e12)
            case ToolCall(span=span, external=external):
                totals[f"tool {span.tool} {external}"] += 1
            case AgentRun():
                totals["calls of runs"] += item.calls + 1000 * item.own_calls
                totals["tokens of runs"] += item.tokens
            case Handoff(span=span):
                totals[f"handoff to {span.handoff_to}"] += 1
    return totals
