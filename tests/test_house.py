"""The rules of the house that no linter knows (docs/adr/0001-house.md)."""

import ast
import importlib
import re
import statistics
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "otel_agents"
GENERATED = {"otel_agents/semconv.py"}

UNMIRRORED = {
    "otel_agents/semconv.py": "generated; the drift check compares it with the registry",
}
"""Modules without a test module of their own, each with its reason."""

FREE_TESTS = {
    "tests/test_house.py": "the house itself",
    "tests/test_facade.py": "otel_agents/__init__.py",
}
"""Test modules that mirror no module of the package, each with what they test."""

FREE_FOLDERS = ("contract", "live", "chaos", "docs", "semconv", "benchmarks")
"""Folders below tests/ that test the whole, the papers or a tool, rather than one module."""

OWN_KEYS = ("otel_agents/semconv.py", "otel_agents/pipeline/dialects/")
"""Where the package may spell an attribute key out: the generated names and the dialects."""

UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
LOCAL = re.compile(r"(?<![\w.:-])/(?:root|home|work|Users)/|\b[A-Z]:\\Users")
NAMED_TARGET = re.compile(r"(?:`|^\s*|\$ )make ([a-z-]+)\b(?=`|\s*$| [A-Z#&])", re.MULTILINE)
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|crates\.io|proxy\.golang\.org|deb\.debian\.org"
    r"|repo\d?\.maven"
)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources(*folders: str) -> list[Path]:
    """Every Python file that a person wrote below these folders."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in found if relative(path) not in GENERATED]


def tracked() -> dict[str, str]:
    """Every text file that is, or is about to be, under version control."""
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")
    texts = {}
    for name in listed.stdout.splitlines():
        raw = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if b"\0" not in raw:
            texts[name] = raw.decode(errors="replace")
    return texts


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def hits(pattern: re.Pattern[str], texts: dict[str, str]) -> list[str]:
    """Where a pattern is found, as `file:line: text`; this file spells the patterns out."""
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts.items()
        if name != "tests/test_house.py"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def project() -> dict[str, object]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


# --- modules and their tests ----------------------------------------------------------------


def mirror(module: Path) -> str:
    """Where a module's tests stand: `otel_agents/a/_b.py` has `tests/a/test_b.py`."""
    inside = module.relative_to(PACKAGE)
    return (Path("tests") / inside.parent / f"test_{inside.stem.strip('_')}.py").as_posix()


def is_dialect_table(module: Path) -> bool:
    """Whether a module only holds a dialect, which the one test of all dialects covers."""
    if module.parent != PACKAGE / "pipeline" / "dialects":
        return False
    made = [
        node.value for node in ast.parse(module.read_text()).body if isinstance(node, ast.Assign)
    ]
    return any(isinstance(call, ast.Call) and ast.unparse(call.func) == "Dialect" for call in made)


def modules() -> list[Path]:
    """Every module but `__init__` and `__main__`, which only name or start what others hold."""
    return [path for path in sorted(PACKAGE.rglob("*.py")) if not path.name.startswith("__")]


def test_every_module_has_its_test_module() -> None:
    owing = [
        path
        for path in modules()
        if relative(path) not in UNMIRRORED and not is_dialect_table(path)
    ]
    missing = [
        f"{relative(path)} wants {mirror(path)}"
        for path in owing
        if not (ROOT / mirror(path)).is_file()
    ]

    assert missing == []


def test_every_test_module_mirrors_a_module() -> None:
    known = [*map(mirror, PACKAGE.rglob("*.py")), *FREE_TESTS]
    homeless = [
        relative(path)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if path.relative_to(ROOT / "tests").parts[0] not in FREE_FOLDERS
        and not any(belongs(relative(path), test) for test in known)
    ]

    assert homeless == []


def belongs(path: str, test: str) -> bool:
    """Whether this is the test module, or an aspect of it: `test_tally_order.py`."""
    return path == test or path.startswith(test.removesuffix(".py") + "_")


def test_every_exception_is_still_needed() -> None:
    gone = [name for name in (*UNMIRRORED, *FREE_TESTS) if not (ROOT / name).is_file()]
    answered = [name for name in UNMIRRORED if (ROOT / mirror(ROOT / name)).is_file()]

    assert (gone, answered) == ([], [])


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {
        relative(path): len(path.read_text().splitlines())
        for path in sources("otel_agents", "semconv", "tests", "benchmarks")
    }

    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_nine_functions_in_ten_are_at_most_30_lines_long() -> None:
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in sources("otel_agents", "semconv")
        for node in functions(path)
    ]

    assert statistics.quantiles(lengths, n=10)[-1] <= 30


