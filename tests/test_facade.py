"""What `import otel_agents` costs the application that writes it."""

import importlib.util
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

HEAVY = (
    "genai_prices",
    "google.protobuf",
    "grpc",
    "httpx",
    "httpx2",
    "prometheus_client",
    "pydantic",
    "rich",
    "starlette",
    "typer",
    "uvicorn",
    "yaml",
    "zstandard",
)

LOADED = f"""
import sys
import otel_agents
print([name for name in {HEAVY!r} if name in sys.modules])
"""

# Processor time, not the wall's: a busy neighbour on a shared machine slows only the wall.
COST = """
import time
import opentelemetry.sdk.metrics, opentelemetry.sdk.resources, opentelemetry.sdk.trace
begun = time.process_time()
import otel_agents
print((time.process_time() - begun) * 1000)
"""


def run(code: str) -> str:
    """What a program prints in an interpreter of its own."""
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return process.stdout.strip()


def test_importing_the_facade_loads_no_heavy_library() -> None:
    assert run(LOADED) == "[]"


def test_every_heavy_library_is_installed_where_the_tests_run() -> None:
    assert [name for name in HEAVY if importlib.util.find_spec(name) is None] == []


def test_importing_the_facade_costs_at_most_30_ms_over_the_sdk() -> None:
    run(COST)  # the first import writes the byte code
    costs_ms = [float(run(COST)) for _ in range(5)]

    assert statistics.median(costs_ms) <= 30
