"""A file or standard input as a stream of plain bytes, decompressed where it must be.

The stream knows where it stands, so that every error can say so. A fault in the file
(truncated compression, a failing disk) is kept until what was read before it is used up.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from otel_agents.errors import InputError
from otel_agents.otlp.compression import GZIP_MAGIC, ZSTD_MAGIC, BrokenStream, gunzip, unzstd
from otel_agents.otlp.limits import CHUNK_BYTES

STDIN: Final = "-"


class Progress(NamedTuple):
    """How far a file is read, in bytes as they lie on the disk.

    Attributes:
        bytes_read: Bytes read so far.
        bytes_total: The file's size, None where it is not known (a pipe).
    """

    bytes_read: int
    bytes_total: int | None


class ByteStream:
    """Plain bytes with a position, read ahead only as far as asked.

    Attributes:
        name: What the user calls the file.
        buffer: What is read ahead; what is to be read next stands at `at`.
        at: Where in `buffer` the reader is.
        inside: What of the file these bytes are, put before every position.
    """

    def __init__(
        self, name: str, chunks: Iterator[bytes], where: Callable[[], str], inside: str = ""
    ) -> None:
        """Read from `chunks`.

        Args:
            name: What the user calls the file.
            chunks: The plain bytes, piece by piece.
            where: Says how far the file itself was read.
            inside: What of the file these bytes are, put before every position.
        """
        self.name = name
        self.inside = inside
        self.buffer = b""
        self.at = 0
        self._chunks = chunks
        self._where = where
        self._behind = 0
        self._ended = False
        self._fault: InputError | None = None

    @property
    def position(self) -> int:
        """Plain bytes in front of the reader."""
        return self._behind + self.at

    def fill(self, count: int) -> bool:
        """Read ahead until `count` bytes are there; False where the stream ends before."""
        held = len(self.buffer) - self.at
        if held >= count:
            return True
        pieces = [self.buffer[self.at :]]
        while held < count and (chunk := self._next()):
            pieces.append(chunk)
            held += len(chunk)
        self._behind += self.at
        self.at = 0
        self.buffer = b"".join(pieces)
        return held >= count

    def take(self, count: int) -> bytes:
        """Read up to `count` bytes, fewer only at the end."""
        self.fill(count)
        start = self.at
        self.at = min(start + count, len(self.buffer))
        return self.buffer[start : self.at]

    def chunk(self) -> bytes:
        """Read what is there, or the next piece; empty at the end."""
        if self.at == len(self.buffer):
            self.fill(1)
        return self.take(len(self.buffer) - self.at)

    def broken(self, problem: str, position: str | None = None) -> InputError:
        """Make the error for what is wrong here; a fault of the file itself goes first."""
        if self._fault is not None and len(self.buffer) == self.at:
            return self._fault
        return InputError(self.name, self.inside + (position or f"byte {self.position}"), problem)

    def truncated(self, problem: str, position: str | None = None) -> InputError:
        """Make the error for an end that comes too early; a fault explains it better."""
        return self._fault or self.broken(problem, position)

    def finish(self) -> None:
        """Say that all was read.

        Raises:
            InputError: The file itself had a fault.
        """
        if self._fault is not None:
            raise self._fault

    def _next(self) -> bytes:
        if self._ended:
            return b""
        try:
            for chunk in self._chunks:
                if chunk:
                    return chunk
        except InputError as fault:
            self._fault = fault
        except BrokenStream as broken:
            self._fault = InputError(self.name, self._where(), broken.problem)
        except OSError as error:
            self._fault = InputError(self.name, self._where(), f"cannot be read: {error.strerror}")
        self._ended = True
        return b""


class Source:
    """One input: its file, how far it is read, and its plain bytes."""

    def __init__(
        self, source: Path | str, on_progress: Callable[[Progress], None] | None = None
    ) -> None:
        """Name the input; `-` is standard input. Nothing is opened yet."""
        self._stdin = str(source) == STDIN
        self._path = Path(source)
        self._on_progress = on_progress
        self._read = 0
        self._total: int | None = None
        self.name = "<stdin>" if self._stdin else str(source)

    @contextmanager
    def open(self) -> Iterator[ByteStream]:
        """Open the input, give its plain bytes, and close it.

        Raises:
            InputError: It cannot be opened.
        """
        with self._open() as file:
            raw = ByteStream(self.name, self._chunks(file), self._where)
            raw.fill(len(ZSTD_MAGIC))
            if raw.buffer.startswith(GZIP_MAGIC):
                yield ByteStream(self.name, gunzip(_rest(raw)), self._where, "decompressed ")
            elif raw.buffer.startswith(ZSTD_MAGIC):
                yield ByteStream(self.name, unzstd(_taker(raw)), self._where, "decompressed ")
            else:
                yield raw

    def _where(self) -> str:
        return f"byte {self._read} of the file"

    def _open(self) -> AbstractContextManager[BinaryIO]:
        if self._stdin:
            return nullcontext(sys.stdin.buffer)
        try:
            file = self._path.open("rb", buffering=0)
            self._total = self._path.stat().st_size
        except OSError as error:
            raise InputError(self.name, "", f"cannot be opened: {error.strerror}") from None
        return file

    def _chunks(self, file: BinaryIO) -> Iterator[bytes]:
        while chunk := file.read(CHUNK_BYTES):
            self._read += len(chunk)
            if self._on_progress is not None:
                self._on_progress(Progress(self._read, self._total))
            yield chunk


def _rest(raw: ByteStream) -> Iterator[bytes]:
    while chunk := raw.chunk():
        yield chunk
    raw.finish()


def _taker(raw: ByteStream) -> Callable[[int], bytes]:
    def take(count: int) -> bytes:
        data = raw.take(count)
        if len(data) < count:
            raw.finish()
        return data

    return take
