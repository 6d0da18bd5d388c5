"""The shape of the JSON."""

import json
import random
from decimal import Decimal

from otel_agents.cli.report_json import TOTALS, document
from otel_agents.pipeline.inspection import Inspection
from otel_agents.pipeline.report import Report
from otel_agents.pricing import PriceBook
from otel_agents.record import SpanRecord
from tests.trees import trace

BOOK = PriceBook()
FLEET = """
agent b group=g conversation=c tenant=t outcome=completed
  chat gpt-4o provider=openai in=1000 out=100 read=10
  chat gpt-4o-mini provider=openai in=1000 out=100
  tool search
agent a
  chat nobody in=5 !
  tool zebra !
  tool apple
  handoff b
agent c outcome=gave_up
"""
MODEL = (
    *("provider", "model", "calls", "errors", "input_tokens", "output_tokens"),
    *("cache_read_input_tokens", "cache_write_input_tokens", "reasoning_output_tokens"),
    *("cost_usd", "unpriced_calls", "p50_s", "p95_s"),
)
ACTIVITY = (
    *("runs", "errors", "outcomes", "model_calls", "tool_calls", "input_tokens"),
    *("output_tokens", "cost_usd", "p50_s", "p95_s"),
)
SHAPE = {
    "models": MODEL,
    "agents": ("agent", "group", *ACTIVITY),
    "groups": ("group", *ACTIVITY),
    "conversations": ("conversation", *ACTIVITY),
    "tenants": ("tenant", *ACTIVITY),
    "tools": ("tool", "calls", "errors", "external", "p50_s", "p95_s"),
    "unpriced": ("provider", "model", "reason", "calls"),
}


def report(records: list[SpanRecord]) -> Report:
    inspection = Inspection(BOOK)
    for span in records:
        inspection.take(span)
    inspection.finish()
    return inspection.report


WHOLE = document(report(trace(FLEET)))


def test_the_tables_and_their_keys_are_those_that_are_promised() -> None:
    shape = {key: tuple(rows[0]) for key, rows in WHOLE.items() if isinstance(rows, list)}

    assert list(WHOLE) == ["totals", *SHAPE, "dialects", "refused"]
    assert shape == SHAPE
    assert all(tuple(row) == SHAPE[table] for table in SHAPE for row in WHOLE[table])


def test_totals_have_every_key_even_where_there_was_nothing() -> None:
    nothing = document(Report())

    assert (
        *("traces", "spans", "agent_runs", "model_calls", "tool_calls", "handoffs", "errors"),
        *("input_tokens", "output_tokens", "cache_read_input_tokens"),
        *("cache_write_input_tokens", "reasoning_output_tokens"),
        *("cost_usd", "unpriced_calls", "suppressed_calls", "refused_spans"),
    ) == TOTALS
    assert nothing["totals"] == dict.fromkeys(TOTALS, 0)
    assert all(nothing[key] == [] for key in SHAPE)


def test_totals_are_the_sums_of_the_rows() -> None:
    totals = WHOLE["totals"]
    sums = {
        name: sum(row[name] for row in WHOLE["models"])
        for name in ("input_tokens", "output_tokens", "cache_read_input_tokens", "unpriced_calls")
    }

    assert sums == {name: totals[name] for name in sums}
    assert totals["agent_runs"] == sum(row["runs"] for row in WHOLE["agents"]) == 3
    assert totals["errors"] == sum(
        row["errors"] for table in ("models", "agents", "tools") for row in WHOLE[table]
    )


def test_the_dearest_row_comes_first_then_the_busiest_then_the_first_by_name() -> None:
    assert [row["model"] for row in WHOLE["models"]] == ["gpt-4o", "gpt-4o-mini", "nobody"]
    assert [row["agent"] for row in WHOLE["agents"]] == ["b", "a", "c"]
    assert [row["tool"] for row in WHOLE["tools"]] == ["apple", "search", "zebra"]


def test_the_order_of_spans_changes_no_character() -> None:
    records = trace(FLEET)
    random.Random(7).shuffle(records)

    assert json.dumps(document(report(records))) == json.dumps(WHOLE)


def test_every_value_is_plain_json() -> None:
    assert json.loads(json.dumps(WHOLE, allow_nan=False)) == WHOLE


def test_what_was_not_timed_is_null() -> None:
    untimed = next(row for row in WHOLE["tenants"] if row["tenant"] == "t")
    nobody = document(report(trace("chat gpt-4o")))["agents"][0]

    assert untimed["p50_s"] == 1.0
    assert (nobody["p50_s"], nobody["p95_s"]) == (None, None)


def test_money_is_the_exact_sum_rounded_once() -> None:
    report = Report()
    report.cost_usd = sum([Decimal("0.001")] * 10_000, Decimal(0))

    assert document(report)["totals"]["cost_usd"] == 10.0
