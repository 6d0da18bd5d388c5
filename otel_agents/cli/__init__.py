"""The command line: `otel-agents`, one module a command."""

import sys
import traceback

import typer

from otel_agents.cli.demo import demo
from otel_agents.cli.inspect import inspect
from otel_agents.errors import OtelAgentsError

app = typer.Typer(
    name="otel-agents",
    help="What your AI agents did and what it cost, from the OpenTelemetry spans they emit.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command()(inspect)
app.command()(demo)


@app.callback()
def options(
    *,
    debug: bool = typer.Option(
        False, "--debug", envvar="OTEL_AGENTS_DEBUG", help="Show the traceback of an error."
    ),
) -> None:
    """Hold the options of every command; `main` reads them from the command line."""


def main() -> None:
    """Run the command line: exit 0 on success, 1 on a finding, 2 on bad usage or input."""
    try:
        app()
    except OtelAgentsError as error:
        print(f"otel-agents: {error}", file=sys.stderr)
        if "--debug" in sys.argv:
            traceback.print_exc()
        sys.exit(2)
    except BrokenPipeError:
        # The reader of the output has had enough, as with `| head`.
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
