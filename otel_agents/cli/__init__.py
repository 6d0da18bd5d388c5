"""The command line: `otel-agents`, one module a command."""

import io
import os
import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

import typer

from otel_agents.cli.demo import demo
from otel_agents.cli.inspect import inspect
from otel_agents.errors import OtelAgentsError

DEBUG = "OTEL_AGENTS_DEBUG"
NOT_SET = ("", "0", "false", "no", "off")

app = typer.Typer(
    name="otel-agents",
    help="What your AI agents did and what it cost, from the OpenTelemetry spans they emit.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command()(inspect)
app.command()(demo)


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(f"otel-agents {version('otel-agents')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    show_version: bool = typer.Option(
        False, "--version", callback=_tell_version, is_eager=True, help="Show the version."
    ),
    debug: bool = typer.Option(
        False, "--debug", envvar=DEBUG, help="Show the traceback of an error."
    ),
) -> None:
    """Hold the options of every command; `main` reads them from the command line."""


def main() -> None:
    """Run the command line: exit 0 on success, 1 on a finding, 2 on bad input."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        _run()
    except OtelAgentsError as error:
        _fail(str(error))
    except BrokenPipeError:
        # The reader of the output has had enough, as with `| head`.
        _drop_output()
        sys.exit(0)
    except OSError as error:
        _drop_output()
        _fail(f"the output cannot be written: {error.strerror}")


def _run() -> None:
    """Run the app and write out what it printed, so that a full disk shows here."""
    try:
        app(prog_name="otel-agents")
    except SystemExit as ended:
        # typer answers a broken pipe with 1, which here means a finding.
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None
        if sys.stdout is not None:
            sys.stdout.flush()
        raise


def _fail(problem: str) -> NoReturn:
    print(f"otel-agents: {problem}", file=sys.stderr)
    if "--debug" in sys.argv or os.environ.get(DEBUG, "0").lower() not in NOT_SET:
        traceback.print_exc()
    sys.exit(2)


def _drop_output() -> None:
    """Let nothing be written any more, or Python complains once again when it ends."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
