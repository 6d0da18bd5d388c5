"""The report as a person wants to see it: the money first."""

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from otel_agents.pipeline.durations import Durations
from otel_agents.pipeline.report import NO_GROUP, ActivityRow, ModelRow, Report, ToolRow
from otel_agents.semconv import RunOutcome

MAX_SHOWN = 20
"""Rows of a table; JSON has them all."""

NAME_WIDTH = 28
"""A name keeps so many columns at least: what can be missed goes first."""

MAX_REASONS = 5
"""Unpriced models told one by one."""

TEN_THOUSAND, MILLION = 10_000, 1_000_000
TEN_MS, LONG_S = 0.01, 100

PADDING = 2
"""Columns between two cells."""

Key = tuple[str, ...]


class Column(NamedTuple):
    """A column of numbers.

    Attributes:
        title: What stands above it.
        missable: On a narrow terminal the columns with the highest number are left out
            first; 0 stays.
    """

    title: str
    missable: int = 0


def show(report: Report, console: Console, only: str | None = None) -> None:
    """Print the report.

    Args:
        report: What to show.
        console: Where.
        only: Which table alone is wanted, such as ``agent``; None for the usual three.
    """
    _headline(report, console)
    tables: dict[str, Callable[[Report, int], Table]] = {
        "model": _models,
        "agent": _agents,
        "tool": _tools,
        "group": lambda r, width: _activities("Group", r, r.groups, width),
        "conversation": lambda r, width: _activities("Conversation", r, r.conversations, width),
        "tenant": lambda r, width: _activities("Tenant", r, r.tenants, width),
    }
    for name in (only,) if only else ("agent", "model", "tool"):
        table = tables[name](report, console.width)
        if table.row_count:
            console.print()
            console.print(table)
    _footnotes(report, console)


def money(cost_usd: Decimal) -> str:
    """Return an amount: in cents from a dollar up, else with two significant digits."""
    if cost_usd == 0 or abs(cost_usd) >= 1:
        return f"${cost_usd:,.2f}"
    if abs(cost_usd) < Decimal("0.00005"):
        return "<$0.0001"
    return f"${cost_usd:.{max(2, 1 - cost_usd.adjusted())}f}"


def tokens(count: int) -> str:
    """Return a number of tokens in at most six characters; JSON has it exactly."""
    if count < TEN_THOUSAND:
        return f"{count:,}"
    return f"{count / 1e3:.0f}k" if count < MILLION else f"{count / 1e6:.1f}M"


def seconds(durations: Durations, share: float) -> str:
    """Return a percentile in a unit that suits it."""
    value = durations.quantile(share)
    if value is None:
        return ""
    if value < 1:
        return f"{value * 1000:.{0 if value >= TEN_MS else 1}f} ms"
    return f"{value:.1f} s" if value < LONG_S else f"{value / 60:.1f} min"


def _headline(report: Report, console: Console) -> None:
    totals = report.totals
    calls = (
        f" for {totals['model_calls']:,} model calls · {tokens(totals['input_tokens'])} tokens in "
        f"({tokens(totals['cache_read_input_tokens'])} from cache) · "
        f"{tokens(totals['output_tokens'])} out"
    )
    console.print(Text.assemble((money(report.cost_usd), "bold green"), calls))
    line = Text(
        f"{totals['agent_runs']:,} agent runs · {totals['tool_calls']:,} tool calls · "
        f"{totals['handoffs']:,} hand-offs · "
    )
    line.append(f"{totals['errors']:,} errors", "red" if totals["errors"] else "")
    console.print(line)
    found = f"{totals['traces']:,} traces · {totals['spans']:,} spans"
    outcomes = sum((row.outcomes for row in report.groups.values()), Counter[str]())
    if set(outcomes) - {RunOutcome.UNKNOWN}:
        told = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in outcomes.most_common())
        found += f" · runs {told}"
    console.print(found, highlight=False)


def _models(report: Report, width: int) -> Table:
    columns = (
        Column("Calls"),
        Column("Errors"),
        Column("In"),
        Column("Cached", missable=3),
        Column("Out"),
        Column("Cost"),
        Column("Share", missable=2),
        Column("p50", missable=4),
        Column("p95", missable=1),
    )

    def cells(key: Key, row: ModelRow) -> list[str | Text]:
        incoming, outgoing, cached, _, _ = row.usage
        return [
            "/".join(part for part in key if part) or "(no model)",
            f"{row.calls:,}",
            _errors(row.errors),
            tokens(incoming),
            tokens(cached),
            tokens(outgoing),
            _cost(row),
            _share(row.cost_usd, report.cost_usd),
            seconds(row.durations, 0.5),
            seconds(row.durations, 0.95),
        ]

    rows = sorted(
        report.models.items(), key=lambda item: (-item[1].cost_usd, -item[1].calls, item[0])
    )
    return _table("Model", columns, (cells(key, row) for key, row in rows), width)


def _agents(report: Report, width: int) -> Table:
    return _activities("Agent", report, report.agents, width)


