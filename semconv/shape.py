"""The shape of one file: which keys stand where, and which values they take."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from semconv.finding import Finding, Rule
from semconv.source import MANIFEST, Node

FORMAT = "definition/2"
STABILITIES = ("deprecated", "development", "alpha", "beta", "release_candidate", "stable")
PRIMITIVES = ("string", "int", "double", "boolean")
TYPES = (*PRIMITIVES, *(f"{name}[]" for name in PRIMITIVES), "any")
INSTRUMENTS = ("counter", "updowncounter", "gauge", "histogram")
KINDS = ("client", "server", "producer", "consumer", "internal")
LEVELS = ("required", "recommended", "opt_in")
CONDITIONAL_LEVELS = ("conditionally_required", "recommended", "opt_in")
REASONS = ("obsoleted", "uncategorized", "unspecified")
LEGACY_KEYS = ("groups", "metric_name", "extends", "prefix")

_NAME = re.compile(r"[a-z][a-z0-9]*([._][a-z0-9]+)*")
_SCHEMA_URL = re.compile(r"https?://[^/\s]+/\S+/\d+\.\d+\.\d+(-[a-z0-9.]+)?")
_TEXT = ("brief", "note")


@dataclass(frozen=True, slots=True)
class _Shape:
    """The keys of one kind of entry: its name, what it needs, what it may have."""

    name: str
    required: frozenset[str] = field(default_factory=frozenset)
    optional: frozenset[str] = field(default_factory=frozenset)
    refs: tuple[str, ...] = ("attributes",)


def _shape(name: str, required: str, optional: str, *refs: str) -> _Shape:
    return _Shape(
        name, frozenset(required.split()), frozenset(optional.split()), refs or ("attributes",)
    )


_SIGNAL = "note deprecated annotations requirement_level attributes entity_associations"
_REFINEMENT = "brief note stability deprecated annotations attributes entity_associations"
_ENTITY_REFS = ("identity", "description")
SECTIONS = {
    "attributes": _shape("key", "key type brief stability", "note deprecated annotations examples"),
    "attribute_groups": _shape(
        "id", "id visibility", "brief note stability deprecated annotations attributes"
    ),
    "spans": _shape("type", "type kind name brief stability", _SIGNAL),
    "metrics": _shape("name", "name instrument unit brief stability", _SIGNAL),
    "events": _shape("name", "name brief stability", _SIGNAL),
    "entities": _shape(
        "type",
        "type identity brief stability",
        "note deprecated annotations requirement_level description",
        *_ENTITY_REFS,
    ),
    "span_refinements": _shape("id", "id ref", f"{_REFINEMENT} name"),
    "metric_refinements": _shape("id", "id ref", _REFINEMENT),
    "event_refinements": _shape("id", "id ref", _REFINEMENT),
    "entity_refinements": _shape(
        "id",
        "id ref",
        "brief note stability deprecated annotations identity description",
        *_ENTITY_REFS,
    ),
}
_IMPORTS = ("spans", "metrics", "events", "entities", "attribute_groups")
_REF = frozenset(
    {*_TEXT, "examples", "annotations", "stability", "deprecated", "requirement_level"}
)
_CHOICES = {
    "stability": STABILITIES,
    "kind": KINDS,
    "instrument": INSTRUMENTS,
    "visibility": ("internal", "public"),
}


def check_file(file: str, document: Node) -> Iterator[Finding]:
    """Yield what is wrong with one file taken alone."""
    if file == MANIFEST:
        yield from _check_manifest(file, document)
        return
    if document.get("file_format") != FORMAT:
        got = document.get("file_format")
        message = f"got {got!r}, expected {FORMAT!r}"
        yield Finding(file, "file_format", Rule.FILE_FORMAT, message, f"write {FORMAT} on top")
    for key, entries in document.items():
        if key in SECTIONS:
            yield from _check_section(file, key, entries)
        elif key == "imports":
            yield from _check_imports(file, entries)
        elif key != "file_format":
            yield _unknown(file, key, key, (*SECTIONS, "imports"))


def name_of(section: str, entry: Node) -> str:
    """Return the name of an entry, `?` where it has none."""
    return str(entry.get(SECTIONS[section].name, "?"))


def is_named_well(name: str) -> bool:
    """Return whether a name is lower case, dotted, and starts with a letter."""
    return _NAME.fullmatch(name) is not None


def _check_manifest(file: str, document: Node) -> Iterator[Finding]:
    allowed = frozenset({"name", "description", "schema_url", "stability", "dependencies"})
    yield from _check_keys(file, "", document, frozenset({"schema_url"}), allowed)
    yield from _check_choices(file, "", document)
    dependencies = document.get("dependencies", [])
    places = [("", document), *((f"dependencies[{i}]", d) for i, d in enumerate(dependencies))]
    for path, node in places:
        if path:
            needed = frozenset({"schema_url"})
            yield from _check_keys(file, path, node, needed, frozenset({"registry_path"}))
        if not _SCHEMA_URL.fullmatch(str(node.get("schema_url", "https://a/b/1.0.0"))):
            message = f"got {node['schema_url']!r}, expected http[s]://host/path/<version>"
            where = _join(path, "schema_url")
            yield Finding(file, where, Rule.INVALID_FORMAT, message, "end it with a version")


def _check_imports(file: str, imports: Any) -> Iterator[Finding]:  # noqa: ANN401  # any YAML
    for key, patterns in (imports or {}).items():
        if key not in _IMPORTS:
            yield _unknown(file, f"imports.{key}", key, _IMPORTS)
        elif not _is_list_of(patterns, str):
            message = f"got {patterns!r}, expected a list of name patterns"
            yield Finding(file, f"imports.{key}", Rule.INVALID_VALUE, message, "write a list")


def _check_section(file: str, section: str, entries: Any) -> Iterator[Finding]:  # noqa: ANN401
    if not _is_list_of(entries, dict):
        message = f"got {type(entries).__name__}, expected a list of mappings"
        yield Finding(file, section, Rule.INVALID_VALUE, message, "write a list")
        return
    for entry in entries:
        path = f"{section}[{name_of(section, entry)}]"
        yield from _check_entry(file, section, path, entry)


def _check_entry(file: str, section: str, path: str, entry: Node) -> Iterator[Finding]:
    shape = SECTIONS[section]
    if section == "attributes":
        yield from _misplaced(file, path, entry)
        entry = {k: v for k, v in entry.items() if k not in _REF_ONLY}
    public_group = section == "attribute_groups" and entry.get("visibility") == "public"
    needed = shape.required | ({"brief", "stability"} if public_group else set())
    yield from _check_keys(file, path, entry, needed, shape.optional)
    yield from _check_choices(file, path, entry)
    yield from _check_name(file, path, str(entry.get(shape.name, "a")))
    if section in ("spans", "span_refinements") and "name" in entry:
        yield from _check_span_name(file, path, entry["name"])
    if section == "attributes" and "type" in entry:
        yield from _check_type(file, path, entry["type"])
    for key in shape.refs if section != "attributes" else ():
        for ref in entry.get(key, []):
            yield from _check_ref(file, f"{path}.{key}", ref, section)


_REF_ONLY = {
    "requirement_level": Rule.REQUIREMENT_LEVEL_NOT_ON_REF,
    "sampling_relevant": Rule.SAMPLING_RELEVANT_NOT_ON_SPAN,
}


def _misplaced(file: str, path: str, entry: Node) -> Iterator[Finding]:
    for key, rule in _REF_ONLY.items():
        if key in entry:
            advice = "move it to the refs of the signals that use the attribute"
            yield Finding(file, _join(path, key), rule, f"{key} on a definition", advice)


def _check_name(file: str, path: str, name: str) -> Iterator[Finding]:
    if not is_named_well(name):
        message = f"got {name!r}, expected lower case words joined by dots and underscores"
        yield Finding(file, path, Rule.INVALID_FORMAT, message, "rename it")


def _check_span_name(file: str, path: str, name: Any) -> Iterator[Finding]:  # noqa: ANN401
    if not isinstance(name, dict) or set(name) != {"note"}:
        message = f"got {name!r}, expected {{note: ...}}"
        advice = "say in `note` how the span name is made of its attributes"
        yield Finding(file, f"{path}.name", Rule.INVALID_VALUE, message, advice)


def _check_type(file: str, path: str, kind: Any) -> Iterator[Finding]:  # noqa: ANN401
    if isinstance(kind, dict):
        yield from _check_members(file, path, kind)
        return
    inner = str(kind)
    if inner.startswith("template[") and inner.endswith("]"):
        inner = inner.removeprefix("template[").removesuffix("]")
    if inner not in TYPES:
        message = f"got {kind!r}, expected one of {', '.join(TYPES)}, template[...] or members"
        yield Finding(file, f"{path}.type", Rule.UNKNOWN_TYPE, message, "name a known type")


def _check_members(file: str, path: str, kind: Node) -> Iterator[Finding]:
    where = f"{path}.type"
    yield from _check_keys(file, where, kind, frozenset({"members"}), frozenset())
    needed = frozenset({"id", "value", "stability"})
    optional = frozenset({"brief", "note", "deprecated", "annotations"})
    seen: set[str] = set()
    for member in kind.get("members", []):
        at = f"{where}.members[{member.get('id', '?')}]"
        yield from _check_keys(file, at, member, needed, optional)
        yield from _check_choices(file, at, member)
        for key in ("id", "value"):
            if f"{key}={member.get(key)}" in seen:
                message = f"{key} {member.get(key)!r} twice in one enum"
                yield Finding(file, at, Rule.DUPLICATE_NAME, message, "keep one")
            seen.add(f"{key}={member.get(key)}")


def _check_ref(file: str, path: str, ref: Any, section: str) -> Iterator[Finding]:  # noqa: ANN401
    if not isinstance(ref, dict):
        message = f"got {ref!r}, expected {{ref: ...}} or {{ref_group: ...}}"
        yield Finding(file, path, Rule.INVALID_VALUE, message, "write a mapping")
        return
    if "ref_group" in ref:
        at = f"{path}[{ref['ref_group']}]"
        yield from _check_keys(file, at, ref, frozenset({"ref_group"}), frozenset())
        return
    at = f"{path}[{ref.get('ref', ref.get('key', '?'))}]"
    if defined := {"key", "id", "type"} & set(ref):
        advice = "define it under top-level `attributes` and use it here by `ref`"
        message = f"a definition ({', '.join(sorted(defined))}) inside a signal"
        yield Finding(file, at, Rule.ATTRIBUTE_DEFINED_IN_SIGNAL, message, advice)
        return
    if "sampling_relevant" in ref and section not in ("spans", "span_refinements"):
        message = "sampling_relevant outside a span"
        yield Finding(file, at, Rule.SAMPLING_RELEVANT_NOT_ON_SPAN, message, "take it away")
    yield from _check_keys(file, at, ref, frozenset({"ref"}), _REF | {"sampling_relevant"})
    yield from _check_choices(file, at, ref)


def _check_keys(
    file: str, path: str, node: Node, required: frozenset[str] | set[str], optional: frozenset[str]
) -> Iterator[Finding]:
    for key in sorted(required - set(node)):
        yield Finding(file, _join(path, key), Rule.MISSING_KEY, "missing", f"add `{key}`")
    for key in node:
        if key not in required | optional:
            yield _unknown(file, _join(path, key), key, tuple(sorted(required | optional)))


def _check_choices(file: str, path: str, node: Node) -> Iterator[Finding]:
    for key, choices in _CHOICES.items():
        if key in node and node[key] not in choices:
            rule = Rule.UNEXPECTED_INSTRUMENT if key == "instrument" else Rule.INVALID_VALUE
            message = f"got {node[key]!r}, expected one of {', '.join(choices)}"
            yield Finding(file, _join(path, key), rule, message, "write one of them")
    for key in _TEXT:
        if key in node and not (isinstance(node[key], str) and node[key].strip()):
            message = f"got {node[key]!r}, expected a sentence"
            yield Finding(file, _join(path, key), Rule.INVALID_VALUE, message, "write one")
    if "requirement_level" in node and not _is_level(node["requirement_level"]):
        message = f"got {node['requirement_level']!r}, expected one of {', '.join(LEVELS)}"
        advice = "write one of them, or {conditionally_required: <when>}"
        where = _join(path, "requirement_level")
        yield Finding(file, where, Rule.INVALID_VALUE, message, advice)
    if "deprecated" in node and not _is_deprecation(node["deprecated"]):
        message = f"got {node['deprecated']!r}, expected {{reason: ..., note: ...}}"
        advice = "give a reason: renamed needs renamed_to, the others need a note"
        yield Finding(file, _join(path, "deprecated"), Rule.DEPRECATED, message, advice)


def _is_level(level: Any) -> bool:  # noqa: ANN401
    if isinstance(level, dict):
        return len(level) == 1 and set(level) <= set(CONDITIONAL_LEVELS)
    return level in LEVELS


def _is_deprecation(node: Any) -> bool:  # noqa: ANN401
    if not isinstance(node, dict) or not set(node) <= {"reason", "renamed_to", "note"}:
        return False
    if node.get("reason") == "renamed":
        return isinstance(node.get("renamed_to"), str)
    noted = isinstance(node.get("note"), str) and "renamed_to" not in node
    return node.get("reason") in REASONS and noted


def _is_list_of(value: Any, kind: type) -> bool:  # noqa: ANN401
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _unknown(file: str, path: str, key: str, allowed: tuple[str, ...]) -> Finding:
    if key in LEGACY_KEYS:
        message = f"`{key}` is syntax of version 1"
        return Finding(file, path, Rule.LEGACY_SYNTAX, message, f"write it as {FORMAT}")
    message = f"unknown key `{key}`, expected one of {', '.join(allowed)}"
    return Finding(file, path, Rule.UNKNOWN_KEY, message, "mend or remove it")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
