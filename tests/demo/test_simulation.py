"""The demo's day: the same for the same seed, whole, and with everything that it promises."""

import socket
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from otel_agents.demo.day import START_NS, Day, Options
from otel_agents.demo.fleet import FLEET
from otel_agents.demo.simulation import simulate
from otel_agents.otlp.files import read
from otel_agents.pipeline.inspection import Inspection
from otel_agents.pricing import PriceBook
from otel_agents.semconv import RunOutcome


def no_network(*_: object, **__: object) -> None:
    pytest.fail("the demo opened a socket")


@pytest.fixture(scope="module")
def day() -> Iterator[Day]:
    """The default day, simulated with no network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", no_network)
        yield simulate(Options(), PriceBook())


def spans(seed: int, runs: int) -> str:
    out = StringIO()
    simulate(Options(seed=seed, runs=runs), PriceBook(), out=out)
    return out.getvalue()


def test_the_same_seed_is_the_same_day_to_the_byte() -> None:
    assert spans(3, 25) == spans(3, 25) != spans(4, 25)


def test_the_day_begins_when_it_is_told_to() -> None:
    out, later = StringIO(), StringIO()
    simulate(Options(runs=1), PriceBook(), out=out)
    simulate(Options(runs=1, start_ns=START_NS + 10**9), PriceBook(), out=later)

    assert len(out.getvalue()) == len(later.getvalue())
    assert out.getvalue() != later.getvalue()


def test_progress_is_told_task_by_task() -> None:
    told: list[int] = []
    simulate(Options(runs=5), PriceBook(), on_progress=told.append)

    assert told == [1, 2, 3, 4, 5]


def test_every_group_and_agent_works(day: Day) -> None:
    expected = {(agent.name, group.name) for group in FLEET for agent in group.agents}

    assert set(day.report.agents) == expected
    assert {name for (name,) in day.report.groups} == {group.name for group in FLEET}
    assert all(row.runs for row in day.report.agents.values())


def test_three_providers_and_one_self_hosted_model_answer(day: Day) -> None:
    providers = {provider.split(".")[0] for provider, _ in day.report.models}

    assert providers == {"openai", "anthropic", "gcp", "vllm"}
    assert list(day.report.unpriced) == [("vllm", "llama-3.3-70b-instruct", "self_hosted")]


@pytest.mark.parametrize(
    "total",
    [
        "handoffs",
        "errors",
        "unpriced_calls",
        "suppressed_calls",
        "cache_read_input_tokens",
        "cache_write_input_tokens",
        "reasoning_output_tokens",
    ],
)
def test_the_day_has_some_of_everything(day: Day, total: str) -> None:
    assert day.report.totals[total] > 0


def test_no_span_is_refused_and_each_dialect_is_spoken(day: Day) -> None:
    assert dict(day.report.refused) == {}
    assert set(day.report.dialects) == {"otel-genai", "openinference", "mcp"}


def test_tools_are_used_within_the_process_and_outside(day: Day) -> None:
    external = {tool for (tool,), row in day.report.tools.items() if row.external}

    assert external == {"web_search", "fetch_page", "get_customer", "open_ticket", "query_metrics"}
    assert external < {tool for (tool,) in day.report.tools}


def test_customers_and_conversations_are_known(day: Day) -> None:
    tenants = {name for (name,) in day.report.tenants}
    most = max(row.runs for (name,), row in day.report.conversations.items() if name)

    assert tenants == {"", "acme-corp", "globex", "initech", "umbrella"}
    assert most > 3


def test_runs_end_in_every_way_that_the_fleet_knows(day: Day) -> None:
    assert set(day.highlights.outcomes) == {
        RunOutcome.COMPLETED,
        RunOutcome.FAILED,
        RunOutcome.GAVE_UP,
        RunOutcome.ITERATION_LIMIT,
    }


def test_one_run_runs_away_and_the_canary_is_worse_and_dearer(day: Day) -> None:
    (runaway,) = day.highlights.runaways
    (rollout,) = day.highlights.rollouts

    assert (runaway.agent, runaway.outcome) == ("web-researcher", "iteration_limit")
    assert runaway.cost_usd > 10 * runaway.usual_cost_usd > 0
    assert rollout.canary.unsuccessful_share > rollout.stable.unsuccessful_share
    assert rollout.canary.run_cost_usd > rollout.stable.run_cost_usd > 0


def test_the_other_highlights_are_there(day: Day) -> None:
    assert "fetch_page" in {tool.tool for tool in day.highlights.slow_tools}
    assert sum(model.retried for model in day.highlights.sent_back) > 0
    assert [spent.agent for spent in day.highlights.unaccounted] == ["log-analyst"]


@pytest.mark.parametrize("rows", ["agents", "groups", "conversations", "tenants"])
def test_agents_and_every_other_grouping_add_up_to_the_totals(day: Day, rows: str) -> None:
    sums: Counter[str] = Counter()
    cost_usd = Decimal(0)
    for row in getattr(day.report, rows).values():
        sums.update(agent_runs=row.runs, model_calls=row.model_calls, tool_calls=row.tool_calls)
        sums.update(input_tokens=row.input_tokens, output_tokens=row.output_tokens)
        cost_usd += row.cost_usd

    assert dict(sums) == {name: day.report.totals[name] for name in sums}
    assert cost_usd == day.report.cost_usd > 0


def test_models_and_tools_add_up_to_the_totals(day: Day) -> None:
    report = day.report
    models, tools = report.models.values(), report.tools.values()

    assert sum(row.calls for row in models) == report.totals["model_calls"]
    assert sum(row.unpriced_calls for row in models) == report.totals["unpriced_calls"]
    assert sum(row.cost_usd for row in models) == report.cost_usd
    assert sum(row.calls for row in tools) == report.totals["tool_calls"]


def test_the_spans_that_are_kept_say_the_same_as_the_report(tmp_path: Path) -> None:
    file = tmp_path / "demo.jsonl"
    with file.open("w", encoding="utf-8") as out:
        report = simulate(Options(runs=60), PriceBook(), out=out).report
    inspection = Inspection(PriceBook())
    for record in read(file, on_refused=inspection.refuse):
        inspection.take(record)
    inspection.finish()

    assert inspection.report.totals == report.totals
    assert inspection.report.cost_usd == report.cost_usd
