"""The command line as a whole: how it ends, whatever happens."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_agents import __version__
from otel_agents.record import SpanRecord
from tests.shell import CAPTURES, Answer, run, shell

ONE = CAPTURES / "claude-agent-sdk__fake-anthropic.traces.json"
FILE = ONE.name
COLOUR = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}


def test_without_a_word_it_shows_what_there_is() -> None:
    _, out, err = run()

    assert "inspect" in out + err
    assert "demo" in out + err


@pytest.mark.parametrize("command", [(), ("inspect",), ("demo",)])
def test_help_is_no_failure(command: tuple[str, ...]) -> None:
    code, out, err = run(*command, "--help")

    assert (code, err) == (0, "")
    assert f"Usage: {' '.join(('otel-agents', *command))}" in out


def test_it_tells_its_version() -> None:
    assert run("--version") == Answer(0, f"otel-agents {__version__}\n", "")


def test_a_shell_can_complete_its_words() -> None:
    out = run("--help").out

    assert "--install-completion" in out
    assert "--show-completion" in out


def test_an_unknown_command_is_bad_usage() -> None:
    code, out, err = run("inspct")

    assert (code, out) == (2, "")
    assert "inspct" in err


DEBUG = {
    "by the option": (("--debug",), {}, True),
    "by the environment": ((), {"OTEL_AGENTS_DEBUG": "1"}, True),
    "the environment says no": ((), {"OTEL_AGENTS_DEBUG": "0"}, False),
    "not at all": ((), {}, False),
}


@pytest.mark.parametrize(("options", "env", "traced"), DEBUG.values(), ids=list(DEBUG))
def test_an_error_is_one_line_and_its_traceback_is_shown_on_request(
    options: tuple[str, ...], env: dict[str, str], *, traced: bool
) -> None:
    code, out, err = run(*options, "inspect", "gone.json", env=env)

    assert (code, out) == (2, "")
    assert err.startswith("otel-agents: gone.json: cannot be opened: No such file or directory\n")
    assert ("Traceback" in err) is traced
    assert (err.count("\n") == 1) is not traced


def interrupted(*_: object, **__: object) -> Iterator[SpanRecord]:
    raise KeyboardInterrupt


def test_whoever_stops_it_sees_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["otel_agents.cli.inspect"], "read", interrupted)
    code, _, err = run("inspect", ONE)

    assert code == 130
    assert "Traceback" not in err


PIPES = {
    "a reader that has had enough of the table": ("", "head -1"),
    "a reader that has had enough of the JSON": ("--format json", "head -1"),
    "a reader that wants nothing": ("--format json", "true"),
}


@pytest.mark.parametrize(("options", "reader"), PIPES.values(), ids=list(PIPES))
def test_a_reader_may_go_away(options: str, reader: str) -> None:
    command = f"otel-agents inspect {options} tests/contract/captures/{FILE}"
    code, out, err = shell(f"{command} | {reader}")

    assert (code, err) == (0, "")
    assert out.count("\n") <= 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize("output", ["table", "json"])
def test_a_full_disk_is_told_in_one_line(output: str) -> None:
    told = shell(f"otel-agents inspect -f {output} tests/contract/captures/{FILE} > /dev/full")

    assert told == Answer(
        2, "", "otel-agents: the output cannot be written: No space left on device\n"
    )


def test_an_encoding_without_a_sign_for_it_gets_another_sign() -> None:
    command = f"otel-agents inspect tests/contract/captures/{FILE}"
    code, out, err = shell(command, PYTHONIOENCODING="ascii")

    assert (code, err) == (0, "")
    assert out.startswith("$0.00045 for 2 model calls ? 94 tokens in")


def test_colour_is_for_terminals() -> None:
    plain = run("inspect", ONE).out
    forced = run("inspect", ONE, env=COLOUR).out

    assert "\x1b" not in plain
    assert "\x1b" in forced


def test_no_colour_where_none_is_wanted() -> None:
    wanted = run("inspect", ONE, env={**COLOUR, "NO_COLOR": "1"}).out

    assert "\x1b[32m" not in wanted
    assert ";32m" not in wanted
