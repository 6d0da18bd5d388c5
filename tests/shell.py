"""The command line as a user runs it, and spans in a file as an exporter writes them."""

import gc
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from otel_agents.cli import main
from tests.trees import START_NS

ROOT = Path(__file__).resolve().parent.parent
CAPTURES = ROOT / "tests" / "contract" / "captures"
ENVIRONMENT = (
    "PYTHONUNBUFFERED",
    "FORCE_COLOR",
    "NO_COLOR",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
    "OTEL_AGENTS_DEBUG",
)


class Answer(NamedTuple):
    """What a command answered."""

    code: object
    out: str
    err: str


def run(*arguments: object, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Answer:
    """Run `otel-agents` in this process; what it prints goes to no terminal."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        for name in ENVIRONMENT:
            patch.delenv(name, raising=False)
        for name, value in {"COLUMNS": "140", **(env or {})}.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["otel-agents", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        code: object = None
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        finally:
            gc.enable()
    return Answer(code, _written(out), _written(err))


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def shell(command: str, **env: str) -> Answer:
    """Run a line of bash in which `otel-agents` is the command line; the first code that is bad."""
    python = shlex.quote(sys.executable)
    line = f'set -o pipefail; otel-agents() {{ {python} -m otel_agents.cli "$@"; }}; {command}'
    kept = {key: value for key, value in os.environ.items() if key not in ENVIRONMENT}
    ended = subprocess.run(
        ["bash", "-c", line],
        cwd=ROOT,
        env={**kept, "COLUMNS": "140", **env},
        capture_output=True,
        check=False,
        timeout=18,
    )
    return Answer(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def answer(*arguments: object, stdin: bytes = b"") -> dict[str, Any]:
    """Run `otel-agents inspect --format json`, which must succeed without a word beside."""
    code, out, err = run("inspect", "--format", "json", *arguments, stdin=stdin)
    assert (code, err) == (0, "")
    read: dict[str, Any] = json.loads(out)
    return read


def span(
    attributes: Mapping[str, object], span_id: int = 1, /, **fields: object
) -> dict[str, object]:
    """One span of OTLP/JSON."""
    return {
        "traceId": f"{1:032x}",
        "spanId": f"{span_id:016x}",
        "name": "span",
        "startTimeUnixNano": str(START_NS),
        "endTimeUnixNano": str(START_NS + 10**9),
        "attributes": [{"key": key, "value": _any(value)} for key, value in attributes.items()],
        **fields,
    }


def chat(model: str = "gpt-4o", span_id: int = 1, /, **more: object) -> dict[str, object]:
    """A call of a model that costs something."""
    usage = {"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100}
    names = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}
    return span({**names, **usage, "gen_ai.request.model": model, **more}, span_id)


def document(*spans: dict[str, object]) -> str:
    """A document of OTLP/JSON with these spans."""
    scopes = [{"scope": {"name": "tests"}, "spans": list(spans)}]
    return json.dumps({"resourceSpans": [{"resource": {}, "scopeSpans": scopes}]})


def _any(value: object) -> dict[str, object]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value if value == value else "NaN"}  # noqa: PLR0124
    return {"stringValue": value}
