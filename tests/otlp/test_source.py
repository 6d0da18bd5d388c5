import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from otel_agents.errors import InputError
from otel_agents.otlp.compression import BrokenStream
from otel_agents.otlp.source import ByteStream, Progress, Source

TEXT = bytes(range(256)) * 4096


def stream(*chunks: bytes) -> ByteStream:
    return ByteStream("name", iter(chunks), lambda: "byte 7 of the file")


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_a_file_is_read_as_its_plain_bytes(pack: object, tmp_path: Path) -> None:
    assert callable(pack)
    path = tmp_path / "input"
    path.write_bytes(pack(TEXT))
    with Source(path).open() as plain:
        assert b"".join(iter(plain.chunk, b"")) == TEXT
        plain.finish()


def test_standard_input_needs_no_seek(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation

    seen: list[Progress] = []
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Pipe(gzip.compress(TEXT))))
    source = Source("-", seen.append)
    with source.open() as plain:
        assert b"".join(iter(plain.chunk, b"")) == TEXT
    assert source.name == "<stdin>"
    assert {progress.bytes_total for progress in seen} == {None}


def test_progress_is_told_in_bytes_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(gzip.compress(TEXT))
    size = path.stat().st_size
    seen: list[Progress] = []
    with Source(path, seen.append).open() as plain:
        while plain.chunk():
            pass

    assert seen[-1] == Progress(size, size)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match="missing: cannot be opened: No such file"),
        Source(tmp_path / "missing").open(),
    ):
        pass


def test_a_stream_reads_ahead_and_knows_its_place() -> None:
    plain = stream(b"ab", b"", b"cd", b"e")

    assert (plain.fill(3), plain.position) == (True, 0)
    assert (plain.take(3), plain.position) == (b"abc", 3)
    assert (plain.fill(3), plain.take(9), plain.position) == (False, b"de", 5)
    assert (plain.take(1), plain.chunk()) == (b"", b"")


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (BrokenStream("damaged"), "name: byte 7 of the file: damaged"),
        (OSError(5, "Input/output error"), "cannot be read: Input/output error"),
        (InputError("name", "", "inner fault"), "inner fault"),
    ],
)
def test_a_fault_of_the_file_comes_after_what_was_read(fault: Exception, problem: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"good"
        raise fault

    plain = ByteStream("name", chunks(), lambda: "byte 7 of the file")

    assert plain.take(9) == b"good"
    assert problem in str(plain.truncated("the end"))
    assert problem in str(plain.broken("something"))
    with pytest.raises(InputError, match=problem):
        plain.finish()


def test_an_error_names_the_place_inside_of_what() -> None:
    plain = ByteStream("name", iter([b"abc"]), str, "decompressed ")
    plain.take(2)

    assert str(plain.broken("odd")) == "name: decompressed byte 2: odd"
