from pathlib import Path

import pytest

from semconv.check import check, main
from semconv.finding import Rule
from semconv.source import read, read_upstream

UPSTREAM = read_upstream()
MANIFEST = """\
name: sound
schema_url: https://example.org/schemas/sound/0.1.0
dependencies:
  - schema_url: https://example.org/schemas/up/1.0.0
    registry_path: https://example.org/up.git[model]
"""
SOUND = """\
file_format: definition/2
attributes:
  - key: otel_agents.color
    type: string
    brief: The color.
    stability: development
    examples: [red]
    annotations: {otel_agents: {layer: agent}}
  - key: otel_agents.count
    type: int
    brief: The count.
    stability: development
    examples: [1]
    annotations: {otel_agents: {layer: agent}}
  - key: otel_agents.event.type
    type:
      members:
        - {id: made, value: made, brief: Made., stability: development}
        - {id: gone, value: gone, brief: Gone., stability: development}
    brief: The type.
    stability: development
    annotations: {otel_agents: {layer: agent}}
attribute_groups:
  - id: otel_agents.first
    visibility: internal
    attributes:
      - {ref: otel_agents.color, requirement_level: required}
  - id: otel_agents.second
    visibility: internal
    attributes:
      - {ref: otel_agents.count, requirement_level: required}
spans:
  - type: otel_agents.work
    kind: internal
    name: {note: "`work {otel_agents.color}`"}
    brief: Work.
    stability: development
    attributes:
      - {ref: otel_agents.color, requirement_level: required, sampling_relevant: true}
    entity_associations: [otel_agents.thing]
    annotations: {otel_agents: {layer: agent}}
span_refinements:
  - id: otel_agents.invoke
    ref: gen_ai.invoke_agent.internal
    brief: A run.
    stability: development
    attributes:
      - {ref: otel_agents.event.type, requirement_level: {conditionally_required: so}}
    annotations: {otel_agents: {layer: agent}}
metrics:
  - name: otel_agents.invoke_agent.duration
    instrument: histogram
    unit: s
    brief: How long.
    stability: development
    attributes:
      - {ref_group: otel_agents.first}
      - {ref_group: otel_agents.second}
      - {ref: error.type, requirement_level: recommended}
    annotations:
      code_generation: {metric_value_type: double}
      otel_agents:
        layer: agent
        door: both
        scope: agent
        buckets: [1, 2]
        upstream_name: gen_ai.invoke_agent.duration
  - name: otel_agents.things
    instrument: counter
    unit: "{thing}"
    brief: Things.
    stability: development
    annotations:
      code_generation: {metric_value_type: int}
      otel_agents: {layer: agent, door: sdk, scope: group}
events:
  - name: otel_agents.thing.made
    brief: A thing was made.
    stability: development
    annotations: {otel_agents: {layer: agent, event_type: made, severity: INFO}}
entities:
  - type: otel_agents.thing
    brief: A thing.
    stability: development
    identity:
      - {ref: otel_agents.color, requirement_level: required}
    annotations: {otel_agents: {layer: agent}}
imports:
  spans: ["gen_ai.*"]
"""
COLOR = "  - key: otel_agents.color\n"
INVOKE = "  - id: otel_agents.invoke\n    ref: gen_ai.invoke_agent.internal\n    brief: A run.\n"
SECOND_REF = "- {ref: otel_agents.count, requirement_level: required}"
WORK_REF = "{ref: otel_agents.color, requirement_level: required, sampling_relevant: true}"

