"""Every example of docs/instrument.md runs, and tells what stands below it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry._logs import _internal as logs

from otel_agents import instrument
from otel_agents.instrument import agents
from tests.instrument.told import Told

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "instrument.md"
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[int, str, str]]:
    """The line, the code and the tree of each example."""
    text = DOCUMENT.read_text()
    return [
        (text.count("\n", 0, found.start()) + 1, found[1], found[2])
        for found in EXAMPLE.finditer(text)
    ]


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    told = Told()
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", told.tracing)
    monkeypatch.setattr(logs, "_LOGGER_PROVIDER", None)
    yield told
    agents.known.clear()


@pytest.mark.parametrize(("line", "code", "tree"), examples())
def test_an_example_tells_what_is_shown(
    telling: Told, capsys: pytest.CaptureFixture[str], line: int, code: str, tree: str
) -> None:
    exec(compile(code, f"{DOCUMENT.name}:{line}", "exec"), {})  # noqa: S102 our own document

    assert telling.tree() == tree.strip()
    assert capsys.readouterr().out.splitlines() == re.findall(r"print\(.*\)  # (.*)", code)


def test_every_python_block_is_such_an_example() -> None:
    assert len(examples()) == DOCUMENT.read_text().count("```python") >= 8


def test_every_word_of_the_document_is_offered() -> None:
    named = set(re.findall(r"instrument\.([a-zA-Z_]+)", DOCUMENT.read_text())) - {"md"}

    assert named <= set(instrument.__all__)
