"""Drawn blocks on drawn traces, through the Collector's tail_sampling and through ours.

What depends on time is not drawn (`drawn_blocks` says why); tests/pipeline/policies/test_rates.py
has it.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from otel_agents.pipeline.policies import Decision
from tests.live.drawn_blocks import Block, Blocks
from tests.live.drawn_traces import Traces
from tests.live.sampled import Trace, ours, received, theirs
from tests.live.spans import batch, requests, span

pytestmark = pytest.mark.timeout(300)

SEED: Final = 2026
BLOCKS: Final = 100
TRACES: Final = 2000
NAMES: Final = [f"b{place}" for place in range(BLOCKS)]


class Run(NamedTuple):
    """What both sides were given, and what the Collector kept."""

    blocks: Mapping[str, Block]
    traces: list[Trace]
    kept: Mapping[str, Mapping[int, str]]


@pytest.fixture(scope="module")
def run(require_server: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Run:
    program = require_server("otelcol")
    drawn = Blocks(SEED)
    blocks = {name: drawn.block() for name in NAMES}
    sent = requests(Traces(SEED).batches(TRACES))
    kept = theirs(program, tmp_path_factory.mktemp("differential"), blocks, sent)
    return Run(blocks, received(sent), kept)


def verdict(decision: Decision) -> str | None:
    """Which policy keeps a trace, None where it is not kept."""
    return decision.policy if decision.keep else None


@pytest.mark.parametrize("name", NAMES)
def test_both_keep_the_same_traces_by_the_same_policies(run: Run, name: str) -> None:
    decided = ours(run.blocks[name], run.traces)
    expected = run.kept[name]
    different = {
        f"{trace_id:032x}": (expected.get(trace_id), verdict(decision))
        for trace_id, decision in decided.items()
        if verdict(decision) != expected.get(trace_id)
    }

    assert different == {}, run.blocks[name]


def test_the_traces_are_many_and_the_blocks_tell_them_apart(run: Run) -> None:
    shares = [len(run.kept[name]) / TRACES for name in NAMES]

    assert len(run.traces) == TRACES
    assert sum(0 < share < 1 for share in shares) > BLOCKS // 2


ALIKE: Final = 60
BUDGETS: Final[Mapping[str, Block]] = {
    "rate": {"type": "rate_limiting", "rate_limiting": {"spans_per_second": 10}},
    "burst": {
        "type": "rate_limiting",
        "rate_limiting": {"spans_per_second": 10, "burst_capacity": 16},
    },
    "oversize": {"type": "rate_limiting", "rate_limiting": {"spans_per_second": 1}},
    "composite": {
        "type": "composite",
        "composite": {
            "max_total_spans_per_second": 40,
            "policy_order": ["a"],
            "composite_sub_policy": [{"name": "a", "type": "always_sample"}],
            "rate_allocation": [{"policy": "a", "percent": 50}],
        },
    },
}


def test_a_budget_lets_as_many_traces_through(
    require_server: Callable[[str], Path], tmp_path: Path
) -> None:
    """Traces that are alike, all in one instant: which of them are kept is left to chance."""
    program = require_server("otelcol")
    blocks = {name: {"policies": [{"name": "p", **own}]} for name, own in BUDGETS.items()}
    batches = [batch([span(trace, n) for n in (1, 2, 3)]) for trace in range(1, ALIKE + 1)]
    sent = requests(batches)
    kept = theirs(program, tmp_path, blocks, sent)
    decided = {name: ours(block, received(sent)).values() for name, block in blocks.items()}

    assert {name: len(traces) for name, traces in kept.items()} == {
        name: sum(decision.keep for decision in decisions) for name, decisions in decided.items()
    }
