"""The demo's day: the fleet at work, its spans through the real pipeline, and what came of it.

The same seed makes the same spans, to the byte: ids, chance and time all come from it, and
each task draws from a chance of its own. Nothing waits and nothing goes out.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Final, TextIO, TypeAlias

from otel_agents.demo import fleet
from otel_agents.demo.day import DAY_S, Day, Options
from otel_agents.demo.fleet import FLEET, Group
from otel_agents.demo.plots import TASK_TYPES, play
from otel_agents.demo.stage import Stage
from otel_agents.demo.tracing import InspectionProcessor, SeededIds, tracers
from otel_agents.demo.voices import Task
from otel_agents.demo.watch import Watch
from otel_agents.pipeline.counted import Counted
from otel_agents.pipeline.inspection import Inspection
from otel_agents.pipeline.report import Report
from otel_agents.pricing import PriceBook

SAME_CONVERSATION_SHARE: Final = 0.35
ASTRAY_AFTER: Final = 0.6
"""Which share of the day is over when a researcher goes astray."""

OnProgress: TypeAlias = Callable[[int], None]
"""Called with the number of tasks that are done."""


class _WatchedReport(Report):
    """A report that lets somebody else see what it adds up."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def add(self, counted: Counted) -> None:
        super().add(counted)
        self._watch.take(counted)


def simulate(
    options: Options,
    book: PriceBook,
    *,
    out: TextIO | None = None,
    on_progress: OnProgress = lambda _: None,
) -> Day:
    """Let the fleet work for a day.

    Args:
        options: Which day.
        book: Where prices come from.
        out: Where to write the spans as OTLP/JSON lines.
        on_progress: Called as the day goes on.

    Raises:
        ConfigError: If the environment switches the OpenTelemetry SDK off.
    """
    watch = Watch()
    inspection = Inspection(book, report=_WatchedReport(watch))
    ids = SeededIds(options.seed)
    processor = InspectionProcessor(inspection, out)
    services = {group.name: tracers(group, ids, processor) for group in FLEET}
    for done, (group, task, astray) in enumerate(_tasks(options), 1):
        stage = Stage(services[group.name], Random(f"task {options.seed} {done}"), task.start_ns)
        play(group, stage, task, astray=astray)
        on_progress(done)
    inspection.finish()
    return Day(inspection.report, watch.highlights())


def _tasks(options: Options) -> Iterator[tuple[Group, Task, bool]]:
    """Draw what the fleet is asked to do, in the order in which it comes."""
    chance = Random(f"tasks {options.seed}")
    shares = [group.share for group in FLEET]
    talks: dict[str, tuple[str, str]] = {}
    now_s = 0.0
    for number in range(options.runs):
        now_s += chance.expovariate(options.runs / DAY_S)
        astray = number == int(options.runs * ASTRAY_AFTER)
        group = fleet.RESEARCH if astray else chance.choices(FLEET, shares)[0]
        tenant, conversation = _talk(chance, group, number, talks.get(group.name))
        talks[group.name] = tenant, conversation
        kind = chance.choice(TASK_TYPES[group.name])
        start_ns = options.start_ns + int(now_s * 1e9)
        yield group, Task(kind, tenant, conversation, start_ns), astray


def _talk(
    chance: Random, group: Group, number: int, last: tuple[str, str] | None
) -> tuple[str, str]:
    """Go on with the last conversation, or begin another."""
    if not group.tenants:
        return "", ""
    if last is not None and chance.random() < SAME_CONVERSATION_SHARE:
        return last
    return chance.choice(group.tenants), f"conv-{number:05}"
