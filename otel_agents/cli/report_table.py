"""The report as a person wants to see it: the money first."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from otel_agents.pipeline.durations import Durations
from otel_agents.pipeline.report import ActivityRow, ModelRow, Report, ToolRow

MAX_SHOWN = 20
"""Rows of a table; JSON has them all."""


def show(report: Report, console: Console, only: str | None = None) -> None:
    """Print the report.

    Args:
        report: What to show.
        console: Where.
        only: Which table alone is wanted, such as ``agent``; None for the usual three.
    """
    _headline(report, console)
    tables: dict[str, Callable[[Report], Table]] = {
        "model": _models,
        "agent": _agents,
        "tool": _tools,
        "group": lambda r: _activities("Group", r, _by_name(r.groups)),
        "conversation": lambda r: _activities("Conversation", r, _by_name(r.conversations)),
        "tenant": lambda r: _activities("Tenant", r, _by_name(r.tenants)),
    }
    for name in (only,) if only else ("model", "agent", "tool"):
        table = tables[name](report)
        if table.row_count:
            console.print()
            console.print(table)
    _footnotes(report, console)


def money(cost_usd: Decimal) -> str:
    """Return an amount with as many digits as it needs: cents, or two significant ones."""
    if cost_usd == 0 or cost_usd >= 1:
        return f"${cost_usd:,.2f}"
    return f"${cost_usd:.{max(2, 1 - cost_usd.adjusted())}f}"


def seconds(durations: Durations, share: float) -> str:
    """Return a percentile in a unit that suits it."""
    value = durations.quantile(share)
    if value is None:
        return ""
    if value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.1f} s" if value < 100 else f"{value / 60:.1f} min"


def _headline(report: Report, console: Console) -> None:
    totals = report.totals
    console.print(
        Text.assemble(
            (money(report.cost_usd), "bold green"),
            f" for {totals['model_calls']:,} model calls, "
            f"{totals['input_tokens']:,} tokens in "
            f"({totals['cache_read_input_tokens']:,} from cache), "
            f"{totals['output_tokens']:,} out",
        )
    )
    parts = [
        f"{totals['agent_runs']:,} agent runs",
        f"{totals['tool_calls']:,} tool calls",
        f"{totals['handoffs']:,} hand-offs",
    ]
    line = Text(" · ".join(parts) + " · ")
    line.append(f"{totals['errors']:,} errors", "red" if totals["errors"] else "")
    line.append(f" · {totals['traces']:,} traces · {totals['spans']:,} spans")
    console.print(line)


def _models(report: Report) -> Table:
    table = _table("Model", "Calls", "Errors", "In", "Cached", "Out", "Cost", "Share", "p50", "p95")

    def cells(key: tuple[str, ...], row: ModelRow) -> list[str | Text]:
        return [
            "/".join(part for part in key if part) or "(no model)",
            f"{row.calls:,}",
            _errors(row.errors),
            f"{row.usage[0]:,}",
            f"{row.usage[2]:,}",
            f"{row.usage[1]:,}",
            _cost(row.cost_usd, row.unpriced_calls, row.calls),
            _share(row.cost_usd, report.cost_usd),
            seconds(row.durations, 0.5),
            seconds(row.durations, 0.95),
        ]

    rows = sorted(report.models.items(), key=lambda item: (-item[1].cost_usd, -item[1].calls))
    _fill(table, (cells(key, row) for key, row in rows))
    return table


def _agents(report: Report) -> Table:
    def name(key: tuple[str, ...]) -> str:
        agent, group = key
        return (agent or "(no agent)") + (f" [{group}]" if group != "none" else "")

    return _activities("Agent", report, {name(key): row for key, row in report.agents.items()})


def _activities(title: str, report: Report, rows: dict[str, ActivityRow]) -> Table:
    table = _table(
        title, "Runs", "Errors", "Calls", "Tools", "In", "Out", "Cost", "Share", "p50", "p95"
    )

    def cells(name: str, row: ActivityRow) -> list[str | Text]:
        return [
            name or "(none)",
            f"{row.runs:,}",
            _errors(row.errors),
            f"{row.model_calls:,}",
            f"{row.tool_calls:,}",
            f"{row.input_tokens:,}",
            f"{row.output_tokens:,}",
            money(row.cost_usd),
            _share(row.cost_usd, report.cost_usd),
            seconds(row.durations, 0.5),
            seconds(row.durations, 0.95),
        ]

    ordered = sorted(rows.items(), key=lambda item: (-item[1].cost_usd, -item[1].runs))
    _fill(table, (cells(name, row) for name, row in ordered))
    return table


def _tools(report: Report) -> Table:
    table = _table("Tool", "Calls", "Errors", "External", "p50", "p95")

    def cells(key: tuple[str, ...], row: ToolRow) -> list[str | Text]:
        return [
            key[0] or "(no name)",
            f"{row.calls:,}",
            _errors(row.errors),
            "yes" if row.external else "",
            seconds(row.durations, 0.5),
            seconds(row.durations, 0.95),
        ]

    rows = sorted(report.tools.items(), key=lambda item: -item[1].calls)
    _fill(table, (cells(key, row) for key, row in rows))
    return table


def _footnotes(report: Report, console: Console) -> None:
    unpriced = report.totals["unpriced_calls"]
    if unpriced:
        console.print()
        console.print(f"[yellow]{unpriced:,} calls have no price[/] and are not in the sums:")
        for (provider, model, reason), calls in report.unpriced.most_common(5):
            name = "/".join(part for part in (provider, model) if part) or "(no model)"
            console.print(f"  {name}: {calls:,} × {reason.replace('_', ' ')}", highlight=False)
        console.print("  name them in a price ledger: --ledger FILE", style="dim")
    refused = report.totals["refused_spans"]
    if refused:
        reasons = ", ".join(f"{n:,} × {reason}" for reason, n in report.refused.most_common())
        console.print(f"[yellow]{refused:,} spans refused[/]: {reasons}")


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _fill(table: Table, rows: Iterable[list[str | Text]]) -> None:
    left = 0
    for number, cells in enumerate(rows):
        if number < MAX_SHOWN:
            table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))
        else:
            left += 1
    if left:
        table.add_row(Text(f"and {left:,} more (--format json has them all)", "dim"))


def _by_name(rows: dict[tuple[str, ...], ActivityRow]) -> dict[str, ActivityRow]:
    return {key[0]: row for key, row in rows.items()}


def _errors(errors: int) -> Text:
    return Text(f"{errors:,}", "bold red") if errors else Text("0", "dim")


def _cost(cost_usd: Decimal, unpriced: int, calls: int) -> Text:
    if unpriced and unpriced == calls:
        return Text("unpriced", "yellow")
    return Text(money(cost_usd) + ("*" if unpriced else ""))


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole:.0%}" if whole else ""
