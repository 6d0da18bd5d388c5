"""The report as a person sees it at a terminal."""

import io
from decimal import Decimal

import pytest
from rich.console import Console

from otel_agents.cli.report_table import MAX_SHOWN, money, seconds, show, tokens
from otel_agents.errors import SpanRefused
from otel_agents.pipeline.durations import Durations
from otel_agents.pipeline.inspection import Inspection
from otel_agents.pipeline.report import Report
from otel_agents.pricing import PriceBook
from otel_agents.record import SpanRecord
from tests.trees import record, trace

BOOK = PriceBook()
FLEET = """
agent support group=shop outcome=completed
  chat gpt-4o provider=openai in=1000000 out=100000 read=200000
  tool search
    http host=example.org
agent helper outcome=gave_up
  chat gpt-4o-mini provider=openai in=1000 out=100 !
  chat nobodys-1 in=5
"""


def report(records: list[SpanRecord]) -> Report:
    inspection = Inspection(BOOK)
    for span in records:
        inspection.take(span)
    inspection.finish()
    return inspection.report


def shown(
    what: Report, only: str | None = None, *, width: int = 140, terminal: bool = False
) -> list[str]:
    out = io.StringIO()
    show(what, Console(file=out, width=width, force_terminal=terminal), only)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_the_money_comes_first_and_everything_fits_one_page() -> None:
    assert shown(report(trace(FLEET))) == [
        "$3.25 for 3 model calls · 1.0M tokens in (200k from cache) · 100k out",
        "2 agent runs · 1 tool calls · 0 hand-offs · 1 errors",
        "1 traces · 7 spans · runs 1 completed, 1 gave up",
        "",
        "Agent           Runs  Errors  Calls  Tools     In   Out      Cost  Share    p50    p95",
        "support [shop]     1       0      1      1   1.0M  100k     $3.25   100%  1.0 s  1.0 s",
        "helper             1       0      2      0  1,005   100  $0.00021     0%  1.0 s  1.0 s",
        "",
        "Model               Calls  Errors     In  Cached   Out      Cost  Share    p50    p95",
        "openai/gpt-4o           1       0   1.0M    200k  100k     $3.25   100%  1.0 s  1.0 s",
        "openai/gpt-4o-mini      1       1  1,000       0   100  $0.00021     0%  1.0 s  1.0 s",
        "nobodys-1               1       0      5       0     0  unpriced     0%  1.0 s  1.0 s",
        "",
        "Tool    Calls  Errors  External    p50    p95",
        "search      1       0       yes  1.0 s  1.0 s",
        "",
        "1 calls have no price and are not in the sums:",
        "  nobodys-1: 1 × unknown model",
        "  name them in a price ledger: --ledger FILE",
    ]


@pytest.mark.parametrize(
    ("only", "title"),
    [
        ("agent", "Agent "),
        ("group", "Group "),
        ("model", "Model "),
        ("tool", "Tool "),
        ("conversation", "Conversation "),
        ("tenant", "Tenant "),
    ],
)
def test_one_table_alone(only: str, title: str) -> None:
    lines = shown(report(trace(FLEET)), only)

    assert [line for line in lines if "p95" in line] == [line for line in lines if title in line]
    assert lines[4].startswith(title)


def test_on_a_narrow_terminal_a_table_keeps_names_errors_and_money() -> None:
    lines = shown(report(trace(FLEET)), "model", width=60)

    assert all(len(line) <= 60 for line in lines)
    assert lines[5].split() == ["Model", "Calls", "Errors", "In", "Out", "Cost"]
    assert lines[6].startswith("openai/gpt-4o ")


def test_a_long_name_is_cut_with_a_sign() -> None:
    lines = shown(report(trace("chat " + "m" * 200)), "model", width=80)

    assert "m…" in lines[5]
    assert all(len(line) <= 80 for line in lines)


def test_a_table_shows_so_many_rows_and_says_how_many_more_there_are() -> None:
    many = report(trace("\n".join(f"tool t{number:02}" for number in range(MAX_SHOWN + 3))))
    lines = shown(many, "tool")

    assert sum(line.startswith("t") for line in lines) == MAX_SHOWN
    assert "and 3 more; --format json has them all" in lines


