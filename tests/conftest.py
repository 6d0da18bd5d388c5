"""What every test may use: hypothesis profiles, and servers that must really be there."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# Shared machines stall at will, so no example is held to a deadline; in CI the same examples
# are tried every time, so that a red run is red again when it is looked into.
settings.register_profile("laptop", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "laptop")

REQUIRE_LIVE = "OTEL_AGENTS_REQUIRE_LIVE"
MANIFEST = Path(__file__).resolve().parent.parent / "collector-config" / "builder.yaml"


def built(program: str) -> str | None:
    """Find a program where `make tools` caches it for this manifest."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    key = hashlib.sha256(MANIFEST.read_bytes()).hexdigest()[:16]
    return shutil.which(cache / "otel-agents" / "tools" / key / program)


@pytest.fixture(scope="session")
def require_server() -> Callable[[str], Path]:
    """Find a server's program, or skip: `require_server("otelcol")`.

    A test that uses it is marked `live` by that. With OTEL_AGENTS_REQUIRE_LIVE set, as in CI,
    a missing server fails the test instead.
    """

    def find(program: str) -> Path:
        found = built(program) or shutil.which(program)
        if found is not None:
            return Path(found)
        if os.environ.get(REQUIRE_LIVE):
            pytest.fail(
                f"{program} is missing (make tools), and {REQUIRE_LIVE} is set", pytrace=False
            )
        pytest.skip(f"needs {program}: make tools, or have it on PATH")

    return find


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as `live` whatever asks for a server, so that no test forgets to."""
    for item in items:
        if "require_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.live)
