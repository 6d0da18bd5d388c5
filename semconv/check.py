"""Checks the registry by weaver's rules and our own: `python -m semconv.check`.

Weaver itself cannot be installed from a package registry; where its binary is on PATH, it can
check the same files beside this.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from semconv.finding import Finding
from semconv.rules import check_registry
from semconv.shape import check_file
from semconv.source import REGISTRY, Node, Upstream, parse, read, read_upstream


def check(texts: Mapping[str, str], upstream: Upstream) -> list[Finding]:
    """Return every finding about a registry, given the text of each of its files."""
    documents, findings = load(texts)
    return sorted({*findings, *check_documents(documents, upstream, sound=not findings)})


def load(texts: Mapping[str, str]) -> tuple[dict[str, Node], list[Finding]]:
    """Return the document of each file, and a finding for each file that has none."""
    parsed = {file: parse(text, file) for file, text in texts.items()}
    documents = {file: node for file, node in parsed.items() if not isinstance(node, Finding)}
    return documents, [node for node in parsed.values() if isinstance(node, Finding)]


def check_documents(
    documents: Mapping[str, Node], upstream: Upstream, *, sound: bool = True
) -> list[Finding]:
    """Return every finding about documents that could be read.

    The rules between entries run once each file's shape is right (and no file is missing, which
    `sound` says), so that one misspelt key is one finding and not ten.
    """
    findings = [f for file, document in documents.items() for f in check_file(file, document)]
    if sound and not findings:
        findings.extend(check_registry(documents, upstream))
    return sorted(set(findings))


def main(arguments: list[str]) -> int:
    """Check the registry, print the findings, and return the exit code."""
    registry = Path(arguments[0]) if arguments else REGISTRY
    texts = read(registry)
    if not texts:
        print(f"{registry}: no *.yaml files; give the folder of a registry", file=sys.stderr)
        return 2
    findings = check(texts, read_upstream())
    for finding in findings:
        print(finding)
    count = len(findings)
    print(f"{len(texts)} files, {count} {'finding' if count == 1 else 'findings'}", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