def _activities(title: str, report: Report, rows: dict[Key, ActivityRow], width: int) -> Table:
    columns = (
        Column("Runs"),
        Column("Errors"),
        Column("Calls"),
        Column("Tools", missable=2),
        Column("In", missable=4),
        Column("Out", missable=5),
        Column("Cost"),
        Column("Share", missable=1),
        Column("p50", missable=3),
        Column("p95"),
    )

    def cells(key: Key, row: ActivityRow) -> list[str | Text]:
        name, *group = key
        return [
            (name or f"(no {title.lower()})") + "".join(f" [{g}]" for g in group if g != NO_GROUP),
            f"{row.runs:,}",
            _errors(row.errors),
            f"{row.model_calls:,}",
            f"{row.tool_calls:,}",
            tokens(row.input_tokens),
            tokens(row.output_tokens),
            money(row.cost_usd),
            _share(row.cost_usd, report.cost_usd),
            seconds(row.durations, 0.5),
            seconds(row.durations, 0.95),
        ]

    ordered = sorted(rows.items(), key=lambda item: (-item[1].cost_usd, -item[1].runs, item[0]))
    return _table(title, columns, (cells(key, row) for key, row in ordered), width)


def _tools(report: Report, width: int) -> Table:
    columns = (Column("Calls"), Column("Errors"), Column("External"), Column("p50"), Column("p95"))

    def cells(key: Key, row: ToolRow) -> list[str | Text]:
        return [
            key[0] or "(no name)",
            f"{row.calls:,}",
            _errors(row.errors),
            "yes" if row.external else "",
            seconds(row.durations, 0.5),
            seconds(row.durations, 0.95),
        ]

    rows = sorted(report.tools.items(), key=lambda item: (-item[1].calls, item[0]))
    return _table("Tool", columns, (cells(key, row) for key, row in rows), width)


def _footnotes(report: Report, console: Console) -> None:
    if report.totals["spans"] and not report.dialects:
        console.print("[yellow]No span here is about an agent[/] in a dialect that is known.")
    unpriced = report.totals["unpriced_calls"]
    if unpriced:
        console.print()
        console.print(f"[yellow]{unpriced:,} calls have no price[/] and are not in the sums:")
        for (provider, model, reason), calls in report.unpriced.most_common(MAX_REASONS):
            name = _plain("/".join(part for part in (provider, model) if part)) or "(no model)"
            console.print(Text(f"  {name}: {calls:,} × {reason.replace('_', ' ')}"))
        if len(report.unpriced) > MAX_REASONS:
            console.print(f"  and {len(report.unpriced) - MAX_REASONS:,} more", style="dim")
        console.print("  name them in a price ledger: --ledger FILE", style="dim")
    refused = report.totals["refused_spans"]
    if refused:
        reasons = ", ".join(f"{n:,} × {reason}" for reason, n in report.refused.most_common())
        console.print(f"[yellow]{refused:,} spans refused[/]: {reasons}")


def _table(
    first: str, columns: tuple[Column, ...], rows: Iterable[list[str | Text]], width: int
) -> Table:
    ordered = [[_text(cell) for cell in cells] for cells in rows]
    shown = ordered[:MAX_SHOWN]
    kept, name_width = _fit(columns, shown, width)
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, PADDING, 0, 0))
    table.add_column(first, overflow="ellipsis", no_wrap=True, max_width=name_width)
    for number in kept:
        table.add_column(columns[number - 1].title, justify="right", no_wrap=True)
    for cells in shown:
        table.add_row(cells[0], *(cells[number] for number in kept))
    if len(ordered) > MAX_SHOWN:
        left = len(ordered) - MAX_SHOWN
        table.caption = f"and {left:,} more; --format json has them all"
        table.caption_justify = "left"
    return table


def _fit(columns: tuple[Column, ...], rows: list[list[Text]], width: int) -> tuple[list[int], int]:
    """Return the numbers of the columns that fit, and how wide the name may be."""
    widths = {
        number: max([len(column.title), *(row[number].cell_len for row in rows)]) + PADDING
        for number, column in enumerate(columns, start=1)
    }
    names = max((row[0].cell_len for row in rows), default=0)
    while True:
        left = width - sum(widths.values()) - PADDING
        missable = max(widths, key=lambda number: columns[number - 1].missable)
        if left >= min(names, NAME_WIDTH) or not columns[missable - 1].missable:
            return list(widths), max(left, 1)
        del widths[missable]


def _text(cell: str | Text) -> Text:
    return Text(_plain(cell)) if isinstance(cell, str) else cell


def _plain(name: str) -> str:
    """Show no control character: names come from the wire, and a terminal obeys them."""
    return name if name.isprintable() else "".join(c if c.isprintable() else "�" for c in name)


def _errors(errors: int) -> Text:
    return Text(f"{errors:,}", "bold red") if errors else Text("0", "dim")


def _cost(row: ModelRow) -> Text:
    if row.unpriced_calls and row.unpriced_calls == row.calls:
        return Text("unpriced", "yellow")
    return Text(money(row.cost_usd) + ("*" if row.unpriced_calls else ""))


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole:.0%}" if whole else ""
