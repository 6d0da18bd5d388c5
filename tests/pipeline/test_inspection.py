"""Reading spans for people, from records to a report."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otel_agents.errors import SpanRefused
from otel_agents.pipeline.inspection import Inspection
from otel_agents.pipeline.normalize import Options
from otel_agents.pipeline.report import Report
from otel_agents.pipeline.tally import Options as TallyOptions
from otel_agents.pricing import PriceBook
from otel_agents.record import SpanKind, SpanRecord, Value
from tests.trees import record, trace

BOOK = PriceBook()
CHAT: dict[str, Value] = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
FLEET = """
agent a group=g
  chat gpt-4o provider=openai in=1000 out=100
  tool search
    http host=example.org
agent b
  chat gpt-4o provider=openai in=2000 !
"""


def inspected(records: list[SpanRecord], **options: int) -> Report:
    inspection = Inspection(BOOK, tally=TallyOptions(delay_ns=None, **options))
    for span in records:
        inspection.take(span)
    inspection.finish()
    return inspection.report


def test_a_fleet_adds_up() -> None:
    report = inspected(trace(FLEET))

    assert report.totals | {"zero": 0} == report.totals | {
        "traces": 1,
        "spans": 6,
        "agent_runs": 2,
        "model_calls": 2,
        "tool_calls": 1,
        "errors": 1,
        "input_tokens": 3000,
        "output_tokens": 100,
        "zero": 0,
    }
    assert str(report.cost_usd.normalize()) == "0.0085"
    assert report.tools[("search",)].external


@given(st.integers(0, 2**32))
@settings(max_examples=30)
def test_the_order_of_spans_changes_no_sum(seed: int) -> None:
    records = trace(FLEET)
    expected = inspected(records)
    random.Random(seed).shuffle(records)
    shuffled = inspected(records)

    assert shuffled.totals == expected.totals
    assert shuffled.cost_usd == expected.cost_usd
    assert set(shuffled.agents) == set(expected.agents)


def test_a_refused_span_is_counted_and_the_caller_is_told_why() -> None:
    inspection = Inspection(BOOK)
    bad = record({**CHAT, "gen_ai.usage.input_tokens": -1})
    refusal = inspection.take(bad)

    assert refusal is not None
    assert refusal.reason == "bad_token_count"
    assert inspection.take(record(CHAT, span_id=2)) is None
    inspection.refuse(SpanRefused("bad_start", "it starts at 0"))
    assert inspection.report.refused == {"bad_token_count": 1, "bad_start": 1}


def test_the_children_of_a_refused_span_still_find_their_agent() -> None:
    records = trace("agent a\n  chat wrapped in=1\n    chat gpt-4o in=2")
    wrapped = records[1]
    wrapped.find = {**CHAT, "gen_ai.usage.input_tokens": -1}.get

    assert inspected(records).agents[("a", "none")].model_calls == 1


def test_a_span_that_comes_twice_is_counted_once() -> None:
    once = trace(FLEET)
    twice = inspected([*once, *once])

    assert twice.totals["model_calls"] == 2
    assert twice.cost_usd == inspected(once).cost_usd


@pytest.mark.parametrize("kind", [SpanKind.INTERNAL, SpanKind.CLIENT])
def test_only_a_client_span_makes_its_tool_external(kind: SpanKind) -> None:
    tool, http = trace("tool search\n  http host=example.org")
    http.kind = kind

    assert inspected([tool, http]).tools[("search",)].external is (kind is SpanKind.CLIENT)


def test_with_little_memory_traces_settle_early_and_no_call_is_lost() -> None:
    inspection = Inspection(BOOK, tally=TallyOptions(delay_ns=None, max_bytes=10_000))
    for number in range(1, 101):
        for span in trace("agent a\n  chat gpt-4o in=1", trace_id=number):
            inspection.take(span)
    statistics = inspection.finish()

    assert statistics.settled_early > 50
    assert inspection.report.totals["model_calls"] == 100
    assert inspection.report.totals["input_tokens"] == 100


def test_groups_are_named_by_the_user_s_own_key() -> None:
    inspection = Inspection(BOOK, normalizer=Options(group_keys=("team",)))
    inspection.take(record({**CHAT, "team": "blue"}))
    inspection.finish()

    assert set(inspection.report.groups) == {("blue",)}


def test_finishing_twice_adds_nothing() -> None:
    inspection = Inspection(BOOK)
    for span in trace(FLEET):
        inspection.take(span)
    inspection.finish()
    totals, cost_usd = dict(inspection.report.totals), inspection.report.cost_usd
    inspection.finish()

    assert (dict(inspection.report.totals), inspection.report.cost_usd) == (totals, cost_usd)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["good first", "bad first"])
def test_a_bad_copy_of_a_span_does_not_hide_the_good_one(order: tuple[int, int]) -> None:
    copies = [
        record({**CHAT, "gen_ai.usage.input_tokens": 1}),
        record({**CHAT, "gen_ai.usage.input_tokens": -1}),
    ]

    totals = inspected([copies[n] for n in order]).totals

    assert (totals["model_calls"], totals["refused_spans"], totals["spans"]) == (1, 1, 1)


def test_a_span_that_came_twice_is_one_span() -> None:
    report = inspected([record(CHAT), record(CHAT)])

    assert (report.totals["spans"], sum(report.dialects.values())) == (1, 1)


def test_a_request_that_names_its_agent_still_leaves_the_machine() -> None:
    tool, request = trace(
        """
        tool search
          http host=example.org agent=a
        """
    )

    assert inspected([tool, request]).tools["search",].external
