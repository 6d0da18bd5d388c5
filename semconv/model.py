"""The registry as the generators read it; the checker has found it sound before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from semconv.source import Node

OWN = "otel_agents."


@dataclass(frozen=True, slots=True)
class Member:
    """A value of an enumerated attribute."""

    value: str
    brief: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of our own.

    Attributes:
        key: The name on the wire.
        kind: Its type, `enum` where it has members.
        brief: What it says.
        layer: The layer it belongs to.
        stability: How settled it is.
        examples: One or two values.
        members: The values, where they are enumerated.
        enum: The name of the generated enum, where it has one.
        proposal: The open upstream proposal that it corresponds to.
    """

    key: str
    kind: str
    brief: str
    layer: str
    stability: str
    examples: tuple[str, ...]
    members: tuple[Member, ...]
    enum: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Label:
    """An attribute as a signal uses it."""

    key: str
    level: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of our own, and the name of upstream that it goes by.

    Attributes:
        name: Its name while upstream names are off.
        upstream_name: The name it is emitted under otherwise, empty where upstream has none.
        instrument: The kind of instrument.
        unit: The unit.
        value_type: `int` or `double`.
        buckets: The boundaries of a histogram.
        labels: What its series differ by, beside their identity.
        layer: The layer it belongs to.
        scope: Whose series they are: an agent's, a group's or the process's.
        door: Which door can know it.
        brief: What it counts or measures.
        proposal: The open upstream proposal that it corresponds to.
    """

    name: str
    upstream_name: str
    instrument: str
    unit: str
    value_type: str
    buckets: tuple[float, ...]
    labels: tuple[Label, ...]
    layer: str
    scope: str
    door: str
    brief: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A span, a refinement of one, an event or an entity.

    Attributes:
        name: Its name, or the id of a refinement.
        about: The span name's pattern, the refined signal, the severity; empty for an entity.
        brief: What it tells.
        layer: The layer it belongs to.
        labels: Its attributes.
        event_type: The label value of an event.
        proposal: The open upstream proposal that it corresponds to.
    """

    name: str
    about: str
    brief: str
    layer: str
    labels: tuple[Label, ...]
    event_type: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything of our own, in the order of the files.

    Attributes:
        attributes: The attributes.
        metrics: The metrics.
        spans: The spans.
        refinements: What we add to spans of upstream.
        events: The events.
        entities: The entities.
        identities: The labels that every series of a scope carries.
        enums: The enumerated attributes, by the name of their generated enum.
    """

    attributes: tuple[Attribute, ...]
    metrics: tuple[Metric, ...]
    spans: tuple[Signal, ...]
    refinements: tuple[Signal, ...]
    events: tuple[Signal, ...]
    entities: tuple[Signal, ...]
    identities: Mapping[str, tuple[str, ...]]
    enums: Mapping[str, Attribute]


def build(documents: Mapping[str, Node]) -> Registry:
    """Return the registry of these files."""
    groups = {g["id"]: g for g in _entries(documents, "attribute_groups")}
    attributes = tuple(_attribute(node) for node in _entries(documents, "attributes"))
    identities = {
        name.removeprefix(f"{OWN}identity."): tuple(ref["ref"] for ref in group["attributes"])
        for name, group in groups.items()
        if name.startswith(f"{OWN}identity.")
    }
    enums = {a.enum: a for a in (*attributes, *_closed_refs(groups)) if a.enum}
    return Registry(
        attributes=attributes,
        metrics=tuple(_metric(node, groups) for node in _entries(documents, "metrics")),
        spans=tuple(
            _signal(n, groups, "type", n["name"]["note"]) for n in _entries(documents, "spans")
        ),
        refinements=tuple(
            _signal(n, groups, "id", n["ref"]) for n in _entries(documents, "span_refinements")
        ),
        events=tuple(
            _signal(n, groups, "name", _ours(n)["severity"]) for n in _entries(documents, "events")
        ),
        entities=tuple(_signal(n, groups, "type", "") for n in _entries(documents, "entities")),
        identities=identities,
        enums=enums,
    )


def _entries(documents: Mapping[str, Node], section: str) -> Iterator[Node]:
    for document in documents.values():
        yield from document.get(section, ())


def _ours(node: Node) -> Node:
    ours: Node = node.get("annotations", {}).get("otel_agents", {})
    return ours


def _code(node: Node) -> Node:
    code: Node = node.get("annotations", {}).get("code_generation", {})
    return code


def _proposal(node: Node) -> str:
    proposal = _ours(node).get("proposal")
    if proposal is None:
        return ""
    names = ", ".join(f"`{name}`" for name in proposal["names"])
    threads = ", ".join(proposal["threads"])
    return f"{names} ({threads})" if names else threads


def _members(nodes: list[Node]) -> tuple[Member, ...]:
    return tuple(Member(str(node["value"]), node.get("brief", "")) for node in nodes)


def _attribute(node: Node) -> Attribute:
    kind = node["type"]
    enumerated = isinstance(kind, dict)
    examples = node.get("examples", [])
    return Attribute(
        key=node["key"],
        kind="enum" if enumerated else kind,
        brief=node["brief"],
        layer=_ours(node)["layer"],
        stability=node["stability"],
        examples=tuple(_example(e) for e in examples),
        members=_members(kind["members"]) if enumerated else (),
        enum=_code(node).get("enum", ""),
        proposal=_proposal(node),
    )


def _example(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _closed_refs(groups: Mapping[str, Node]) -> Iterator[Attribute]:
    """Yield the attributes of others whose values we close, such as the classes of an error."""
    for group in groups.values():
        for ref in group["attributes"]:
            if enum := _code(ref).get("enum"):
                yield Attribute(
                    key=ref["ref"],
                    kind="enum",
                    brief=ref["brief"],
                    layer="",
                    stability="",
                    examples=(),
                    members=_members(_ours(ref)["members"]),
                    enum=enum,
                    proposal="",
                )


def _labels(refs: list[Node], groups: Mapping[str, Node]) -> Iterator[Label]:
    for ref in refs:
        if "ref_group" in ref:
            yield from _labels(groups[ref["ref_group"]]["attributes"], groups)
        else:
            level = ref.get("requirement_level", "recommended")
            if isinstance(level, dict):
                kind, when = next(iter(level.items()))
                level = f"{kind}: {when}"
            yield Label(ref["ref"], level)


def _metric(node: Node, groups: Mapping[str, Node]) -> Metric:
    ours = _ours(node)
    identity = f"{OWN}identity.{ours['scope']}"
    labels = [ref for ref in node.get("attributes", ()) if ref.get("ref_group") != identity]
    return Metric(
        name=node["name"],
        upstream_name=ours.get("upstream_name", ""),
        instrument=node["instrument"],
        unit=node["unit"],
        value_type=_code(node)["metric_value_type"],
        buckets=tuple(float(edge) for edge in ours.get("buckets", ())),
        labels=tuple(_labels(labels, groups)),
        layer=ours["layer"],
        scope=ours["scope"],
        door=ours["door"],
        brief=node["brief"],
        proposal=_proposal(node),
    )


def _signal(node: Node, groups: Mapping[str, Node], name: str, about: str) -> Signal:
    refs = [*node.get("attributes", ()), *node.get("identity", ()), *node.get("description", ())]
    return Signal(
        name=node[name],
        about=about,
        brief=node.get("brief", ""),
        layer=_ours(node)["layer"],
        labels=tuple(_labels(refs, groups)),
        event_type=_ours(node).get("event_type", ""),
        proposal=_proposal(node),
    )
