"""A progress bar on a terminal, nothing elsewhere."""

import io
import sys

import pytest

from otel_agents.cli.progress import reading
from otel_agents.otlp.files import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, *files: str, total: int | None = 10
) -> str:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys, "stderr", stream)
    with reading(files) as on_progress:
        for file in files:
            update = on_progress(file)
            update(Progress(5, total))
            update(Progress(10, total))
    return stream.getvalue()


def test_a_terminal_shows_each_file_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    written = shown(monkeypatch, Terminal(), "a.json", "b.json")

    assert "a.json" in written
    assert "b.json" in written
    assert "10/10 bytes" in written


def test_nothing_is_left_of_it_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, Terminal(), "a.json").endswith("\x1b[2K")


def test_elsewhere_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO(), "a.json") == ""


def test_while_standard_input_is_read_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, Terminal(), "a.json", "-") == ""


@pytest.mark.parametrize("name", ["[/].json", "[red]x.json", "[bold"])
def test_a_file_s_name_is_no_markup(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert name in shown(monkeypatch, Terminal(), name)


def test_a_file_without_end_is_shown_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pipe" in shown(monkeypatch, Terminal(), "pipe", total=None)
