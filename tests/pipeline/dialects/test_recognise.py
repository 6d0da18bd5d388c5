"""How a span's dialect is recognised."""

import tracemalloc

import pytest

from otel_agents.pipeline.dialects import DIALECTS
from otel_agents.pipeline.dialects.recognise import MAX_SCOPES, Recogniser
from otel_agents.pipeline.dialects.table import Dialect
from otel_agents.record import Scope
from tests.trees import record

ONE = Dialect(name="one", scopes=("lib", "shared.*"), markers=("one.key", "both.key"))
TWO = Dialect(
    name="two", scopes=("shared.two.*", "lib.two", "lib*"), markers=("two.key", "both.key")
)

CASES = {
    "a scope by its whole name": ("lib", {}, "one"),
    "a whole name comes before a pattern": ("lib", {}, "one"),
    "a scope that only begins like a whole name is another one": ("library", {}, "two"),
    "a scope by its beginning": ("shared.x", {}, "one"),
    "the beginning alone fits too": ("shared.", {}, "one"),
    "of two patterns that fit, the longest wins": ("shared.two.x", {}, "two"),
    "a name is compared as it is written": ("LIB", {}, None),
    "the scope comes before every marker": ("lib.two", {"one.key": 1}, "two"),
    "under an unknown scope a marker tells": ("unknown", {"two.key": 1}, "two"),
    "without a scope a marker tells": ("", {"one.key": ""}, "one"),
    "of two markers the first row's wins": ("", {"two.key": 1, "one.key": 1}, "one"),
    "a marker that both have is the first row's": ("", {"both.key": 1}, "one"),
    "a marker without a value is none": ("", {"one.key": None}, None),
    "nothing known": ("unknown", {"http.method": "GET"}, None),
}


@pytest.mark.parametrize(("scope", "attributes", "expected"), CASES.values(), ids=list(CASES))
def test_recognises(scope: str, attributes: dict[str, object], expected: str | None) -> None:
    span = record(attributes, scope=Scope(scope))  # type: ignore[arg-type]
    recogniser = Recogniser((ONE, TWO))
    found = [recogniser.recognise(span) for _ in range(2)]

    assert [dialect and dialect.name for dialect in found] == [expected, expected]


def test_the_scope_s_version_plays_no_part() -> None:
    assert Recogniser((ONE,)).recognise(record(scope=Scope("lib", "9"))) is ONE


def test_of_dialects_with_one_pattern_the_first_row_wins() -> None:
    first, second = Dialect(name="a", scopes=("x*",)), Dialect(name="b", scopes=("x*",))

    assert Recogniser((first, second)).recognise(record(scope=Scope("xy"))) is first


def test_any_number_of_scope_names_takes_bounded_memory() -> None:
    recogniser = Recogniser((ONE, TWO))
    tracemalloc.start()
    for number in range(3 * MAX_SCOPES):
        recogniser.recognise(record(scope=Scope(f"{number:0500}")))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < MAX_SCOPES * 1000
    assert recogniser.recognise(record(scope=Scope("lib"))) is ONE


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_dialect_can_be_recognised(dialect: Dialect) -> None:
    scopes = [pattern.replace("*", "") for pattern in dialect.scopes]
    recognise = Recogniser(DIALECTS).recognise
    by_scope = [recognise(record(scope=Scope(scope))) for scope in scopes]
    by_marker = [Recogniser([dialect]).recognise(record({m: "x"})) for m in dialect.markers]

    assert [*by_scope, *by_marker] == [dialect] * len([*dialect.scopes, *dialect.markers])


def test_every_dialect_has_its_own_name() -> None:
    names = [dialect.name for dialect in DIALECTS]

    assert len(set(names)) == len(names)


def test_long_scope_names_are_not_remembered() -> None:
    recogniser = Recogniser((ONE, TWO))
    tracemalloc.start()
    for number in range(50):
        recogniser.recognise(record(scope=Scope("x" * 10**6 + str(number))))
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert held < 5 * 10**6
