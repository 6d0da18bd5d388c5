"""What stands out, in sentences."""

from collections.abc import Mapping
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from otel_agents.cli.highlights import show_highlights
from otel_agents.demo.highlights import (
    Highlights,
    Rollout,
    Runaway,
    SentBack,
    Side,
    SlowTool,
    Unaccounted,
)
from otel_agents.semconv import RunOutcome

NOTHING = Highlights((), (), (), (), (), {})
LOOP = Runaway("scout", "g", "c-7", 1_000, 999, 5, 1.5, 0.002, 324.0, RunOutcome.ITERATION_LIMIT)
STABLE, CANARY = Side(("1.0",), 100, 1, 2.0), Side(("1.1-rc1",), 20, 5, 0.6)


def shown(changes: Mapping[str, Any], width: int = 200) -> list[str]:
    console = Console(file=StringIO(), width=width)
    show_highlights(NOTHING._replace(**changes), console)
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_nothing_is_said_where_nothing_stands_out() -> None:
    assert shown({}) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"outcomes": {RunOutcome.COMPLETED: 1_200, RunOutcome.GAVE_UP: 3}},
            "outcomes  of 1,203 runs: completed 1,200, gave up 3",
        ),
        (
            {"runaways": (LOOP,)},
            (
                "runaway  a run of scout in c-7 made 1,000 model calls (usually 5) and 999 tool "
                "calls: $1.50 (usually $0.0020), 5.4 min, then iteration limit"
            ),
        ),
        (
            {"rollouts": (Rollout("billing", "g", STABLE, CANARY),)},
            (
                "canary  billing 1.1-rc1: 25% of 20 runs missed their goal, $0.030 a run; "
                "stable 1.0: 1% of 100, $0.020 a run"
            ),
        ),
        (
            {"slow_tools": (SlowTool("fetch", 1_000, 12, 99.5),)},
            "timeouts  fetch: 12 of 1,000 calls, 99.5 s waited in vain",
        ),
        (
            {"sent_back": (SentBack("openai", "gpt-4o", 90, 8, 7),)},
            "rate limit  openai/gpt-4o: 8 of 90 calls sent back, 7 retried",
        ),
        (
            {"unaccounted": (Unaccounted("", "vllm", "llama", "self_hosted", 2, 1_234),)},
            "no price  (no agent): 2 calls, 1,234 tokens of vllm/llama (self hosted)",
        ),
    ],
)
def test_each_finding_is_a_sentence(changes: Mapping[str, Any], says: str) -> None:
    assert shown(changes) == ["", "What stands out", says]


@pytest.mark.parametrize(("canary", "style"), [(CANARY, "1;31"), (STABLE, "1")])
def test_a_canary_is_red_only_where_it_is_worse(canary: Side, style: str) -> None:
    console = Console(file=StringIO(), width=200, force_terminal=True, color_system="standard")
    show_highlights(NOTHING._replace(rollouts=(Rollout("b", "g", STABLE, canary),)), console)
    assert isinstance(console.file, StringIO)

    assert f"\x1b[{style}mcanary" in console.file.getvalue()


def test_a_label_stands_once_and_only_the_worst_are_shown() -> None:
    tools = tuple(SlowTool(f"t{number}", 9, 1, 1.0) for number in range(5))

    assert [line[:13].split() for line in shown({"slow_tools": tools})[2:]] == [
        ["timeouts", "t0:"],
        ["t1:"],
        ["t2:"],
    ]


def test_on_a_narrow_terminal_a_sentence_wraps_under_itself() -> None:
    lines = shown({"runaways": (LOOP,)}, width=60)[2:]

    assert len(lines) > 1
    assert all(line.startswith(" " * 9) for line in lines[1:])
    assert " ".join(" ".join(lines).split()) == " ".join(shown({"runaways": (LOOP,)})[2].split())
