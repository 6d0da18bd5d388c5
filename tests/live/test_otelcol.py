"""The Collector's files, each in every form that it writes, through `otel-agents inspect`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

from otel_agents.demo.otlp_lines import line
from tests.live.collector import Collector, free_ports, pipelines
from tests.shell import answer

pytestmark = pytest.mark.timeout(120)

FORMS: dict[str, dict[str, Any]] = {
    "json": {"format": "json"},
    "json zstd": {"format": "json", "compression": "zstd"},
    "json zstd best": {
        "format": "json",
        "compression": "zstd",
        "compression_params": {"level": 11},
    },
    "json rotated": {"format": "json", "rotation": {"max_megabytes": 1}},
    "proto": {"format": "proto"},
    "proto zstd": {"format": "proto", "compression": "zstd"},
    "proto rotated": {"format": "proto", "rotation": {"max_megabytes": 1}},
    "proto zstd rotated": {
        "format": "proto",
        "compression": "zstd",
        "rotation": {"max_megabytes": 1},
    },
}
WHOLE = "exporter.file.nativeCompression"
"""The gate by which a file is compressed as a whole rather than message by message."""

RUNS = 800
TOTALS = {
    "traces": RUNS,
    "spans": RUNS * 5,
    "agent_runs": RUNS,
    "model_calls": RUNS * 2,
    "tool_calls": RUNS * 2,
    "errors": RUNS // 10 * 2,  # the tool that failed, and the run that failed by it
    "input_tokens": sum(100 + run + 200 for run in range(RUNS)),
    "output_tokens": RUNS * 2 * 30,
    "refused_spans": 0,
}


class CollectorExporter(SpanExporter):
    """Sends spans as OTLP/JSON over HTTP."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._collector.post(line(spans).encode(), "application/json")
        return SpanExportResult.SUCCESS


def chat(tracer: Tracer, input_tokens: int) -> None:
    said: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.response.model": "gpt-4o-mini",
        "gen_ai.usage.input_tokens": input_tokens,
        "gen_ai.usage.output_tokens": 30,
    }
    tracer.start_span("chat gpt-4o-mini", kind=SpanKind.CLIENT, attributes=said).end()


def tool(tracer: Tracer, name: str, *, fails: bool = False) -> None:
    said = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
    with tracer.start_as_current_span(f"execute_tool {name}", attributes=said) as span:
        if fails:
            span.set_attribute("error.type", "timeout")
            span.set_status(Status(StatusCode.ERROR, "no answer ☹"))


def app(exporter: SpanExporter) -> None:
    """Run an agent again and again; every tenth time its tool fails, and it with it."""
    provider = TracerProvider(
        sampler=ALWAYS_ON,
        resource=Resource({"service.name": "orders", "otel_agents.agent.group": "shop"}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(
        BatchSpanProcessor(exporter, max_queue_size=10_000, max_export_batch_size=256)
    )
    tracer = provider.get_tracer("orders", "1.2")
    said = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "clerk"}
    for run in range(RUNS):
        with tracer.start_as_current_span("invoke_agent clerk", attributes=said) as span:
            chat(tracer, 100 + run)
            tool(tracer, "stock")
            tool(tracer, "ship", fails=run % 10 == 0)
            chat(tracer, 200)
            if run % 10 == 0:
                span.set_status(Status(StatusCode.ERROR))
    provider.shutdown()


Files = dict[str, list[Path]]


def written(program: Path, folder: Path, forms: Sequence[str], *gates: str) -> Files:
    """Run the app into a Collector; return the files of each form, the oldest first."""
    paths = {form: folder / f"{form.replace(' ', '_')}.out" for form in forms}
    exporters = {
        f"file/{place}": {**FORMS[form], "path": str(paths[form]), "flush_interval": "100ms"}
        for place, form in enumerate(forms)
    }
    steps = {"all": {"exporters": list(exporters)}}
    config = pipelines({"exporters": exporters}, steps, free_ports(1)[0])
    with Collector(program, config, folder, gates=gates) as collector:
        app(CollectorExporter(collector))
    return {form: [*sorted(folder.glob(f"{path.stem}-*")), path] for form, path in paths.items()}


@pytest.fixture(scope="module")
def files(require_server: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Files:
    program = require_server("otelcol")
    folders = [tmp_path_factory.mktemp(name) for name in ("usual", "whole")]
    usual = written(program, folders[0], list(FORMS))
    whole = written(program, folders[1], ["json zstd", "proto zstd"], WHOLE)
    return usual | {f"{form}, the file as a whole": path for form, path in whole.items()}


ALL = [*FORMS, "json zstd, the file as a whole", "proto zstd, the file as a whole"]


@pytest.mark.parametrize("form", ALL)
def test_a_file_of_the_collector_adds_up_to_what_the_app_did(files: Files, form: str) -> None:
    report = answer(*files[form])

    assert {key: report["totals"][key] for key in TOTALS} == TOTALS
    assert [(each["agent"], each["group"], each["runs"]) for each in report["agents"]] == [
        ("clerk", "shop", RUNS)
    ]
    assert [(each["tool"], each["calls"], each["errors"]) for each in report["tools"]] == [
        ("ship", RUNS, RUNS // 10),
        ("stock", RUNS, 0),
    ]


def test_a_file_that_grows_too_large_is_continued_in_another(files: Files) -> None:
    assert len(files["json rotated"]) > 1


def test_every_form_costs_the_same(files: Files) -> None:
    totals: list[dict[str, Any]] = [answer(*paths)["totals"] for paths in files.values()]

    assert totals[0]["cost_usd"] > 0
    assert totals == [totals[0]] * len(ALL)


def test_a_file_is_read_from_a_pipe_as_from_its_path(files: Files) -> None:
    (path,) = files["proto zstd"]

    assert answer("-", stdin=path.read_bytes()) == answer(path)