BROKEN = [
    # The file as a whole.
    ("attributes:", "attributes: [", Rule.INVALID_YAML),
    (SOUND, "- a list\n", Rule.INVALID_YAML),
    ("    unit: s\n", "    unit: s\n    unit: ms\n", Rule.DUPLICATE_KEY),
    ("file_format: definition/2", "file_format: definition/1", Rule.FILE_FORMAT),
    ("file_format: definition/2\n", "", Rule.FILE_FORMAT),
    ("imports:", "groups: []\nimports:", Rule.LEGACY_SYNTAX),
    ("imports:", "extras: []\nimports:", Rule.UNKNOWN_KEY),
    # The keys and the values of an entry.
    ("    unit: s\n", "    unit: s\n    units: s\n", Rule.UNKNOWN_KEY),
    ("    unit: s\n", "    unit: s\n    metric_name: old\n", Rule.LEGACY_SYNTAX),
    ("    brief: How long.\n", "", Rule.MISSING_KEY),
    ("brief: How long.", "brief: ''", Rule.INVALID_VALUE),
    ("    kind: internal\n", "    kind: sideways\n", Rule.INVALID_VALUE),
    ("visibility: internal", "visibility: hidden", Rule.INVALID_VALUE),
    ("    visibility: internal\n", "    visibility: public\n", Rule.MISSING_KEY),
    ('name: {note: "`work {otel_agents.color}`"}', "name: work", Rule.INVALID_VALUE),
    ('spans: ["gen_ai.*"]', "spans: gen_ai.*", Rule.INVALID_VALUE),
    ('spans: ["gen_ai.*"]', 'spans: ["gen_ai.*"]\n  traces: []', Rule.UNKNOWN_KEY),
    ("stability: development\n    examples: [red]", "examples: [red]", Rule.MISSING_KEY),
    ("stability: development\n    examples", "stability: solid\n    examples", Rule.INVALID_VALUE),
    (SOUND[SOUND.index("events:") : SOUND.index("entities:")], "events: {}\n", Rule.INVALID_VALUE),
    # Enum members: id, value and stability.
    (", brief: Made., stability: development}", ", brief: Made.}", Rule.MISSING_KEY),
    ("{id: made, value: made, ", "{id: made, ", Rule.MISSING_KEY),
    ("{id: made, value: made, ", "{value: made, ", Rule.MISSING_KEY),
    ("{id: gone, value: gone,", "{id: gone, value: made,", Rule.DUPLICATE_NAME),
    # Types, examples, names.
    ("    type: int\n", "    type: integer\n", Rule.UNKNOWN_TYPE),
    ("    type: int\n", "    type: template[integer]\n", Rule.UNKNOWN_TYPE),
    ("examples: [1]", "examples: [one]", Rule.TYPE_MISMATCH),
    ("examples: [1]", "examples: [true]", Rule.TYPE_MISMATCH),
    ("    type: string\n", "    type: string[]\n", Rule.TYPE_MISMATCH),
    ("    examples: [1]\n", "", Rule.MISSING_EXAMPLES),
    ("name: otel_agents.things", "name: otel_agents.Things", Rule.INVALID_FORMAT),
    ("name: otel_agents.things", "name: gen_ai.things", Rule.ILLEGAL_NAMESPACE),
    ("name: otel_agents.thing.made", "name: thing.made", Rule.ILLEGAL_NAMESPACE),
    ("id: otel_agents.second", "id: otel_agents.first", Rule.DUPLICATE_NAME),
    # Definitions and refs.
    (SECOND_REF, "- {key: otel_agents.x, type: int}", Rule.ATTRIBUTE_DEFINED_IN_SIGNAL),
    (COLOR, COLOR + "    requirement_level: required\n", Rule.REQUIREMENT_LEVEL_NOT_ON_REF),
    (COLOR, COLOR + "    sampling_relevant: true\n", Rule.SAMPLING_RELEVANT_NOT_ON_SPAN),
    (
        "{ref: error.type, requirement_level: recommended}",
        "{ref: error.type, sampling_relevant: true}",
        Rule.SAMPLING_RELEVANT_NOT_ON_SPAN,
    ),
    (WORK_REF, "{ref: otel_agents.color, requirement_level: always}", Rule.INVALID_VALUE),
    (WORK_REF, "otel_agents.color", Rule.INVALID_VALUE),
    (WORK_REF, "{ref: otel_agents.color, level: required}", Rule.UNKNOWN_KEY),
    ("{ref: error.type,", "{ref: error.kind,", Rule.MISSING_ATTRIBUTE),
    ("{ref: error.type,", "{ref: gen_ai.system,", Rule.DEPRECATED),
    ("ref_group: otel_agents.second", "ref_group: otel_agents.third", Rule.MISSING_GROUP),
    (SECOND_REF, f"{SECOND_REF}\n      - {{ref: otel_agents.color}}", Rule.DUPLICATE_REF),
    (WORK_REF, f"{WORK_REF}\n      - {WORK_REF}", Rule.DUPLICATE_REF),
    # Stability, deprecation, refinement, association, use.
    (WORK_REF, "{ref: otel_agents.color, stability: stable}", Rule.STABILITY_RAISED),
    (INVOKE + "    stability: development", INVOKE + "    stability: beta", Rule.STABILITY_RAISED),
    (COLOR, COLOR + "    deprecated: {reason: renamed}\n", Rule.DEPRECATED),
    (COLOR, COLOR + "    deprecated: old\n", Rule.DEPRECATED),
    (COLOR, COLOR + "    deprecated: {reason: bored, note: Why.}\n", Rule.DEPRECATED),
    ("ref: gen_ai.invoke_agent.internal", "ref: my.span", Rule.MISSING_SIGNAL),
    ("[otel_agents.thing]", "[{one_of: [otel_agents.other]}]", Rule.MISSING_ENTITY),
    (
        "{ref: otel_agents.event.type, requirement_level: {conditionally_required: so}}",
        "{ref: otel_agents.color}",
        Rule.UNUSED_ATTRIBUTE,
    ),
    # Our own: units, buckets, doors, layers, upstream.
    ('unit: "{thing}"', 'unit: "1"', Rule.UNIT_MISMATCH),
    ('unit: "{thing}"', 'unit: ""', Rule.UNIT_MISMATCH),
    ('unit: "{thing}"', "unit: USD", Rule.UNIT_MISMATCH),
    ("    unit: s\n", '    unit: "{second}"\n', Rule.UNIT_MISMATCH),
    ("    instrument: counter\n", "    instrument: meter\n", Rule.UNEXPECTED_INSTRUMENT),
    ("instrument: histogram", "instrument: updowncounter", Rule.UNEXPECTED_INSTRUMENT),
    ("        buckets: [1, 2]\n", "", Rule.INVALID_BUCKETS),
    ("buckets: [1, 2]", "buckets: [2, 1]", Rule.INVALID_BUCKETS),
    ("door: sdk, scope", "buckets: [1], door: sdk, scope", Rule.INVALID_BUCKETS),
    ("layer: agent, door: sdk,", "layer: agent,", Rule.MISSING_DOOR),
    ("door: sdk", "door: front", Rule.MISSING_DOOR),
    (", scope: group", "", Rule.MISSING_ANNOTATION),
    ("layer: agent, door: sdk", "layer: ogre, door: sdk", Rule.MISSING_ANNOTATION),
    ("{metric_value_type: int}", "{metric_value_type: float}", Rule.MISSING_ANNOTATION),
    (", severity: INFO", "", Rule.MISSING_ANNOTATION),
    ("event_type: made", "event_type: lost", Rule.UNDEFINED_ENUM_VARIANT),
    (
        "upstream_name: gen_ai.invoke_agent.duration",
        "upstream_name: gen_ai.agent.duration",
        Rule.MISSING_METRIC,
    ),
]
# What a slip causes beside the rule that it is there for.
DRAGGED_ALONG = {
    "id: otel_agents.first": {Rule.MISSING_GROUP},
    "ref_group: otel_agents.third": {Rule.UNUSED_ATTRIBUTE},
    "instrument: updowncounter": {Rule.INVALID_BUCKETS},
}
BROKEN_MANIFESTS = [
    ("schema_url: https://example.org/schemas/sound/0.1.0\n", "", Rule.MISSING_KEY),
    ("schemas/sound/0.1.0", "schemas/sound", Rule.INVALID_FORMAT),
    ("schema_url: https://example.org/schemas/up/1.0.0", "name: up", Rule.MISSING_KEY),
    ("name: sound", "named: sound", Rule.UNKNOWN_KEY),
]


