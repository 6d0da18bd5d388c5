"""`otel-agents inspect`: what is in these traces, and what it cost."""

import gc
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from otel_agents.cli.progress import reading
from otel_agents.cli.report_json import document
from otel_agents.cli.report_table import show
from otel_agents.cli.sizes import size
from otel_agents.errors import SpanRefused
from otel_agents.otlp.files import read
from otel_agents.pipeline.inspection import Inspection
from otel_agents.pipeline.normalize import Options as NormalizerOptions
from otel_agents.pipeline.tally import Options as TallyOptions
from otel_agents.pricing import Ledger, PriceBook

SHOWN_REFUSALS = 5
"""Refused spans told one by one; the rest is a number."""


class Format(StrEnum):
    """How a command answers."""

    TABLE = "table"
    JSON = "json"


class GroupBy(StrEnum):
    """Which table is wanted."""

    AGENT = "agent"
    GROUP = "group"
    MODEL = "model"
    TOOL = "tool"
    CONVERSATION = "conversation"
    TENANT = "tenant"


def inspect(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="OTLP traces: JSON (one document or lines) or protobuf, plain, gzip or zstd; "
            "[bold]-[/] is standard input.",
        ),
    ],
    *,
    output: Annotated[
        Format, typer.Option("--format", "-f", help="A table for people or JSON for programs.")
    ] = Format.TABLE,
    ledger: Annotated[
        Path | None,
        typer.Option(envvar="OTEL_AGENTS_LEDGER", help="Your own prices, as YAML."),
    ] = None,
    group_by: Annotated[
        GroupBy | None, typer.Option(help="Show this table only.", show_default="all of them")
    ] = None,
    group_key: Annotated[
        list[str] | None,
        typer.Option(help="Attribute that names an agent's group; may be given again."),
    ] = None,
    tenant_key: Annotated[
        list[str] | None,
        typer.Option(help="Attribute that names the customer; may be given again."),
    ] = None,
    max_memory: Annotated[
        str,
        typer.Option(
            envvar="OTEL_AGENTS_INSPECT_MAX_MEMORY",
            help="How much open traces may take; past it the oldest are closed.",
        ),
    ] = "64MiB",
) -> None:
    """Say what is in these traces: money, models, agents, tools.

    Reads any number of files as one, streaming: [bold]otel-agents inspect traces.json[/], or
    [bold]kubectl exec collector -- cat /data/traces | otel-agents inspect -[/].
    """
    book = PriceBook(Ledger.load(ledger) if ledger else None)
    inspection = Inspection(
        book,
        normalizer=_normalizer(group_key, tenant_key),
        tally=TallyOptions(delay_ns=None, max_bytes=size("--max-memory", max_memory)),
    )
    refusals: list[str] = []

    def refuse(refusal: SpanRefused) -> None:
        inspection.refuse(refusal)
        if len(refusals) < SHOWN_REFUSALS:
            refusals.append(str(refusal))

    # Nothing below makes reference cycles in number, and a collection walks all open traces.
    gc.disable()
    with reading(files) as on_progress:
        for source in files:
            for record in read(source, on_refused=refuse, on_progress=on_progress(source)):
                inspection.take(record)
    statistics = inspection.finish()
    for line in refusals:
        print(f"otel-agents: refused: {line}", file=sys.stderr)
    if statistics.settled_early:
        print(
            f"otel-agents: {statistics.settled_early} of {statistics.traces} traces were closed "
            f"before the end of input to stay within --max-memory {max_memory}; a span that came "
            "after that is counted without its trace",
            file=sys.stderr,
        )
    if output is Format.JSON:
        print(json.dumps(document(inspection.report), indent=2, ensure_ascii=False))
    else:
        show(inspection.report, Console(), group_by and group_by.value)


def _normalizer(group_key: list[str] | None, tenant_key: list[str] | None) -> NormalizerOptions:
    default = NormalizerOptions()
    return NormalizerOptions(
        group_keys=tuple(group_key or default.group_keys),
        tenant_keys=tuple(tenant_key or default.tenant_keys),
    )