def test_no_public_name_is_described_by_a_first_line_over_80_columns() -> None:
    named = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    openings = {
        f"{relative(path)}:{node.name}": (ast.get_docstring(node) or "").partition("\n")[0]
        for path in sources("otel_agents", "semconv")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, named) and not node.name.startswith("_")
    }

    assert {where: text for where, text in openings.items() if len(text) > 80} == {}


# --- names and imports ----------------------------------------------------------------------


def imported_from_facade(tree: ast.Module) -> list[str]:
    """What a module takes from the facade: the package itself, or a name that is no room."""
    taken: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            taken += [alias.name for alias in node.names if alias.name == "otel_agents"]
        elif isinstance(node, ast.ImportFrom) and node.module == "otel_agents":
            taken += [alias.name for alias in node.names if not is_room(alias.name)]
    return taken


def is_room(name: str) -> bool:
    return (PACKAGE / f"{name}.py").is_file() or (PACKAGE / name).is_dir()


def test_nothing_inside_imports_the_facade() -> None:
    takers = {
        relative(path): taken
        for path in sources("otel_agents")
        if (taken := imported_from_facade(ast.parse(path.read_text())))
    }

    assert takers == {}


def modules_with_all() -> list[str]:
    """Every module that says by `__all__` what it offers."""
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(PACKAGE.rglob("*.py"))
        if re.search(r"^__all__\b", path.read_text(), re.MULTILINE)
    ]


@pytest.mark.parametrize("name", modules_with_all())
def test_all_names_what_is_there_and_each_name_once(name: str) -> None:
    module = importlib.import_module(name)
    offered = list(module.__all__)

    assert [name for name in offered if not hasattr(module, name)] == []
    assert len(offered) == len(set(offered))


def test_the_facade_offers_at_most_20_names_and_hides_none() -> None:
    facade = importlib.import_module("otel_agents")
    public = {name for name in dir(facade) if not name.startswith("_") and not is_room(name)}

    assert public <= set(facade.__all__)
    assert len(facade.__all__) <= 20


def test_attribute_keys_are_spelled_out_only_in_the_generated_names() -> None:
    stray = [
        f"{relative(path)}:{node.lineno}: {node.value!r}"
        for path in sources("otel_agents")
        if not relative(path).startswith(OWN_KEYS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and (
            (isinstance(node.value, str) and node.value.startswith("gen_ai."))
            or (isinstance(node.value, bytes) and node.value.startswith(b"gen_ai."))
        )
    ]

    assert stray == []


# --- files ----------------------------------------------------------------------------------


def test_nothing_is_left_for_later_in_a_comment() -> None:
    assert hits(UNFINISHED, tracked()) == []


def test_no_file_names_a_folder_of_somebodys_machine_or_a_package_registry() -> None:
    texts = tracked()

    assert hits(LOCAL, texts) + hits(REGISTRY, texts) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("LICENSE", "Apache License"),
        ("README.md", "make demo"),
        ("README.md", "make test"),
        ("CHANGELOG.md", "## [Unreleased]"),
        ("CONTRIBUTING.md", "make check"),
        ("docs/adr/0000-template.md", "## Cost"),
        ("otel_agents/py.typed", ""),
        (".ci/run", "make --no-print-directory test"),
    ],
)
def test_the_project_has_its_papers(name: str, says: str) -> None:
    assert says in (ROOT / name).read_text()


def test_every_make_target_that_a_paper_names_exists() -> None:
    offered = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        f"{name}: make {target}"
        for name, text in tracked().items()
        if name.endswith(".md")
        for target in NAMED_TARGET.findall(text)
        if target not in offered
    }

    assert named == set()


def requirements() -> list[Requirement]:
    """Every requirement of the base and of each extra, but the project's own extras."""
    table = project()["project"]
    assert isinstance(table, dict)
    lists = [table["dependencies"], *table["optional-dependencies"].values()]
    every = [Requirement(line) for lines in lists for line in lines]
    return [requirement for requirement in every if requirement.name != "otel-agents"]


def test_every_requirement_is_locked_to_a_version_that_it_takes() -> None:
    lock = (ROOT / "constraints.txt").read_text()
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))
    unlocked = [
        str(requirement)
        for requirement in requirements()
        if not requirement.specifier.contains(locked.get(requirement.name.lower(), "0"))
    ]

    assert unlocked == []


def test_every_requirement_has_a_floor_and_a_ceiling() -> None:
    open_ended = [
        str(requirement)
        for requirement in requirements()
        if {spec.operator for spec in requirement.specifier} != {">=", "<"}
    ]

    assert open_ended == []


def test_the_coverage_floor_never_sinks() -> None:
    floor = re.compile(r"^\+?fail_under = (\d+)", re.MULTILINE)
    git = ["git", "log", "--format=", "-p", "-G^fail_under", "--", "pyproject.toml"]
    history = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    now = floor.findall((ROOT / "pyproject.toml").read_text())

    assert int(now[0]) >= max(map(int, floor.findall(history)), default=0)
