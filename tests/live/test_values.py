"""Every kind of value in every kind of question, asked of the Collector and of ours.

Each question is a block of one policy, and each value, or pair of values, a trace of one span.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations, product
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tests.live.sampled import Block, ours, received, theirs
from tests.live.spans import batch, requests, span

pytestmark = pytest.mark.timeout(120)

MISSING: Final = object()
VALUES: Final[Sequence[object]] = (
    *(MISSING, None, "", "v", "V", "1", "true", "<&>", "two\nlines"),
    *(0, 1, -1, 100, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), True, False),
    *(0.0, -0.0, 1.0, 2.0**53, 150.5, 1e300, 1e21, 1e-7, float("inf"), float("nan")),
    *(b"", b"v", b"\x00", [], ["v"], [1], [1.0], [True], [None], [float("nan")], [[1]], [b""]),
    *({}, {"x": 1}, {"x": 1.0}, {"x": None}, {"y": 1, "x": 2}, {"x": 2, "y": 1}),
    *({"x": {"y": [1, 2]}}, {"x": float("nan")}, {"<": "&\u2028\x7f\x01é"}),
)
SIGNS: Final = ("==", "!=", "<", "<=", ">", ">=")
LITERALS: Final = (
    *("nil", "true", "false", "1", "1.0", "-0.0", "9007199254740993", "9007199254740992.0"),
    *('"v"', '""', "0x76", "0x00", "SPAN_KIND_INTERNAL"),
)
K: Final = 'attributes["k"]'
TEXTS: Final = (
    *(
        "",
        "^$",
        "^-?0$",
        "^-0$",
        "e",
        "[+]",
        "^[[]",
        "null",
        "u003",
        "<",
        "76",
        "^100$",
        "^true$",
    ),
    *("[.]0", "^1e-07$", "^1e-7$", "1e21", "^9007199254740993$", "x.*y", "2028", "é", "NaN", "Inf"),
)
DEEPER: Final = ('["x"]', "[0]", '["x"]["y"]', '["x"]["y"][1]', "[0][0]", "[5]")

PAIRED: Final = [f'{K} {sign} attributes["n"]' for sign in SIGNS]
SINGLE: Final = [
    *(f"{K} {sign} {literal}" for sign, literal in product(SIGNS, LITERALS)),
    *(f"{literal} {sign} {K}" for sign, literal in product(SIGNS, ("nil", "true", "1", '"v"'))),
    *(f'IsMatch({K}, "{pattern}")' for pattern in TEXTS),
    *(f"{K}{keys} == {literal}" for keys, literal in product(DEEPER, ("nil", "1", "2"))),
]
POLICIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "numeric_attribute": {
        "around 0": {"min_value": -5, "max_value": 5},
        "up to 5": {"max_value": 5},
        "over 5": {"min_value": 5},
        "the greatest": {"min_value": 2**63 - 1},
    },
    "boolean_attribute": {"true": {"value": True}, "false": {"value": False}},
    "string_attribute": {
        "v": {"values": ["v"]},
        "nothing": {"values": [""]},
        "any": {"values": [""], "enabled_regex_matching": True},
        "empty": {"values": ["^$"], "enabled_regex_matching": True},
    },
}

Differences = dict[str, set[str]]


class Explained(NamedTuple):
    """Answers that differ, and why.

    Attributes:
        why: What the Collector does, and where it is told; v0.158.0 where only its code says so.
        questions: The questions, as a pattern.
        values: The values.
    """

    why: str
    questions: str
    values: frozenset[str]


def each_with_each(*values: str) -> set[str]:
    return {f"{one} and {other}" for one, other in permutations(values, 2)}


def told(value: object) -> str:
    return "missing" if value is MISSING else repr(value)


NO_BYTES: Final = "b''"
EXPLAINED: Final = (
    Explained(
        "An attribute with an empty value is there, and reads as 0, false or no text (v0.158.0). "
        "In a record it cannot be told from one that is not there.",
        r"_attribute |\]\[.* == nil",
        frozenset({"None"}),
    ),
    Explained(
        "To look into an empty value is an error (v0.158.0); to ours it is nil.",
        r"\]\[.* == nil",
        frozenset({"{'x': None}", "[None]"}),
    ),
    Explained(
        "Lists and maps differ by the types of equal numbers in them (v0.158.0).",
        r" (==|!=) attributes",
        frozenset(
            each_with_each("[1]", "[1.0]", "[True]") | each_with_each("{'x': 1}", "{'x': 1.0}")
        ),
    ),
    Explained(
        "To IsMatch no bytes are the empty text, and null in a list (v0.158.0).",
        "IsMatch",
        frozenset({NO_BYTES, f"[{NO_BYTES}]"}),
    ),
    Explained(
        "What has no JSON has no text either (opentelemetry-collector #14487): IsMatch fails.",
        "IsMatch",
        frozenset({"inf", "nan", "[nan]", "{'x': nan}"}),
    ),
    Explained(
        "JSON is that of a library that writes 1e-07 and \\u2028 (v0.158.0).",
        "IsMatch",
        frozenset({"1e-07", told({"<": "&\u2028\x7f\x01é"})}),
    ),
)


def unexplained(found: Differences) -> Differences:
    """Leave out what is explained."""
    left = {
        question: values
        - {
            value
            for each in EXPLAINED
            if re.search(each.questions, question)
            for value in each.values
        }
        for question, values in found.items()
    }
    return {question: values for question, values in left.items() if values}


def condition(text: str) -> Block:
    own = {"error_mode": "propagate", "span": [text]}
    return {"policies": [{"name": "p", "type": "ottl_condition", "ottl_condition": own}]}


def attribute_policies() -> Iterator[tuple[str, Block]]:
    for kind, variants in POLICIES.items():
        for (name, own), inverted in product(variants.items(), (False, True)):
            block = {"key": "k", "invert_match": inverted, **own}
            policy = {"name": "p", "type": kind, kind: block}
            yield f"{kind} {name}{' inverted' if inverted else ''}", {"policies": [policy]}


def having(**values: object) -> list[tuple[str, object]]:
    return [(key, value) for key, value in values.items() if value is not MISSING]


class Questions:
    """Asks both sides the same, and tells what they answer differently."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program
        self.folder = folder

    def ask(
        self,
        blocks: Mapping[str, Block],
        about: Mapping[str, Sequence[tuple[str, object]]],
        *,
        in_resource: bool = False,
    ) -> Differences:
        """Give for each question the values that only one side keeps, unexplained.

        Args:
            blocks: The questions.
            about: The attributes that are asked about, by what they are called.
            in_resource: Whether they are the resource's rather than the span's.
        """
        batches = [
            batch([span(place, 9)], resource=attributes)
            if in_resource
            else batch([span(place, 9, attributes=attributes)])
            for place, attributes in enumerate(about.values(), 1)
        ]
        sent = requests(batches)
        named = {f"q{place}": block for place, block in enumerate(blocks.values())}
        kept = theirs(self.program, self.folder, named, sent)
        traces = received(sent)
        found = {}
        for question, name in zip(blocks, named, strict=True):
            decided = ours(named[name], traces).items()
            found[question] = {
                value
                for value, (trace_id, decision) in zip(about, decided, strict=True)
                if decision.keep is not (trace_id in kept[name])
            }
        return unexplained(found)


@pytest.fixture
def questions(require_server: Callable[[str], Path], tmp_path: Path) -> Questions:
    return Questions(require_server("otelcol"), tmp_path)


def test_any_two_values_compare_alike(questions: Questions) -> None:
    blocks = {text: condition(text) for text in PAIRED}
    about = {f"{told(k)} and {told(n)}": having(k=k, n=n) for k, n in product(VALUES, VALUES)}

    assert questions.ask(blocks, about) == {}


def test_a_value_in_a_condition_reads_alike(questions: Questions) -> None:
    blocks = {text: condition(text) for text in SINGLE}

    assert questions.ask(blocks, {told(value): having(k=value) for value in VALUES}) == {}


@pytest.mark.parametrize("in_resource", [False, True])
def test_a_value_in_an_attribute_policy_reads_alike(
    questions: Questions, *, in_resource: bool
) -> None:
    about = {told(value): having(k=value) for value in VALUES}

    assert questions.ask(dict(attribute_policies()), about, in_resource=in_resource) == {}
