"""How many series one busy agent has."""

from collections.abc import Iterator
from itertools import product

from otel_agents import semconv
from otel_agents.pipeline import noted
from otel_agents.pipeline.agent_span import Role
from otel_agents.pipeline.counted import AgentRun, Counted, Decision, Handoff, Owner
from otel_agents.pipeline.metric_options import Options
from otel_agents.pipeline.metrics import Metrics
from otel_agents.pipeline.series import Series
from tests.measured import NOW_NS, model_call, span, tool_call

ADA = Owner("ada", "support", channel="stable")
PROVIDERS = ("openai", "azure.ai.openai")
MODELS = ("gpt-4o", "gpt-4o-mini", "o3")
RUNS = (
    ("completed", None, "stable"),
    ("gave_up", None, "stable"),
    ("iteration_limit", None, "stable"),
    ("failed", "ServerError", "stable"),
    ("timed_out", "TimeoutError", "stable"),
    ("completed", None, "canary"),
    ("failed", "ServerError", "canary"),
)
"""How its runs end: by outcome, error and rollout channel."""

BUDGET = {
    "invoke_agent.duration": 5,
    "decision.duration": 4,
    "agent.runs": 7,
    "run.limit_exceeded": 1,
    "escalations": 1,
    "handoffs": 2,
    "events": 3,
    "agent.last_seen": 1,
    "agent.info": 2,
    "tool.calls": 16,
    "client.inference.usage.input_tokens": 6,
    "client.inference.usage.output_tokens": 6,
    "client.inference.usage.cache_read.input_tokens": 6,
    "client.inference.usage.cache_write.input_tokens": 1,
    "client.inference.usage.reasoning.output_tokens": 2,
    "usage.cost": 6,
    "context.calls": 4,
    "context.tokens": 3,
    "context.limit": 3,
}
"""Series by metric: 3 models at 2 providers, 12 tools, 4 types of decisions, 2 versions."""


def calls() -> Iterator[Counted]:
    for number, (provider, model) in enumerate(product(PROVIDERS, MODELS)):
        for used in (100, 70_000, 100_000, 119_000):
            call = model_call(
                ADA,
                cost_usd=0.1,
                provider=provider,
                request_model=model,
                input_tokens=100,
                output_tokens=10,
                cache_read_input_tokens=5,
                cache_write_input_tokens=0 if number else 5,
                reasoning_output_tokens=5 if model == "o3" else 0,
                context_used_tokens=used,
                context_limit_tokens=128_000,
            )
            call.decided = True
            yield call
    for error in ("RateLimitError", "TimeoutError", "context_length_exceeded"):
        yield model_call(
            ADA, provider="openai", request_model="gpt-4o", failed=True, error_type=error
        )


def tools() -> Iterator[Counted]:
    for number in range(12):
        said = {"tool": f"tool_{number}", "tool_effect": ("read", "write")[number % 2]}
        yield tool_call(ADA, external=number < 4, **said)
        if number < 4:
            error = ("ValueError", "TimeoutError")[number % 2]
            yield tool_call(ADA, external=True, **said, failed=True, error_type=error)


def the_rest() -> Iterator[Counted]:
    for kind in ("plan", "route", "answer"):
        yield Decision(span(Role.DECISION, decision_type=kind), ADA, 1)
    for to in ("billing", "legal"):
        yield Handoff(span(Role.HANDOFF, handoff_to=to), ADA, 1)
    for outcome, error, channel in RUNS:
        owner = ADA._replace(channel=channel, version={"stable": "1.0", "canary": "1.1"}[channel])
        ended = span(Role.AGENT, outcome=outcome, failed=error is not None, error_type=error)
        yield AgentRun(ended, owner, 1, nested=False)


def busy(series: Series, suffix: str = "") -> None:
    """Measure all that a busy agent does, with names that end so."""
    metrics = Metrics(series)
    for item in (*calls(), *tools(), *the_rest()):
        for slot in ("tool", "request_model", "decision_type"):
            said = getattr(item.span, slot)
            setattr(item.span, slot, said + suffix if said else None)
        metrics.add(item, NOW_NS)
    who = ("prod", "shop", "support", "ada")
    for version in ("1.0", "1.1"):
        said = {"gen_ai.agent.version": version, "otel_agents.agent.config_hash": "9f2c"}
        metrics.note(noted.Note(semconv.METRIC_AGENT_INFO, *who, said), NOW_NS)
    metrics.note(noted.Note(semconv.METRIC_ESCALATIONS, *who, {}), NOW_NS)


def test_a_busy_agent_stays_within_its_budget_and_loses_no_label() -> None:
    series = Series()
    busy(series)
    own = [family for family in series.families() if family.per_agent and len(family)]
    statistics = series.statistics(NOW_NS)

    assert {f.instrument.name.removeprefix("otel_agents."): len(f) for f in own} == BUDGET
    assert statistics.fullest_agent == sum(BUDGET.values()) == 79
    assert statistics.folded == 0


def test_the_text_format_writes_so_many_lines_for_it() -> None:
    series = Series()
    busy(series)

    # A classic histogram is a line a boundary, one for the rest, a sum and a count.
    lines = sum(
        len(family) * (len(family.instrument.buckets) + 3 if family.instrument.buckets else 1)
        for family in series.families()
        if family.per_agent
    )
    assert lines == 70 + 9 * 17


def test_ten_times_as_many_names_stay_within_it_too() -> None:
    series = Series()
    for number in range(10):
        busy(series, f"-{number}")
    statistics = series.statistics(NOW_NS)

    assert statistics.fullest_agent <= Options().agent_series
    assert statistics.folded > 0
