"""The sums that people see."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.errors import SpanRefused
from otel_agents.pipeline import report as module
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.counted import (
    AgentRun,
    Counted,
    Decision,
    Handoff,
    ModelCall,
    Owner,
    ToolCall,
)
from otel_agents.pipeline.report import OTHER, USAGE, Report
from otel_agents.pipeline.tally import Statistics
from otel_agents.pricing import Rate, Unpriced
from otel_agents.pricing.rates import Origin, rate_of
from otel_agents.pricing.tables import Prices, PriceTable
from otel_agents.record import Usage
from otel_agents.semconv import UnpricedReason

STATISTICS = Statistics(3, 0, 0, 0, 0, 0)
ORIGIN = Origin("p", "m", "ledger", "1", "standard")
RATE = rate_of(PriceTable(Prices(input=Decimal("0.001"))), ORIGIN)
OWNERS = st.builds(
    Owner, *(st.sampled_from(("", "x", "y")) for _ in ("agent", "group", "tenant", "conversation"))
)


def said(**says: object) -> AgentSpan:
    span = AgentSpan()
    for slot, value in {"duration_ns": 10**9, **says}.items():
        setattr(span, slot, value)
    return span


def call(
    owner: Owner | None = None,
    usage: Usage | None = None,
    rate: Rate | Unpriced | None = RATE,
    layers: int = 1,
    **says: object,
) -> ModelCall:
    usage = usage or Usage(1)
    names = dict(zip(USAGE, usage, strict=True))
    span = said(**{**names, "provider": "p", "request_model": "m", **says})
    return ModelCall(
        span, owner or Owner(), layers, decided=False, usage=usage, rate=rate, cost_usd=0
    )


def closed(*counted: Counted) -> Report:
    report = Report()
    for item in counted:
        report.add(item)
    report.close(STATISTICS)
    return report


def test_many_small_amounts_add_up_exactly() -> None:
    report = closed(*(call() for _ in range(10_000)))

    assert report.cost_usd == Decimal(10)
    assert sum(0.001 for _ in range(10_000)) != 10


def test_what_nobody_reported_adds_nothing() -> None:
    report = closed(call(usage=Usage(None, 5)), call(usage=Usage(7)))

    assert [report.totals[name] for name in USAGE] == [7, 5, 0, 0, 0]


def test_a_call_has_its_model_s_name_or_none() -> None:
    report = closed(call(), call(provider=None, request_model=None, rate=None))

    assert list(report.models) == [("p", "m"), ("", "")]
    assert report.totals["unpriced_calls"] == 0


def test_an_unpriced_call_is_told_with_its_reason_and_costs_nothing() -> None:
    reason = Unpriced(UnpricedReason.UNKNOWN_MODEL)
    report = closed(call(rate=reason), call(rate=reason), call())

    assert report.unpriced == {("p", "m", "unknown_model"): 2}
    assert report.totals["unpriced_calls"] == 2
    assert report.cost_usd == Decimal("0.001")


def test_more_layers_are_suppressed_calls() -> None:
    assert closed(call(layers=3), call()).totals["suppressed_calls"] == 2


def test_runs_tools_and_hand_offs_have_their_own_sums() -> None:
    owner = Owner("a", "g", "t", "c")
    report = closed(
        AgentRun(said(failed=True), owner, 1, nested=False),
        ToolCall(said(tool="t"), owner, 1, external=False),
        ToolCall(said(tool="t", failed=True, duration_ns=None), owner, 1, external=True),
        Handoff(said(), owner, 1),
    )
    row, tool = report.agents[("a", "g")], report.tools[("t",)]

    assert (row.runs, row.errors, row.tool_calls, row.outcomes) == (1, 1, 2, {"failed": 1})
    assert (tool.calls, tool.errors, tool.external) == (2, 1, True)
    assert tool.durations.quantile(1) == 1.0
    assert {k: report.totals[k] for k in ("agent_runs", "tool_calls", "handoffs", "errors")} == {
        "agent_runs": 1,
        "tool_calls": 2,
        "handoffs": 1,
        "errors": 2,
    }


def test_a_decision_is_shown_by_what_was_decided() -> None:
    report = closed(Decision(said(failed=True), Owner("a"), 1))

    assert (report.totals["errors"], report.agents) == (0, {})


def test_who_names_no_group_is_in_the_group_none() -> None:
    report = closed(call(Owner("a")))

    assert (list(report.agents), list(report.groups)) == ([("a", "none")], [("none",)])


def test_spans_and_refusals_are_counted() -> None:
    report = Report()
    report.saw(None)
    report.saw(said(dialect="d"))
    report.refuse(SpanRefused("bad_start", ""))
    report.close(Statistics(0, 0, 0, 0, 0, 0))

    assert (report.totals["spans"], report.totals["refused_spans"]) == (2, 1)
    assert (report.dialects, report.refused) == ({"d": 1}, {"bad_start": 1})


CALLS = st.lists(
    st.builds(
        call,
        OWNERS,
        st.builds(Usage, *(st.none() | st.integers(0, 10**6) for _ in USAGE)),
        st.sampled_from((RATE, None, Unpriced(UnpricedReason.NO_MODEL))),
        st.integers(1, 3),
        request_model=st.sampled_from((None, "m", "n")),
        failed=st.booleans(),
    ),
    max_size=12,
)


@given(CALLS, st.integers(1, 3))
def test_totals_are_the_sums_of_every_table_even_where_rows_are_folded(
    calls: list[ModelCall], max_rows: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MAX_ROWS", max_rows)
        report = closed(*calls)
    tables = (report.agents, report.groups, report.conversations, report.tenants)
    totals = report.totals

    assert sum(row.calls for row in report.models.values()) == totals["model_calls"] == len(calls)
    assert sum(row.errors for row in report.models.values()) == totals["errors"]
    assert sum(report.unpriced.values()) == totals["unpriced_calls"]
    for rows in (*tables, report.models):
        assert len(rows) <= max_rows + 1
        assert sum((row.cost_usd for row in rows.values()), Decimal(0)) == report.cost_usd
    for table in tables:
        assert sum(row.model_calls for row in table.values()) == len(calls)
        assert sum(row.input_tokens for row in table.values()) == totals["input_tokens"]


def test_rows_past_the_bound_share_one() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MAX_ROWS", 2)
        report = closed(*(call(Owner(conversation=f"c{n}")) for n in range(5)))

    assert [key for (key,) in report.conversations] == ["c0", "c1", OTHER]
    assert report.conversations[(OTHER,)].model_calls == 3


def test_closing_twice_changes_nothing() -> None:
    report = closed(call())
    report.close(STATISTICS)

    assert (report.totals["model_calls"], report.cost_usd) == (1, Decimal("0.001"))
