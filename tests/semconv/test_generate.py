import shutil
from pathlib import Path

import pytest

from semconv.generate import main, render, stale
from semconv.source import REGISTRY


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("otel_agents", "semconv"):
        (tmp_path / folder).mkdir()
    return tmp_path


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return Path(shutil.copytree(REGISTRY, tmp_path / "registry"))


def edit(registry: Path, file: str, old: str, new: str) -> None:
    path = registry / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_generated_files_are_those_of_the_registry() -> None:
    files = render()

    assert isinstance(files, dict)
    assert stale(files) == {}


def test_generating_twice_gives_the_same_files() -> None:
    assert render() == render()


def test_what_is_written_passes_the_check(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], root) == 1
    assert main([], root) == 0
    assert main(["--check"], root) == 0
    assert main([], root) == 0

    assert capsys.readouterr().out.splitlines() == [
        "wrote otel_agents/semconv.py",
        "wrote semconv/README.md",
    ]


def test_an_edited_generated_file_fails_the_check_and_is_told_what_to_run(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([], root)
    path = root / "otel_agents" / "semconv.py"
    path.write_text(path.read_text("utf-8").replace("gave_up", "given_up"), "utf-8")

    assert main(["--check"], root) == 1

    error = capsys.readouterr().err
    assert "otel_agents/semconv.py is not what the registry says" in error
    assert 'GAVE_UP = "gave_up"' in error
    assert "run `make gen`" in error


def test_a_changed_registry_makes_both_files_stale(root: Path, registry: Path) -> None:
    main([], root)
    edit(registry, "attributes-agent.yaml", "value: gave_up", "value: stopped")

    changed = render(registry)

    assert isinstance(changed, dict)
    assert set(stale(changed, root)) == {"otel_agents/semconv.py", "semconv/README.md"}


def test_nothing_is_generated_from_a_broken_registry(
    root: Path, registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(registry, "metrics.yaml", 'unit: "{USD}"', "unit: USD")

    assert main([], root, registry) == 1

    assert "unit_mismatch" in capsys.readouterr().err
    assert not (root / "otel_agents" / "semconv.py").exists()


def test_the_page_shows_the_three_layers_and_every_name() -> None:
    files = render()
    assert isinstance(files, dict)
    page = files["semconv/README.md"]

    assert [line[3:].split(" ")[0] for line in page.splitlines() if line.startswith("## ")] == [
        "Identity",
        "Agent",
        "Tool",
        "Resource",
        "The",
        "Entities",
        "Values",
        "Names",
    ]
    assert "`gen_ai.usage.cost.amount` (g#443, g#287)" in page
    assert "| `gen_ai.system` | `gen_ai.provider.name` | 1.36 |" in page
