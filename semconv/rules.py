"""The rules that hold between the entries of a registry, and our own beyond weaver's."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any

from semconv.finding import Finding, Rule
from semconv.shape import SECTIONS, STABILITIES, name_of
from semconv.source import Node, Upstream

OWN = "otel_agents."
DOORS = ("sdk", "gateway", "both")
SCOPES = ("agent", "group", "process")
LAYERS = ("agent", "tool", "resource", "telemetry")
VALUE_TYPES = ("int", "double")
SEVERITIES = ("DEBUG", "INFO", "WARN", "ERROR")
IMPORTED = {"span": "spans", "metric": "metrics", "event": "events", "entity": "entities"}
_REF_KEYS = ("attributes", "identity", "description")
_SCALARS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "int": (int,),
    "double": (int, float),
    "boolean": (bool,),
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of one section of one file."""

    file: str
    section: str
    node: Node

    @property
    def name(self) -> str:
        return name_of(self.section, self.node)

    @property
    def path(self) -> str:
        return f"{self.section}[{self.name}]"

    @property
    def refs(self) -> Sequence[Node]:
        return list(chain.from_iterable(self.node.get(key, ()) for key in _REF_KEYS))

    @property
    def ours(self) -> Node:
        ours = self.node.get("annotations", {}).get("otel_agents", {})
        return ours if isinstance(ours, dict) else {}

    def finding(self, rule: Rule, message: str, advice: str, key: str = "") -> Finding:
        path = f"{self.path}.{key}" if key else self.path
        return Finding(self.file, path, rule, message, advice)


