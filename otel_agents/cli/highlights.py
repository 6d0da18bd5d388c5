"""What a person should notice, in sentences."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from otel_agents.cli.report_table import money
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

SHOWN = 3
"""Findings of one kind; the worst come first."""

MINUTES_FROM_S = 100
"""Longer durations are told in minutes."""


def show_highlights(highlights: Highlights, console: Console) -> None:
    """Print what stands out, if anything does."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for label, style, sentences in _findings(highlights):
        for number, sentence in enumerate(sentences):
            table.add_row(Text("" if number else label, style), Text(sentence))
    if table.row_count:
        console.print()
        console.print("[bold]What stands out[/]")
        console.print(table)


def _findings(found: Highlights) -> Iterator[tuple[str, str, list[str]]]:
    yield "outcomes", "bold", list(_outcomes(found.outcomes))
    yield "runaway", "bold red", list(map(_runaway, found.runaways[:SHOWN]))
    worse = any(map(_worse, found.rollouts))
    yield "canary", "bold red" if worse else "bold", list(map(_rollout, found.rollouts[:SHOWN]))
    yield "timeouts", "bold yellow", list(map(_slow_tool, found.slow_tools[:SHOWN]))
    yield "rate limit", "bold yellow", list(map(_sent_back, found.sent_back[:SHOWN]))
    yield "no price", "bold yellow", list(map(_unaccounted, found.unaccounted[:SHOWN]))


def _outcomes(outcomes: Mapping[RunOutcome, int]) -> Iterator[str]:
    runs = sum(outcomes.values())
    if runs:
        ends = (f"{outcome.value.replace('_', ' ')} {n:,}" for outcome, n in outcomes.items())
        yield f"of {runs:,} runs: " + ", ".join(ends)


def _runaway(run: Runaway) -> str:
    usually = f"{run.usual_calls:g}"
    where = f" in {run.conversation}" if run.conversation else ""
    return (
        f"a run of {run.agent}{where} made {run.calls:,} model calls (usually {usually}) and "
        f"{run.tools:,} tool calls: {_usd(run.cost_usd)} (usually {_usd(run.usual_cost_usd)}), "
        f"{_time(run.duration_s)}, then {run.outcome.value.replace('_', ' ')}"
    )


def _rollout(rollout: Rollout) -> str:
    stable, canary = rollout.stable, rollout.canary
    return (
        f"{rollout.agent} {_versions(canary)}: {canary.unsuccessful_share:.0%} of "
        f"{canary.runs:,} runs missed their goal, {_usd(canary.run_cost_usd)} a run; stable "
        f"{_versions(stable)}: {stable.unsuccessful_share:.0%} of {stable.runs:,}, "
        f"{_usd(stable.run_cost_usd)} a run"
    )


def _worse(rollout: Rollout) -> bool:
    return rollout.canary.unsuccessful_share > rollout.stable.unsuccessful_share


def _slow_tool(tool: SlowTool) -> str:
    return (
        f"{tool.tool}: {tool.timeouts:,} of {tool.calls:,} calls, "
        f"{_time(tool.waited_s)} waited in vain"
    )


def _sent_back(model: SentBack) -> str:
    return (
        f"{model.provider}/{model.model}: {model.rate_limited:,} of {model.calls:,} calls "
        f"sent back, {model.retried:,} retried"
    )


def _unaccounted(spent: Unaccounted) -> str:
    return (
        f"{spent.agent or '(no agent)'}: {spent.calls:,} calls, {spent.tokens:,} tokens of "
        f"{spent.provider}/{spent.model} ({spent.reason.replace('_', ' ')})"
    )


def _versions(side: Side) -> str:
    return ", ".join(side.versions)


def _usd(cost_usd: float) -> str:
    return money(Decimal(repr(cost_usd)))


def _time(duration_s: float) -> str:
    return f"{duration_s:.1f} s" if duration_s < MINUTES_FROM_S else f"{duration_s / 60:.1f} min"
