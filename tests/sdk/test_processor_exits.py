"""How a process ends: what it held has left before, whatever way it goes."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import multiprocessing, sys
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from otel_agents.sdk import configure

class File(SpanExporter):
    def export(self, spans):
        with open(sys.argv[1], "a") as file:
            file.writelines(span.name + chr(10) for span in spans)
        return SpanExportResult.SUCCESS

def work(name):
    with trace.get_tracer("app").start_as_current_span(name):
        trace.get_tracer("app").start_span(name + " inner").end()

if __name__ == "__main__":
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(File()))
    trace.set_tracer_provider(provider)
    configure()
    work("parent")
    if sys.argv[2] != "alone":
        if sys.argv[2] == "late fork":
            provider.force_flush()
        children = multiprocessing.get_context("fork")
        child = children.Process(target=work, args=("child",))
        child.start()
        child.join()
        work("parent again")
"""


@pytest.mark.parametrize(
    ("way", "names"),
    [
        ("alone", ["parent"]),
        ("fork", ["child", "parent", "parent again"]),
        ("late fork", ["child", "parent", "parent again"]),
    ],
)
def test_every_span_of_every_process_leaves_once(
    way: str, names: list[str], tmp_path: Path
) -> None:
    program, out = tmp_path / "program.py", tmp_path / "out"
    program.write_text(PROGRAM)

    root = Path(__file__).parent.parent.parent
    subprocess.run(
        [sys.executable, "-W", "ignore", program, out, way],
        check=True,
        timeout=15,
        cwd=root,
        env={"PYTHONPATH": str(root), "PATH": ""},
    )

    expected = [name for outer in names for name in (outer, f"{outer} inner")]
    assert sorted(out.read_text().splitlines()) == sorted(expected)
