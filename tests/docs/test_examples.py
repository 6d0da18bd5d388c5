"""Every example in the documents does what the document says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "docs/inspect.md")
FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(language: str) -> list[tuple[str, str]]:
    """Find a document's fenced examples in a language, each with where it stands."""
    found = []
    for name in DOCUMENTS:
        text = (ROOT / name).read_text()
        for match in FENCE.finditer(text):
            if match["language"] == language:
                line = text.count("\n", 0, match.start()) + 1
                found.append((f"{name}:{line}", match["body"]))
    return found


@pytest.mark.parametrize(("where", "body"), examples("console"))
def test_a_command_prints_what_is_shown(where: str, body: str) -> None:
    command, _, expected = body.partition("\n")
    program, *arguments = shlex.split(command.removeprefix("$ "))
    assert program == "otel-agents", where
    done = subprocess.run(
        [sys.executable, "-c", "from otel_agents.cli import main; main()", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
    )
    shown, cut, _ = expected.partition("  …\n")
    printed = "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"

    assert (printed[: len(shown)] if cut else printed) == shown


@pytest.mark.parametrize(("where", "body"), examples("python"))
def test_python_prints_what_its_comments_say(where: str, body: str) -> None:
    printed = re.findall(r"^print\((.*)\) +# (.*)$", body, re.MULTILINE)
    names: dict[str, object] = {}
    exec(compile(body, where, "exec"), names)  # noqa: S102 our own document

    assert [str(eval(code, names)) for code, _ in printed] == [told for _, told in printed]  # noqa: S307
    assert printed


def test_there_are_examples() -> None:
    assert len(examples("console")) >= 2
    assert len(examples("python")) >= 1
