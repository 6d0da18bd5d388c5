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
from tests.live.spans import requests

pytestmark = pytest.mark.timeout(300)

SEED: Final = 2026
BLOCKS: Final = 60
TRACES: Final = 2500
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
