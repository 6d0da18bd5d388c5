"""`otel-agents demo`: a simulated fleet through the real pipeline, offline."""

import json
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from otel_agents._clock import SystemClock
from otel_agents.cli.highlights import show_highlights
from otel_agents.cli.report_json import document
from otel_agents.cli.report_table import show
from otel_agents.demo.day import DAY_S, Day, Options
from otel_agents.demo.fleet import FLEET
from otel_agents.errors import ConfigError
from otel_agents.pricing import Ledger, PriceBook

PROGRAM = "otel-agents"
DEFAULT = Options()


class Format(StrEnum):
    """How the demo answers."""

    TABLE = "table"
    JSON = "json"


def demo(
    *,
    seed: Annotated[
        int, typer.Option(help="Which day it is: the same seed is the same day.")
    ] = DEFAULT.seed,
    runs: Annotated[
        int, typer.Option(help="How many tasks the fleet is given.", min=1)
    ] = DEFAULT.runs,
    output: Annotated[
        Format, typer.Option("--format", "-f", help="A picture for people or JSON for programs.")
    ] = Format.TABLE,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the spans as OTLP/JSON, a line a trace."),
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(envvar="OTEL_AGENTS_LEDGER", help="Your own prices, as YAML."),
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Let the day end now, not on 2 November 2026.")
    ] = False,
) -> None:
    """Show a simulated fleet: real spans, the real pipeline, no network, no money."""
    from otel_agents.demo.simulation import simulate

    options = Options(seed=seed, runs=runs, start_ns=_start_ns(now=now))
    book = PriceBook(Ledger.load(ledger) if ledger else None)
    with _written(out) as file, _progress(runs) as on_progress:
        day = simulate(options, book, out=file, on_progress=on_progress)
    if output is Format.JSON:
        answer = document(day.report) | {"highlights": _plain(day.highlights)}
        print(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        _picture(day, options, out)


def _start_ns(*, now: bool) -> int:
    return SystemClock().now_ns() - DAY_S * 10**9 if now else DEFAULT.start_ns


@contextmanager
def _written(out: Path | None) -> Iterator[TextIO | None]:
    """Open the file for the spans, if one is wanted."""
    if out is None:
        yield None
        return
    try:
        with out.open("w", encoding="utf-8") as file:
            yield file
    except OSError as error:
        expected = f"a file that can be written ({error.strerror})"
        raise ConfigError("--out", str(out), expected) from None


@contextmanager
def _progress(runs: int) -> Iterator[Callable[[int], None]]:
    """Show how far the day is, on a terminal only."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("the fleet at work", total=runs)
        yield lambda done: progress.update(task, completed=done)


def show_day(day: Day, options: Options, console: Console) -> None:
    """Print what the fleet did and what stands out."""
    agents = sum(len(group.agents) for group in FLEET)
    console.print(
        f"A simulated day: {agents} agents in {len(FLEET)} groups, {options.runs:,} tasks, seed "
        f"{options.seed}. Nothing left this machine.",
        highlight=False,
    )
    console.print()
    show(day.report, console)
    show_highlights(day.highlights, console)


def _picture(day: Day, options: Options, out: Path | None) -> None:
    console = Console()
    show_day(day, options, console)
    console.print()
    console.print("[bold]What next[/]")
    commands = list(_next(out))
    width = max(len(command) for command, _ in commands)
    for command, purpose in commands:
        line = Text.assemble(f"  {command:{width}}", (f"  # {purpose}", "dim"))
        # A command is copied, so it is never broken: the terminal wraps it, if it must.
        console.print(line, soft_wrap=True)


def _next(out: Path | None) -> Iterator[tuple[str, str]]:
    program = _program()
    file = shlex.quote(str(out or "demo.jsonl"))
    if out is None:
        yield f"{program} demo --out {file}", "keep the spans"
    yield f"{program} inspect {file} --group-by tenant", "by customer"
    yield f"{program} inspect YOUR-TRACES.json", "your own agents"
    if Path("Makefile").is_file():
        yield "make test", "run the tests"


def _program() -> str:
    """Return what the user types to start this program."""
    started = sys.argv[0]
    if Path(started).name != PROGRAM or shutil.which(PROGRAM) == started:
        return PROGRAM
    return started


def _plain(value: object) -> object:
    """Return named tuples as JSON objects."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(item) for name, item in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
