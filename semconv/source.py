"""Reading the registry's files, and the pinned names of upstream, as plain YAML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from semconv.finding import Finding, Rule

HERE = Path(__file__).parent
REGISTRY = HERE / "registry"
UPSTREAM = HERE / "upstream.yaml"
MANIFEST = "manifest.yaml"

Node: TypeAlias = dict[str, Any]


class _StrictLoader(yaml.SafeLoader):
    """A YAML loader that refuses a mapping with the same key twice."""


def _strict_mapping(loader: _StrictLoader, node: yaml.MappingNode) -> Node:
    seen: set[str] = set()
    for key_node, _ in node.value:
        if key_node.value in seen:
            raise yaml.constructor.ConstructorError(
                problem=f"duplicate key {key_node.value!r}", problem_mark=key_node.start_mark
            )
        seen.add(key_node.value)
    return {str(key): value for key, value in loader.construct_mapping(node, deep=True).items()}


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _strict_mapping)


@dataclass(frozen=True, slots=True)
class Upstream:
    """The names of others that this convention reads, emits or refers to.

    Attributes:
        attributes: The type of each attribute that is current.
        generations: The generation that introduced each name, attributes and metrics alike.
        renamed: For each attribute that is no longer current, the one of today, if any.
        renamed_metrics: The same for metrics.
        renamed_values: For each enumerated attribute, its old values and those of today.
        metrics: Instrument and unit of each metric that is current.
        enums: The values of each enumerated attribute.
        pin: Where the names were read, and at which commit.
    """

    attributes: Mapping[str, str]
    generations: Mapping[str, str]
    renamed: Mapping[str, str | None]
    renamed_metrics: Mapping[str, str | None]
    renamed_values: Mapping[str, Mapping[str, str]]
    metrics: Mapping[str, tuple[str, str]]
    enums: Mapping[str, tuple[str, ...]]
    pin: Mapping[str, Mapping[str, str]]


def parse(text: str, file: str) -> Node | Finding:
    """Return the text's document, or the finding that says why it is none."""
    try:
        document = yaml.load(text, Loader=_StrictLoader)  # noqa: S506  # derives from SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the whole file"
        problem = error.problem or "unreadable"
        twice = problem.startswith("duplicate key")
        rule = Rule.DUPLICATE_KEY if twice else Rule.INVALID_YAML
        advice = "keep one of the two" if twice else "mend the YAML"
        return Finding(file, where, rule, problem, advice)
    if not isinstance(document, dict):
        message = f"a {type(document).__name__} where a mapping was expected"
        return Finding(file, "the whole file", Rule.INVALID_YAML, message, "start with file_format")
    return document


def read(registry: Path = REGISTRY) -> dict[str, str]:
    """Return the text of every file of the registry, by file name, in order."""
    return {path.name: path.read_text("utf-8") for path in sorted(registry.glob("*.yaml"))}


def read_upstream(path: Path = UPSTREAM) -> Upstream:
    """Return the pinned names of upstream."""
    facts = yaml.safe_load(path.read_text("utf-8"))
    attributes = {key: kind for key, kind, _ in _attributes(facts)}
    generations = {key: generation for key, _, generation in _attributes(facts)}
    rows = [*facts["metrics"], *facts["renamed"], *facts["renamed_metrics"]]
    generations |= {row.get("name") or row["from"]: row["generation"] for row in rows}
    return Upstream(
        attributes=attributes,
        generations=generations,
        renamed={row["from"]: row["to"] for row in facts["renamed"]},
        renamed_metrics={row["from"]: row["to"] for row in facts["renamed_metrics"]},
        renamed_values=facts["renamed_values"],
        metrics={row["name"]: (row["instrument"], row["unit"]) for row in facts["metrics"]},
        enums={key: tuple(values) for key, values in facts["enums"].items()},
        pin={name: {k: str(v) for k, v in at.items()} for name, at in facts["pin"].items()},
    )


def _attributes(facts: Node) -> Iterator[tuple[str, str, str]]:
    for generation, by_type in facts["attributes"].items():
        for kind, keys in by_type.items():
            for key in keys:
                yield key, kind, generation