def rules_broken(text: str, manifest: str = MANIFEST) -> set[Rule]:
    files = {"manifest.yaml": manifest, "all.yaml": text}
    return {finding.rule for finding in check(files, UPSTREAM)}


def test_the_sound_registry_of_these_tests_breaks_no_rule() -> None:
    assert rules_broken(SOUND) == set()


@pytest.mark.parametrize(("old", "new", "rule"), BROKEN)
def test_a_broken_registry_is_found_out_by_its_rule(old: str, new: str, rule: Rule) -> None:
    assert old in SOUND

    found = rules_broken(SOUND.replace(old, new, 1))

    assert rule in found
    assert found - {rule} <= DRAGGED_ALONG.get(new, set())


@pytest.mark.parametrize(("old", "new", "rule"), BROKEN_MANIFESTS)
def test_a_broken_manifest_is_found_out_by_its_rule(old: str, new: str, rule: Rule) -> None:
    assert old in MANIFEST

    assert rule in rules_broken(SOUND, MANIFEST.replace(old, new, 1))


def test_every_rule_has_a_registry_that_breaks_it() -> None:
    tried = {rule for *_, rule in (*BROKEN, *BROKEN_MANIFESTS)}

    assert set(Rule) - tried == {Rule.EXTENDS_NAMESPACE}


