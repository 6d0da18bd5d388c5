"""Writes what is generated from the registry: `python -m semconv.generate [--check]`.

It runs offline, and the same registry always gives the same files. With `--check` nothing is
written: the exit code is 1 where a file on disk is not the one that would be written.
"""

import argparse
import difflib
import sys
from pathlib import Path

from semconv import constants, readme
from semconv.check import check_documents, load
from semconv.finding import Finding
from semconv.model import build
from semconv.source import HERE, REGISTRY, UPSTREAM, read, read_upstream

ROOT = HERE.parent
DIFF_LINES = 20


def render(registry: Path = REGISTRY, upstream: Path = UPSTREAM) -> dict[str, str] | list[Finding]:
    """Return each generated file by its path, or why the registry is not sound."""
    documents, unread = load(read(registry))
    names = read_upstream(upstream)
    if findings := unread or check_documents(documents, names):
        return findings
    model = build(documents)
    return {
        "otel_agents/semconv.py": constants.render(model, names),
        "semconv/README.md": readme.render(model, names),
    }


def stale(files: dict[str, str], root: Path = ROOT) -> dict[str, str]:
    """Return the first differences of each file that is not as it would be."""
    differences: dict[str, str] = {}
    for name, text in files.items():
        path = root / name
        old = path.read_text("utf-8") if path.exists() else ""
        if old != text:
            lines = difflib.unified_diff(
                old.splitlines(), text.splitlines(), "on disk", "generated", lineterm="", n=1
            )
            differences[name] = "\n".join(list(lines)[:DIFF_LINES])
    return differences


def main(arguments: list[str], root: Path = ROOT, registry: Path = REGISTRY) -> int:
    """Write or check the generated files, and return the exit code."""
    parser = argparse.ArgumentParser(prog="semconv.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    options = parser.parse_args(arguments)
    files = render(registry)
    if isinstance(files, list):
        for finding in files:
            print(finding, file=sys.stderr)
        print("nothing is generated from a registry that is not sound", file=sys.stderr)
        return 1
    differences = stale(files, root)
    if options.check:
        for name, difference in differences.items():
            print(f"{name} is not what the registry says:\n{difference}", file=sys.stderr)
        if differences:
            print("run `make gen` and commit what it writes", file=sys.stderr)
        return 1 if differences else 0
    for name in differences:
        (root / name).write_text(files[name], "utf-8")
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
