"""What stands out is found in what was counted, whoever emitted it."""

from otel_agents.demo.highlights import (
    Highlights,
    Rollout,
    Runaway,
    SentBack,
    Side,
    SlowTool,
    Unaccounted,
)
from otel_agents.demo.watch import Watch
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.counted import AgentRun, Handoff, ModelCall, Owner, ToolCall
from otel_agents.pricing import Unpriced
from otel_agents.record import Usage
from otel_agents.semconv import RunOutcome, UnpricedReason


def span(**fields: object) -> AgentSpan:
    made = AgentSpan()
    for name, value in ({"duration_ns": 2_000_000_000} | fields).items():
        setattr(made, name, value)
    return made


def run(
    agent: str = "a",
    outcome: str = "completed",
    *,
    calls: int = 3,
    cost_usd: float = 0.01,
    version: str = "1",
    channel: str = "stable",
) -> AgentRun:
    owner = Owner(agent, "g", "", "conv-1", "", version, channel)
    made = AgentRun(span(outcome=outcome), owner, 1, nested=False)
    made.calls, made.tools, made.cost_usd = calls, calls - 1, cost_usd
    return made


def call(error_type: str | None = None, *, retried: bool = False, priced: bool = True) -> ModelCall:
    return ModelCall(
        span=span(
            provider="openai",
            request_model="gpt-4o",
            failed=error_type is not None,
            error_type=error_type,
        ),
        owner=Owner("a"),
        layers=1,
        decided=True,
        usage=Usage(100, 20),
        rate=None if priced else Unpriced(UnpricedReason.UNKNOWN_MODEL),
        cost_usd=None,
        retried=retried,
    )


def tool(name: str, error_type: str | None = None, duration_s: float = 1) -> ToolCall:
    made = span(
        tool=name,
        failed=error_type is not None,
        error_type=error_type,
        duration_ns=int(duration_s * 1e9),
    )
    return ToolCall(made, Owner("a"), 1, external=False)


def found(*counted: AgentRun | ModelCall | ToolCall | Handoff) -> Highlights:
    watch = Watch()
    for item in counted:
        watch.take(item)
    return watch.highlights()


def test_nothing_stands_out_where_nothing_happened() -> None:
    assert found() == Highlights((), (), (), (), (), {})


def test_a_run_with_ten_times_the_usual_calls_has_run_away() -> None:
    usual = [run() for _ in range(9)]
    loop = run(outcome="iteration_limit", calls=30, cost_usd=0.9)

    assert found(*usual, loop).runaways == (
        Runaway("a", "g", "conv-1", 30, 29, 3, 0.9, 0.01, 2.0, RunOutcome.ITERATION_LIMIT),
    )
    assert found(*usual, run(calls=29)).runaways == ()


def test_a_run_with_few_calls_has_not_run_away_however_few_are_usual() -> None:
    assert found(*(run(calls=1) for _ in range(9)), run(calls=19)).runaways == ()


def test_runs_are_compared_with_those_of_their_own_agent() -> None:
    assert found(*(run("small") for _ in range(9)), run("big", calls=40)).runaways == ()


def test_a_canary_stands_beside_the_stable_version_of_its_agent() -> None:
    stable = [run(cost_usd=0.02), run(cost_usd=0.04), run(outcome="unknown", cost_usd=0.03)]
    canary = [run(version="2", channel="canary", outcome="gave_up", cost_usd=0.1)]

    elsewhere = [run("other"), run(channel="")]

    assert found(*stable, *canary, *elsewhere).rollouts == (
        Rollout("a", "g", Side(("1",), 3, 0, 0.09), Side(("2",), 1, 1, 0.1)),
    )


def test_tools_that_timed_out_come_with_the_time_waited_in_vain() -> None:
    slow = [tool("fetch", "TimeoutError", 15), tool("fetch", "asyncio.TimeoutError", 10)]

    assert found(tool("fetch"), *slow, tool("search", "ValueError")).slow_tools == (
        SlowTool("fetch", 3, 2, 25.0),
    )


def test_models_that_sent_requests_back_come_with_the_retries() -> None:
    calls = [call("RateLimitError"), call(retried=True), call("ValueError"), call()]

    assert found(*calls).sent_back == (SentBack("openai", "gpt-4o", 4, 1, 1),)
    assert found(call()).sent_back == ()


def test_agents_whose_calls_have_no_price_come_with_what_they_used() -> None:
    assert found(call(priced=False), call(priced=False), call()).unaccounted == (
        Unaccounted("a", "openai", "gpt-4o", "unknown_model", 2, 240),
    )


def test_outcomes_are_counted_the_most_first() -> None:
    outcomes = found(run(outcome="gave_up"), run(), run()).outcomes

    assert list(outcomes.items()) == [("completed", 2), ("gave_up", 1)]


def test_a_hand_off_stands_out_nowhere() -> None:
    assert found(Handoff(span(), Owner("a"), 1)) == found()
