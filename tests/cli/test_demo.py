"""`otel-agents demo` as a user runs it."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from otel_agents._clock import SystemClock
from otel_agents.cli import app, main
from otel_agents.demo.day import DAY_S, START_NS

SMALL = ("demo", "--runs", "20")


def no_network(*_: object, **__: object) -> None:
    pytest.fail("the demo opened a socket")


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", no_network)
    monkeypatch.setenv("COLUMNS", "140")
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "OTEL_AGENTS_LEDGER", "OTEL_SDK_DISABLED"):
        monkeypatch.delenv(name, raising=False)


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def answer(*arguments: str) -> dict[str, Any]:
    result = ran(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    read: dict[str, Any] = json.loads(result.stdout)
    return read


def test_the_picture_shows_money_what_stands_out_and_what_to_try() -> None:
    result = ran(*SMALL)

    assert (result.exit_code, result.stderr) == (0, "")
    for part in (
        "A simulated day: 8 agents in 3 groups, 20 tasks, seed 7. Nothing left this machine.",
        "model calls",
        "web-researcher [research]",
        "What stands out",
        "runaway",
        "What next",
        "otel-agents demo --out demo.jsonl",
        "otel-agents inspect demo.jsonl --group-by tenant",
    ):
        assert part in result.stdout


def test_a_command_to_try_is_never_broken_however_narrow_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")

    assert "  otel-agents inspect demo.jsonl --group-by tenant  # by customer" in ran(*SMALL).stdout


def test_a_terminal_shows_how_far_the_day_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # takes what it writes to for a terminal

    assert "the fleet at work" in ran(*SMALL).stderr


def test_only_in_a_checkout_are_its_tests_something_to_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "make test" not in ran(*SMALL).stdout
    (tmp_path / "Makefile").touch()
    assert "  make test" in ran(*SMALL).stdout


def test_the_same_seed_gives_the_same_json_to_the_byte() -> None:
    one, same, other = (ran(*SMALL, "--format", "json", "--seed", seed) for seed in "112")

    assert one.stdout == same.stdout != other.stdout


def test_the_json_is_that_of_inspect_and_the_highlights() -> None:
    read = answer(*SMALL, "--format", "json")

    assert read["totals"]["traces"] == 20
    assert read["highlights"]["runaways"][0]["agent"] == "web-researcher"
    assert sum(read["highlights"]["outcomes"].values()) == read["totals"]["agent_runs"]


def test_inspect_says_the_same_of_the_spans_that_are_kept(tmp_path: Path) -> None:
    file = str(tmp_path / "it's mine.jsonl")
    simulated = answer(*SMALL, "--format", "json", "--out", file)
    del simulated["highlights"]

    assert answer("inspect", "--format", "json", file) == simulated


def test_the_next_command_names_the_file_as_a_shell_takes_it(tmp_path: Path) -> None:
    file = tmp_path / "my day.jsonl"

    assert (
        f"otel-agents inspect '{file}' --group-by tenant" in ran(*SMALL, "--out", str(file)).stdout
    )


def test_a_ledger_prices_what_the_public_list_does_not(tmp_path: Path) -> None:
    ledger = tmp_path / "prices.yaml"
    ledger.write_text(
        "prices:\n  - {provider: vllm, model: llama-3.3-70b-instruct, input: 0.2, output: 0.6}\n"
    )
    arguments = ("demo", "--runs", "60", "--format", "json")
    without, priced = answer(*arguments), answer(*arguments, "--ledger", str(ledger))

    assert without["totals"]["unpriced_calls"] > 0
    assert priced["totals"]["unpriced_calls"] == 0
    assert priced["totals"]["cost_usd"] > without["totals"]["cost_usd"]


def test_the_day_can_end_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now_ns = START_NS + 10**15
    monkeypatch.setattr(SystemClock, "now_ns", lambda _: now_ns)
    usual, now = tmp_path / "usual.jsonl", tmp_path / "now.jsonl"
    for arguments in (("--out", str(usual)), ("--out", str(now), "--now")):
        assert ran(*SMALL, *arguments).exit_code == 0

    assert first_start_ns(now) - first_start_ns(usual) == now_ns - DAY_S * 10**9 - START_NS


def first_start_ns(file: Path) -> int:
    first = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    return int(first["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["startTimeUnixNano"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("demo", "--out", "{folder}"), "--out: got '{folder}', expected a file that can be"),
        (("demo", "--ledger", "{folder}/none.yaml"), "none.yaml"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_2(
    arguments: tuple[str, ...],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = str(tmp_path)
    given = [argument.format(folder=folder) for argument in arguments]
    monkeypatch.setattr("sys.argv", ["otel-agents", *given])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()

    assert (ended.value.code, told.out) == (2, "")
    assert told.err.startswith("otel-agents: ")
    assert says.format(folder=folder) in told.err
    assert told.err.count("\n") == 1


def test_no_task_is_bad_usage() -> None:
    assert ran("demo", "--runs", "0").exit_code == 2


@pytest.mark.parametrize(
    ("started", "found", "shown"),
    [
        (".venv/bin/otel-agents", None, ".venv/bin/otel-agents"),
        ("/usr/bin/otel-agents", "/usr/bin/otel-agents", "otel-agents"),
        ("-c", None, "otel-agents"),
    ],
)
def test_the_commands_to_try_start_the_program_as_it_was_started(
    started: str, found: str | None, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", [started, "demo"])
    monkeypatch.setattr("shutil.which", lambda _: found)

    assert f"  {shown} inspect YOUR-TRACES.json" in ran(*SMALL).stdout