class _Registry:
    """All entries of all files, found by section and name."""

    def __init__(self, documents: Mapping[str, Node], upstream: Upstream) -> None:
        self.upstream = upstream
        self.entries = [
            _Entry(file, section, node)
            for file, document in documents.items()
            for section in SECTIONS
            for node in document.get(section, ())
        ]
        self.attributes = {e.name: e for e in self.section("attributes")}
        self.groups = {e.name: e for e in self.section("attribute_groups")}
        self.imports: dict[str, list[str]] = {}
        for document in documents.values():
            for signal, patterns in (document.get("imports") or {}).items():
                self.imports.setdefault(signal, []).extend(patterns)

    def section(self, section: str) -> Iterator[_Entry]:
        return (entry for entry in self.entries if entry.section == section)

    def is_imported(self, section: str, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.imports.get(section, ()))

    def group_keys(self, group: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """Yield the keys of a group and those in it; a circle ends where it closes."""
        if group in seen or group not in self.groups:
            return
        for ref in self.groups[group].refs:
            if "ref" in ref:
                yield ref["ref"]
            else:
                yield from self.group_keys(ref["ref_group"], seen | {group})


def check_registry(documents: Mapping[str, Node], upstream: Upstream) -> Iterator[Finding]:
    """Yield what is wrong between the entries; each file's shape is known to be right."""
    registry = _Registry(documents, upstream)
    yield from _check_names(registry)
    yield from _check_namespaces(registry)
    for attribute in registry.attributes.values():
        yield from _check_examples(attribute)
        yield from _check_layer(attribute)
    for entry in registry.entries:
        if entry.section != "attributes":
            yield from _check_refs(registry, entry)
    for metric in registry.section("metrics"):
        yield from _check_metric(registry, metric)
    yield from _check_signals(registry)
    yield from _check_use(registry)


def _check_names(registry: _Registry) -> Iterator[Finding]:
    counts = Counter((e.section, e.name) for e in registry.entries)
    for entry in registry.entries:
        if counts[entry.section, entry.name] > 1:
            message = f"{entry.name} is defined {counts[entry.section, entry.name]} times"
            yield entry.finding(Rule.DUPLICATE_NAME, message, "keep one definition")
        if not entry.name.startswith(OWN):
            message = f"{entry.name} is not under {OWN}*"
            advice = "names of our own never stand under a namespace of others"
            yield entry.finding(Rule.ILLEGAL_NAMESPACE, message, advice)


def _check_namespaces(registry: _Registry) -> Iterator[Finding]:
    keys = sorted(registry.attributes)
    for key in keys:
        if inside := [other for other in keys if other.startswith(f"{key}.")]:
            message = f"{key} is also the namespace of {inside[0]}"
            advice = "rename one, so that no name is both"
            yield registry.attributes[key].finding(Rule.EXTENDS_NAMESPACE, message, advice)


def _check_examples(attribute: _Entry) -> Iterator[Finding]:
    kind = attribute.node["type"]
    examples = attribute.node.get("examples")
    if isinstance(kind, dict) or kind == "any":
        return
    if examples is None or examples == []:
        advice = f"give one or two of type {kind}"
        yield attribute.finding(Rule.MISSING_EXAMPLES, "no examples", advice, "examples")
        return
    for example in examples if isinstance(examples, list) else [examples]:
        if not _is_of(example, kind):
            message = f"{example!r} is not of type {kind}"
            yield attribute.finding(Rule.TYPE_MISMATCH, message, f"give a {kind}", "examples")


def _is_of(example: Any, kind: str) -> bool:  # noqa: ANN401  # any YAML value
    if kind.startswith("template["):
        kind = kind.removeprefix("template[").removesuffix("]")
    if kind == "any":
        return True
    if kind.endswith("[]"):
        inner = kind.removesuffix("[]")
        return isinstance(example, list) and all(_is_of(item, inner) for item in example)
    # Python counts a bool as an int.
    if isinstance(example, bool):
        return kind == "boolean"
    return isinstance(example, _SCALARS[kind])


def _check_layer(entry: _Entry) -> Iterator[Finding]:
    if entry.ours.get("layer") not in LAYERS:
        message = f"got {entry.ours.get('layer')!r}, expected one of {', '.join(LAYERS)}"
        key = "annotations.otel_agents.layer"
        yield entry.finding(Rule.MISSING_ANNOTATION, message, "say which layer it tells of", key)


def _check_refs(registry: _Registry, entry: _Entry) -> Iterator[Finding]:
    keys: Counter[str] = Counter()
    for ref in entry.refs:
        if "ref_group" in ref:
            group = ref["ref_group"]
            if group not in registry.groups:
                message = f"no attribute group {group}"
                yield entry.finding(Rule.MISSING_GROUP, message, "define it or mend the name")
            # An inline ref may refine a group's; only groups must not meet each other.
            keys.update(set(registry.group_keys(group)))
        else:
            yield from _check_attribute_ref(registry, entry, ref)
    keys.update(
        key
        for key, count in Counter(r["ref"] for r in entry.refs if "ref" in r).items()
        if count > 1
        for _ in range(2)
    )
    for key, count in sorted(keys.items()):
        if count > 1:
            message = f"{key} comes in more than once"
            advice = "take it out of one of the two groups or refs"
            yield entry.finding(Rule.DUPLICATE_REF, message, advice)


def _check_attribute_ref(registry: _Registry, entry: _Entry, ref: Node) -> Iterator[Finding]:
    key = ref["ref"]
    at = f"refs[{key}]"
    if key in registry.upstream.renamed:
        newest = registry.upstream.renamed[key]
        message = f"{key} is no longer current"
        advice = f"use {newest}" if newest else "it has no successor"
        yield entry.finding(Rule.DEPRECATED, message, advice, at)
    elif key not in registry.attributes and key not in registry.upstream.attributes:
        message = f"no attribute {key}, here or in the pinned upstream"
        yield entry.finding(Rule.MISSING_ATTRIBUTE, message, "define it or mend the name", at)
    elif key in registry.attributes and "stability" in ref:
        base = registry.attributes[key].node["stability"]
        if STABILITIES.index(ref["stability"]) > STABILITIES.index(base):
            message = f"{ref['stability']} on a ref to an attribute that is {base}"
            advice = f"a ref may only lower it: {base} or less"
            yield entry.finding(Rule.STABILITY_RAISED, message, advice, at)


def _check_metric(registry: _Registry, metric: _Entry) -> Iterator[Finding]:
    yield from _check_layer(metric)
    if metric.ours.get("door") not in DOORS:
        message = f"got {metric.ours.get('door')!r}, expected one of {', '.join(DOORS)}"
        advice = "say which door can know it"
        yield metric.finding(Rule.MISSING_DOOR, message, advice, "annotations.otel_agents.door")
    yield from _check_annotation(metric, "scope", metric.ours.get("scope"), SCOPES)
    code = metric.node.get("annotations", {}).get("code_generation", {})
    kind = code.get("metric_value_type")
    yield from _check_annotation(metric, "metric_value_type", kind, VALUE_TYPES)
    yield from _check_unit(metric)
    yield from _check_buckets(metric)
    if "upstream_name" in metric.ours:
        yield from _check_upstream(registry.upstream, metric)


def _check_annotation(
    entry: _Entry, key: str, value: object, choices: tuple[str, ...]
) -> Iterator[Finding]:
    if value not in choices:
        message = f"got {value!r}, expected one of {', '.join(choices)}"
        at = f"annotations.{key}"
        yield entry.finding(Rule.MISSING_ANNOTATION, message, "write one of them", at)


def _check_unit(metric: _Entry) -> Iterator[Finding]:
    unit = metric.node["unit"]
    if unit == "1" or (unit == "" and not metric.name.endswith(".info")):
        message = f"got {unit!r}, which the two export paths name differently"
        yield metric.finding(Rule.UNIT_MISMATCH, message, "write {thing}", "unit")
    elif unit not in ("", "s") and not (unit.startswith("{") and unit.endswith("}")):
        message = f"got {unit!r}, expected s or a {{thing}}"
        yield metric.finding(Rule.UNIT_MISMATCH, message, f"write {{{unit}}}", "unit")
    elif metric.name.endswith(".duration") and unit != "s":
        message = f"got {unit!r} on a duration"
        yield metric.finding(Rule.UNIT_MISMATCH, message, "write s", "unit")


def _check_buckets(metric: _Entry) -> Iterator[Finding]:
    buckets = metric.ours.get("buckets")
    key = "annotations.otel_agents.buckets"
    if metric.node["instrument"] != "histogram":
        if buckets is not None:
            message = f"buckets on a {metric.node['instrument']}"
            yield metric.finding(Rule.INVALID_BUCKETS, message, "take them away", key)
        return
    ascending = isinstance(buckets, list) and buckets == sorted(set(buckets))
    if not buckets or not ascending:
        message = f"got {buckets!r}, expected ascending boundaries"
        advice = "every default threshold is a boundary"
        yield metric.finding(Rule.INVALID_BUCKETS, message, advice, key)


def _check_upstream(upstream: Upstream, metric: _Entry) -> Iterator[Finding]:
    name = metric.ours["upstream_name"]
    key = "annotations.otel_agents.upstream_name"
    if name not in upstream.metrics:
        message = f"no metric {name} in the pinned upstream"
        yield metric.finding(Rule.MISSING_METRIC, message, "mend the name", key)
        return
    instrument, unit = upstream.metrics[name]
    if metric.node["instrument"] != instrument:
        message = f"got {metric.node['instrument']}, {name} is a {instrument}"
        advice = f"write {instrument}"
        yield metric.finding(Rule.UNEXPECTED_INSTRUMENT, message, advice, "instrument")
    if metric.node["unit"] != unit:
        message = f"got {metric.node['unit']!r}, {name} has {unit!r}"
        yield metric.finding(Rule.UNIT_MISMATCH, message, f"write {unit!r}", "unit")


def _check_signals(registry: _Registry) -> Iterator[Finding]:
    for entry in registry.entries:
        yield from _check_associations(registry, entry)
        signal = entry.section.removesuffix("_refinements")
        if signal in IMPORTED:
            yield from _check_layer(entry)
            yield from _check_refined(registry, entry, IMPORTED[signal])
        elif entry.section in ("spans", "events", "entities"):
            yield from _check_layer(entry)
    for event in registry.section("events"):
        yield from _check_event(registry, event)


def _check_refined(registry: _Registry, entry: _Entry, section: str) -> Iterator[Finding]:
    base = entry.node["ref"]
    owned = next((e for e in registry.section(section) if e.name == base), None)
    if owned is None and not registry.is_imported(section, base):
        message = f"{base} is neither defined nor imported"
        advice = f"import it under imports.{section}, or mend the name"
        yield entry.finding(Rule.MISSING_SIGNAL, message, advice, "ref")
    # What is imported is in development: nothing lower is left to compare with.
    lowest = owned.node["stability"] if owned else "development"
    raised = entry.node.get("stability", lowest)
    if STABILITIES.index(raised) > STABILITIES.index(lowest):
        message = f"{raised} on a refinement of {base}, which is {lowest}"
        advice = f"a refinement may only lower it: {lowest} or less"
        yield entry.finding(Rule.STABILITY_RAISED, message, advice, "stability")


def _check_associations(registry: _Registry, entry: _Entry) -> Iterator[Finding]:
    known = {e.name for e in registry.section("entities")}
    for name in _association_names(entry.node.get("entity_associations", ())):
        if name not in known and not registry.is_imported("entities", name):
            message = f"no entity {name}, here or among the imports"
            advice = "define it, import it, or mend the name"
            yield entry.finding(Rule.MISSING_ENTITY, message, advice, "entity_associations")


def _association_names(expressions: Sequence[Any]) -> Iterator[str]:
    for expression in expressions:
        if isinstance(expression, dict):
            for inner in expression.values():
                yield from _association_names(inner)
        else:
            yield str(expression)


def _check_event(registry: _Registry, event: _Entry) -> Iterator[Finding]:
    severity = event.ours.get("severity")
    yield from _check_annotation(event, "otel_agents.severity", severity, SEVERITIES)
    attribute = registry.attributes.get(f"{OWN}event.type")
    members = attribute.node["type"].get("members", ()) if attribute else ()
    values = [member["value"] for member in members]
    if event.ours.get("event_type") not in values:
        message = f"got {event.ours.get('event_type')!r}, expected one of {', '.join(values)}"
        advice = f"write one of them, or add it to {OWN}event.type"
        key = "annotations.otel_agents.event_type"
        yield event.finding(Rule.UNDEFINED_ENUM_VARIANT, message, advice, key)


def _check_use(registry: _Registry) -> Iterator[Finding]:
    used: set[str] = set()
    for entry in registry.entries:
        if entry.section == "attribute_groups":
            continue
        for ref in entry.refs:
            used.update(registry.group_keys(ref["ref_group"]) if "ref_group" in ref else ())
            used.update([ref["ref"]] if "ref" in ref else ())
    for key, attribute in registry.attributes.items():
        if key not in used and "deprecated" not in attribute.node:
            message = f"no span, metric, event or entity uses {key}"
            advice = "use it on a signal or remove it"
            yield attribute.finding(Rule.UNUSED_ATTRIBUTE, message, advice)
