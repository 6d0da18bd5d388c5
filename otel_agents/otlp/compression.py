"""gzip and zstd streams to plain chunks of bounded size, told apart by their first bytes.

Neither library alone suffices: a truncated zstd stream must be an error, and a few
compressed bytes may stand for gigabytes, so output is taken in small pieces. A zstd
stream is therefore fed block by block: the format bounds what one block can hold.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Final

import zstandard

from otel_agents.otlp.limits import CHUNK_BYTES, MAX_ZSTD_WINDOW_BYTES

GZIP_MAGIC: Final = b"\x1f\x8b"
ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"

_SKIPPABLE: Final = range(0x184D2A50, 0x184D2A60)
_MAGIC_BYTES: Final = 4
_BLOCK_HEADER_BYTES: Final = 3
_CHECKSUM_BYTES: Final = 4
_RLE_BLOCK, _RESERVED_BLOCK = 1, 3

Take = Callable[[int], bytes]
"""Gives exactly so many bytes, fewer only at the end of the input."""


class BrokenStream(Exception):
    """A compressed stream that cannot be read on.

    Attributes:
        problem: What is wrong with it.
    """

    def __init__(self, problem: str) -> None:
        """Hold what is wrong."""
        super().__init__(problem)
        self.problem = problem


def gunzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress a gzip stream of one or more members.

    Raises:
        BrokenStream: It is damaged, or ends early.
    """
    data = b""
    while data := _next_member(data, chunks):
        member = zlib.decompressobj(wbits=31)
        try:
            while not member.eof:
                plain = member.decompress(data, CHUNK_BYTES)
                if plain:
                    yield plain
                data = member.unconsumed_tail
                if not data and not plain and not member.eof:
                    data = next(chunks, b"")
                    if not data:
                        raise BrokenStream("the gzip stream ends early: the file is truncated")
        except zlib.error as error:
            raise BrokenStream(f"the gzip stream is damaged: {error}") from None
        data = member.unused_data


def _next_member(data: bytes, chunks: Iterator[bytes]) -> bytes:
    found = data.lstrip(b"\0")  # zeros may pad the members
    while not found and (chunk := next(chunks, b"")):
        found = chunk.lstrip(b"\0")
    return found


def unzstd(take: Take) -> Iterator[bytes]:
    """Decompress a zstd stream of one or more frames.

    Raises:
        BrokenStream: It is damaged, or ends early.
    """
    while magic := take(_MAGIC_BYTES):
        if int.from_bytes(magic, "little") in _SKIPPABLE and len(magic) == _MAGIC_BYTES:
            _skip(take)
        elif magic == ZSTD_MAGIC:
            yield from _frame(take)
        elif ZSTD_MAGIC.startswith(magic):
            raise _truncated()
        else:
            raise BrokenStream(f"the zstd stream goes on with {magic.hex(' ')}, no zstd frame")


def unzstd_frame(data: bytes, limit: int) -> bytes:
    """Decompress a zstd stream that is in memory.

    Raises:
        BrokenStream: It is damaged, ends early, or holds more than `limit` bytes.
    """
    at = 0

    def take(count: int) -> bytes:
        nonlocal at
        at += count
        return data[at - count : at]

    pieces = []
    total = 0
    for piece in unzstd(take):
        total += len(piece)
        if total > limit:
            raise BrokenStream(f"it decompresses to more than {limit:,} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def _frame(take: Take) -> Iterator[bytes]:
    header, checksum = _frame_header(take)
    frame = zstandard.ZstdDecompressor(max_window_size=MAX_ZSTD_WINDOW_BYTES).decompressobj()
    try:
        frame.decompress(header)
        last = False
        while not last:
            block, last = _block(take)
            if last and checksum:
                block += _exactly(take, _CHECKSUM_BYTES)
            if plain := frame.decompress(block):
                yield plain
    except zstandard.ZstdError as error:
        raise BrokenStream(f"the zstd stream is damaged: {error}") from None


def _frame_header(take: Take) -> tuple[bytes, bool]:
    descriptor = _exactly(take, 1)
    flags = descriptor[0]
    single, size_code, dictionary_code = flags >> 5 & 1, flags >> 6, flags & 3
    content = (single, 2, 4, 8)[size_code]
    rest = (1 - single) + (0, 1, 2, 4)[dictionary_code] + content
    return ZSTD_MAGIC + descriptor + _exactly(take, rest), bool(flags >> 2 & 1)


def _block(take: Take) -> tuple[bytes, bool]:
    header = _exactly(take, _BLOCK_HEADER_BYTES)
    fields = int.from_bytes(header, "little")
    kind = fields >> 1 & 3
    if kind == _RESERVED_BLOCK:
        raise BrokenStream("the zstd stream is damaged: a block of the reserved kind")
    return header + _exactly(take, 1 if kind == _RLE_BLOCK else fields >> 3), bool(fields & 1)


def _skip(take: Take) -> None:
    left = int.from_bytes(_exactly(take, 4), "little")
    while left:
        left -= len(_exactly(take, min(left, CHUNK_BYTES)))


def _exactly(take: Take, count: int) -> bytes:
    data = take(count)
    if len(data) < count:
        raise _truncated()
    return data


def _truncated() -> BrokenStream:
    return BrokenStream("the zstd stream ends early: the file is truncated")
