"""What a model call adds to."""

from typing import Any

import pytest

from otel_agents.pipeline.counted import ModelCall, Owner
from otel_agents.pipeline.metrics import ContextLimit, Metrics, RouteExpected
from otel_agents.pipeline.series import Series
from otel_agents.pricing.rates import Unpriced
from otel_agents.semconv import UnpricedReason
from tests.measured import NOW_NS, model_call, shown

ALWAYS = ("client.inference.duration", "agent.last_seen")
SAID: dict[str, Any] = {"provider": "openai", "request_model": "gpt-4o"}


def added(
    call: ModelCall,
    context_limit: ContextLimit | None = None,
    route_expected: RouteExpected | None = None,
) -> list[str]:
    series = Series()
    metrics = Metrics(series, context_limit=context_limit, route_expected=route_expected)
    metrics.add(call, NOW_NS)
    for _ in range(2):
        series.collected(NOW_NS)
    return shown(series, skip=ALWAYS)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param({}, [], id="no usage"),
        pytest.param(
            {"input_tokens": 42, "output_tokens": 7, "cache_read_input_tokens": 0},
            [
                "client.inference.usage.input_tokens [support ada openai gpt-4o] 42",
                "client.inference.usage.output_tokens [support ada openai gpt-4o] 7",
                "context.tokens [support ada gpt-4o] 49",
            ],
            id="usage without cache",
        ),
        pytest.param(
            {
                "cache_read_input_tokens": 5,
                "cache_write_input_tokens": 6,
                "reasoning_output_tokens": 7,
            },
            [
                "client.inference.usage.cache_read.input_tokens [support ada openai gpt-4o] 5",
                "client.inference.usage.cache_write.input_tokens [support ada openai gpt-4o] 6",
                "client.inference.usage.reasoning.output_tokens [support ada openai gpt-4o] 7",
            ],
            id="the parts of the usage",
        ),
        pytest.param(
            {"context_used_tokens": 90, "context_limit_tokens": 100},
            [
                "context.calls [support ada <100] 1",
                "context.tokens [support ada gpt-4o] 90",
                "context.limit [support ada gpt-4o] 100",
            ],
            id="how full the window was",
        ),
        pytest.param(
            {"context_used_tokens": 101, "context_limit_tokens": 100},
            [
                "events [support ada context_window_exceeded] 1",
                "context.calls [support ada exceeded] 1",
                "context.tokens [support ada gpt-4o] 101",
                "context.limit [support ada gpt-4o] 100",
            ],
            id="more than the window holds",
        ),
        pytest.param(
            {"failed": True, "error_type": "context_length_exceeded"},
            ["events [support ada context_window_exceeded] 1"],
            id="turned away for its length",
        ),
        pytest.param(
            {"failed": True, "error_type": "429"},
            ["quota.rate_limited [support openai gpt-4o] 1"],
            id="turned away for the rate",
        ),
        pytest.param(
            {"time_to_first_chunk_s": 0.4},
            ["client.inference.time_to_first_chunk [support openai gpt-4o -] 1 in 0.4"],
            id="a streamed answer",
        ),
    ],
)
def test_a_call_adds_what_it_says_and_no_more(said: dict[str, Any], told: list[str]) -> None:
    assert added(model_call(**SAID, **said)) == told


@pytest.mark.parametrize(
    ("used", "limit", "band"),
    [
        (0, 100, "<50"),
        (49, 100, "<50"),
        (50, 100, "<75"),
        (74_999, 100_000, "<75"),
        (75, 100, "<90"),
        (89_999, 100_000, "<90"),
        (90, 100, "<100"),
        (100, 100, "<100"),
        (101, 100, "exceeded"),
        (10**9, 1, "exceeded"),
    ],
)
def test_the_bands_begin_where_the_convention_says(used: int, limit: int, band: str) -> None:
    call = model_call(**SAID, context_used_tokens=used, context_limit_tokens=limit)

    assert f"context.calls [support ada {band}] 1" in added(call)


def test_the_window_of_a_model_may_be_looked_up() -> None:
    call = model_call(**SAID, input_tokens=60)

    assert "context.calls [support ada <75] 1" in added(call, context_limit=lambda _: 100)
    assert not any("context.calls" in line for line in added(call, context_limit=lambda _: None))
    assert not any("context.calls" in line for line in added(call, context_limit=lambda _: 0))


def test_a_decision_that_no_span_describes_is_an_inferred_one() -> None:
    call = model_call(**SAID)
    call.decided = True

    assert added(call) == [
        "decision.duration [support ada inferred] 1 in 1",
        "events [support ada decision_made] 1",
    ]


def test_a_call_that_repeats_a_failed_one_is_a_retry() -> None:
    call = model_call(**SAID)
    call.retried = True

    assert added(call) == ["retries [support openai gpt-4o] 1"]


def test_an_unknown_price_is_counted_by_its_reason_and_is_not_zero() -> None:
    call = model_call(**SAID)
    call.rate = Unpriced(UnpricedReason.UNKNOWN_MODEL)

    assert added(call) == ["usage.unpriced_calls [support ada unknown_model] 1"]


def test_a_call_of_no_agent_is_unattributed_and_a_group_is_never_empty() -> None:
    series = Series()
    call = model_call(Owner(), **SAID)
    call.span.duration_ns = None
    Metrics(series).add(call, NOW_NS)

    assert shown(series) == ["usage.unattributed_calls [none -] 0"]


def test_money_goes_to_the_agent_its_task_and_its_customer() -> None:
    owner = Owner("ada", "support", tenant="acme", task_type="refund", channel="canary")
    call = model_call(owner, **SAID, input_tokens=40, output_tokens=2, cost_usd=0.5)

    lines = added(call, route_expected=lambda task, _: task == "refund")
    assert [line for line in lines if "cost" in line or "task" in line] == [
        "usage.cost [support ada openai gpt-4o canary] 0.5",
        "task.cost [support refund gpt-4o true] 0.5",
        "task.tokens [support refund gpt-4o true] 42",
        "tenant.cost [support acme] 0.5",
    ]
    assert "task.tokens [support refund gpt-4o -] 42" in added(call)
    assert "task.tokens [support refund gpt-4o -] 42" in added(call, route_expected=lambda *_: None)
