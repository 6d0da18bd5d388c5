"""`otel-agents inspect`: what is in these traces, and what it cost."""

import gc
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
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
from otel_agents.pipeline.tally import Statistics
from otel_agents.pricing import Ledger, PriceBook
from otel_agents.record import SpanRecord

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
    refused: list[str] = []
    skipped: Counter[str] = Counter()

    def skip(signal: str) -> None:
        skipped[signal] += 1

    def refuse(source: str, refusal: SpanRefused) -> None:
        inspection.refuse(refusal)
        _note(refused, f"{source}: {refusal}")

    with _uncollected(), reading(files) as on_progress:
        for source in files:
            refuse_here, progress = partial(refuse, source), on_progress(source)
            spans = read(source, on_refused=refuse_here, on_progress=progress, on_skipped=skip)
            for record in spans:
                refusal = inspection.take(record)
                if refusal is not None:
                    _note(refused, f"{source}: {_place(record)}: {refusal}")
    statistics = inspection.finish()
    _tell(refused, inspection.report.totals["refused_spans"], statistics, max_memory)
    for signal, documents in skipped.items():
        _warn(f"passed over {documents:,} documents of {signal}; only traces are read")
    if output is Format.JSON:
        print(json.dumps(document(inspection.report), indent=2, ensure_ascii=False))
    else:
        show(inspection.report, Console(), group_by and group_by.value)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage: reading makes few reference cycles, and every open trace is walked."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _note(refused: list[str], line: str) -> None:
    if len(refused) < SHOWN_REFUSALS:
        refused.append(line)


def _place(record: SpanRecord) -> str:
    return f"span {record.span_id:016x} of trace {record.trace_id:032x}"


def _tell(refused: list[str], refusals: int, statistics: Statistics, max_memory: str) -> None:
    """Say on stderr what of the input is not in the answer as one would think."""
    lines = [f"refused: {line}" for line in refused]
    if refusals > len(refused):
        lines.append(f"refused: {refusals - len(refused):,} spans more")
    if statistics.repeated_spans:
        lines.append(f"{statistics.repeated_spans:,} spans came again and are counted once")
    if statistics.settled_early:
        lines.append(
            f"{statistics.settled_early:,} of {statistics.traces:,} traces were closed before "
            f"the end of input to stay within --max-memory {max_memory}; a span that came after "
            "that is counted without its trace"
        )
    for line in lines:
        _warn(line)


def _warn(line: str) -> None:
    print(f"otel-agents: {line}", file=sys.stderr)


def _normalizer(group_key: list[str] | None, tenant_key: list[str] | None) -> NormalizerOptions:
    default = NormalizerOptions()
    return NormalizerOptions(
        group_keys=tuple(group_key or default.group_keys),
        tenant_keys=tuple(tenant_key or default.tenant_keys),
    )