def test_errors_are_red_on_a_terminal_only() -> None:
    fleet = report(trace(FLEET))

    assert any("\x1b[1;31m     1\x1b[0m" in line for line in shown(fleet, terminal=True))
    assert not any("\x1b" in line for line in shown(fleet))


EVIL = {
    "markup": ("[/]", "[/]"),
    "more markup": ("[red]x[/red]", "[red]x[/red]"),
    "a link": ("[link=http://evil]x[/link]", "[link=http://evil]x[/link]"),
    "colour": ("\x1b[31mx", "�[31mx"),
    "a title": ("\x1b]0;owned\x07", "�]0;owned�"),
    "a line": ("a\nb", "a�b"),
    "a carriage return": ("a\rb", "a�b"),
    "text from right to left": ("a\u202eb", "a�b"),
    "half a character": ("a\ud800b", "a�b"),
    "one more row": ("a\x85b\u2028c", "a�b�c"),
}


@pytest.mark.parametrize(("name", "seen"), EVIL.values(), ids=list(EVIL))
def test_a_name_from_the_wire_does_nothing_to_the_terminal(name: str, seen: str) -> None:
    spans = [
        record({"gen_ai.operation.name": "chat", "gen_ai.request.model": name}, span_id=1),
        record({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name}, span_id=2),
        record({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}, span_id=3),
    ]
    lines = shown(report(spans))

    assert sum(seen in line for line in lines) == 4
    assert "".join(lines).replace("�", "").isprintable()


def test_of_many_unpriced_models_the_first_few_are_told() -> None:
    many = report(trace("\n".join(f"chat nobodys-{number} in=1" for number in range(7))))
    lines = shown(many, "tool")

    assert "7 calls have no price and are not in the sums:" in lines
    assert sum(line.startswith("  nobodys-") for line in lines) == 5
    assert "  and 2 more" in lines


def test_a_model_of_which_some_calls_have_no_price_has_a_star() -> None:
    mixed = report(trace("chat gpt-4o provider=openai in=1000000\nchat gpt-4o provider=openai"))

    assert "$2.50*" in shown(mixed, "model")[5]


def test_refused_spans_are_told_with_their_reasons() -> None:
    told = Report()
    for reason in ("bad_start", "bad_token_count", "bad_start"):
        told.refuse(SpanRefused(reason, ""))

    assert shown(told)[-1] == "3 spans refused: 2 × bad_start, 1 × bad_token_count"


def test_spans_without_any_agent_are_no_silent_zero() -> None:
    assert shown(report(trace("http")))[-1].startswith("No span here is about an agent")
    assert not any("No span" in line for line in shown(report(trace("agent a"))))


AMOUNTS = {
    "0": "$0.00",
    "0.00001": "<$0.0001",
    "0.0004455": "$0.00045",
    "0.012": "$0.012",
    "0.5": "$0.50",
    "0.996": "$1.00",
    "1": "$1.00",
    "1234.567": "$1,234.57",
    "-1.5": "$-1.50",
}


@pytest.mark.parametrize(("amount", "written"), AMOUNTS.items())
def test_money(amount: str, written: str) -> None:
    assert money(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0"), (9999, "9,999"), (10_000, "10k"), (999_499, "999k"), (1_000_000, "1.0M")],
)
def test_numbers_of_tokens(count: int, written: str) -> None:
    assert tokens(count) == written


@pytest.mark.parametrize(
    ("duration_s", "written"),
    [
        (0.0, "0.0 ms"),
        (0.0042, "4.2 ms"),
        (0.42, "420 ms"),
        (4.2, "4.2 s"),
        (99.9, "99.9 s"),
        (240, "4.0 min"),
        (None, ""),
    ],
)
def test_percentiles(duration_s: float | None, written: str) -> None:
    durations = Durations()
    if duration_s is not None:
        durations.add(duration_s)

    assert seconds(durations, 0.5) == written
