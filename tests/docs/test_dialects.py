"""The page about dialects tells of each dialect, and of no other."""

import re
from pathlib import Path

import pytest

from otel_agents.pipeline.dialects import DIALECTS, Dialect
from otel_agents.pipeline.dialects.table import never

PAGE = (Path(__file__).parents[2] / "docs" / "dialects.md").read_text()
HEAD = "| dialect | scopes |"
SHARED = "opentelemetry.instrumentation."


def rows() -> dict[str, list[str]]:
    """The cells of the table by the dialect's name."""
    lines = PAGE[PAGE.index(HEAD) :].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name.strip("`"): rest for name, *rest in cells}


def scopes(cell: str) -> set[str]:
    """The patterns in a cell, where `a.` with `b`, `c` stands for both `a.b` and `a.c`."""
    shared, together, listed = cell.rpartition(f"`{SHARED}` with ")
    names = re.findall(r"`([^`]+)`", listed)
    if not together:
        return set(names)
    joined, _, alone = listed.partition(";")
    more = set(re.findall(r"`([^`]+)`", alone + shared))
    return {SHARED + name for name in re.findall(r"`([^`]+)`", joined)} | more


def leaves_something_out(dialect: Dialect) -> bool:
    tests = (
        dialect.excludes_cache,
        dialect.native_excludes_cache,
        dialect.excludes_reasoning,
        dialect.native_excludes_reasoning,
    )
    return any(test is not never for test in tests)


def test_every_dialect_has_its_row_in_the_order_of_look_up() -> None:
    assert list(rows()) == [dialect.name for dialect in DIALECTS]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_row_names_the_scopes_and_what_counts_leave_out(dialect: Dialect) -> None:
    named, _, count, _ = rows()[dialect.name]

    assert scopes(named) == set(dialect.scopes)
    assert ("leaves out" in count) == leaves_something_out(dialect)