def test_an_attribute_that_is_also_a_namespace_is_found_out() -> None:
    text = SOUND.replace("otel_agents.count", "otel_agents.color.count")

    assert rules_broken(text) == {Rule.EXTENDS_NAMESPACE}


def test_a_finding_says_file_place_rule_and_what_to_do() -> None:
    text = SOUND.replace("door: sdk", "door: front")

    (finding,) = check({"manifest.yaml": MANIFEST, "all.yaml": text}, UPSTREAM)

    assert str(finding) == (
        "all.yaml: metrics[otel_agents.things].annotations.otel_agents.door: missing_door: "
        "got 'front', expected one of sdk, gateway, both; say which door can know it"
    )


@pytest.mark.parametrize(
    ("kind", "examples"),
    [
        ("double", "[1, 2.5]"),
        ("boolean", "[true]"),
        ("string[]", "[[a, b], [c]]"),
        ("template[string]", "[a]"),
        ("template[any]", "[{a: 1}]"),
        ("any", "[{a: 1}]"),
    ],
)
def test_examples_of_every_type_are_accepted(kind: str, examples: str) -> None:
    text = SOUND.replace("    type: int\n", f"    type: {kind}\n").replace("[1]", examples)

    assert rules_broken(text) == set()


def test_a_refinement_may_lower_the_stability() -> None:
    text = SOUND.replace(WORK_REF, "{ref: otel_agents.color, stability: deprecated}")

    assert rules_broken(text) == set()


def test_groups_in_a_circle_are_read_once() -> None:
    itself = "- {ref_group: otel_agents.second}"

    text = SOUND.replace(SECOND_REF, f"{SECOND_REF}\n      {itself}")

    assert rules_broken(text) == set()


def test_the_registry_breaks_no_rule() -> None:
    assert [str(finding) for finding in check(read(), UPSTREAM)] == []


def test_the_command_ends_with_1_on_a_finding_and_2_on_an_empty_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2

    (tmp_path / "all.yaml").write_text(SOUND.replace("door: sdk", "door: front"), "utf-8")

    assert main([str(tmp_path)]) == 1
    assert "missing_door" in capsys.readouterr().out


def test_the_command_ends_with_0_on_the_registry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "0 findings" in capsys.readouterr().err
