"""What series show, as text, and counted things to measure."""

from collections.abc import Iterable

from otel_agents.pipeline.agent_span import AgentSpan, Origin, Role
from otel_agents.pipeline.cells import HistogramPoint
from otel_agents.pipeline.counted import Counted, ModelCall, Owner, ToolCall
from otel_agents.pipeline.metrics import Metrics
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.noted import notes
from otel_agents.pipeline.series import Series
from otel_agents.pipeline.settle import Price
from otel_agents.pipeline.tally import Options, Tally
from otel_agents.record import Resource, SpanRecord, Usage
from tests.trees import START_NS

NOW_NS = START_NS + 3600 * 10**9
LATER_NS = NOW_NS + 61 * 10**9
"""Past the hold at birth."""

RESOURCE = Resource(
    {
        "service.name": "shop",
        "deployment.environment.name": "prod",
        "otel_agents.agent.group": "support",
    }
)
ORIGIN = Origin("prod", "shop", group="support")


def counted(records: Iterable[SpanRecord], price: Price = lambda _: None) -> list[Counted]:
    """Count spans, all at once."""
    normalizer = Normalizer()
    tally = Tally(Options(delay_ns=None), price=price)
    for record in records:
        tally.offer(record, normalizer.normalize(record), 0)
    return list(tally.drain())


def measured(records: list[SpanRecord], price: Price = lambda _: None) -> Series:
    """Measure spans, with what they note, into new series."""
    series = Series()
    metrics = Metrics(series)
    normalizer = Normalizer()
    for record in records:
        span = normalizer.normalize(record)
        if span is not None:
            for note in notes(record, span):
                metrics.note(note, NOW_NS)
    for item in counted(records, price):
        metrics.add(item, NOW_NS)
    return series


def collect(series: Series, now_ns: int = LATER_NS, times: int = 2) -> None:
    """Read all slices and say so, as a door does at every scrape."""
    for _ in range(times):
        for _ in series.slices(now_ns):
            pass
        series.collected(now_ns)


def shown(series: Series, now_ns: int = LATER_NS, *, skip: tuple[str, ...] = ()) -> list[str]:
    """Say what every series reads: its own name, labels without environment and service."""
    lines = []
    for family, points in series.slices(now_ns):
        name = family.instrument.name.removeprefix("otel_agents.")
        if name in skip:
            continue
        hidden = 2 if family.instrument.scope != "process" else 0
        for point in points:
            labels = " ".join(value or "-" for value in point.labels[hidden:])
            if isinstance(point, HistogramPoint):
                lines.append(f"{name} [{labels}] {point.cumulative[-1]} in {point.sum:.6g}")
            else:
                lines.append(f"{name} [{labels}] {point.value:.6g}")
    return lines


def span(role: Role, **said: object) -> AgentSpan:
    """Make what one span says; unsaid is a second long and ended an hour ago."""
    made = AgentSpan()
    made.dialect, made.role, made.origin = "otel-genai", role, ORIGIN
    made.span_id, made.parent_id, made.kind = 1, 0, 1
    made.start_ns, made.duration_ns = START_NS, 1_000_000_000
    for slot, value in said.items():
        setattr(made, slot, value)
    return made


def model_call(
    owner: Owner | None = None, *, cost_usd: float | None = None, **said: object
) -> ModelCall:
    """Make one model call."""
    call = span(Role.INFERENCE, **said)
    return ModelCall(
        call,
        owner or Owner("ada", "support"),
        1,
        decided=False,
        usage=Usage(*call.usage),
        rate=None,
        cost_usd=cost_usd,
    )


def tool_call(owner: Owner | None = None, *, external: bool = False, **said: object) -> ToolCall:
    """Make one tool call."""
    return ToolCall(span(Role.TOOL, **said), owner or Owner("ada", "support"), 1, external)
