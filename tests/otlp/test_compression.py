import gzip
import io
import itertools
from collections.abc import Iterator

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.otlp.compression import BrokenStream, gunzip, unzstd, unzstd_frame
from otel_agents.otlp.limits import CHUNK_BYTES

SKIPPABLE = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
CHECKED = zstandard.ZstdCompressor(write_checksum=True, write_content_size=False)
ZSTD_BLOCK_BYTES = 128 * 1024


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    file = io.BytesIO(data)
    return iter(lambda: file.read(size), b"")


def plain_of_gzip(data: bytes, size: int = 1000) -> bytes:
    return b"".join(gunzip(pieces(data, size)))


def plain_of_zstd(data: bytes) -> bytes:
    return b"".join(unzstd(io.BytesIO(data).read))


@given(st.lists(st.binary(), max_size=4), st.integers(1, 50))
def test_gzip_members_are_read_as_one_text(texts: list[bytes], size: int) -> None:
    data = b"".join(gzip.compress(text) + bytes(3) for text in texts)

    assert plain_of_gzip(data, size) == b"".join(texts)


@given(st.lists(st.binary(), max_size=4))
def test_zstd_frames_are_read_as_one_text(texts: list[bytes]) -> None:
    frames = (
        compress(text)
        for text, compress in zip(
            texts, itertools.cycle([zstandard.compress, CHECKED.compress]), strict=False
        )
    )

    assert plain_of_zstd(SKIPPABLE + SKIPPABLE.join(frames)) == b"".join(texts)


def until_broken(plain: Iterator[bytes]) -> bytes:
    """What comes in front of the break, which must be there."""
    held = b""
    with pytest.raises(BrokenStream, match="truncated"):  # noqa: PT012 what came before counts
        for piece in plain:
            held += piece
    return held


@pytest.mark.parametrize("end", range(1, 200, 7))
def test_a_truncated_stream_is_an_error_after_what_it_held(end: int) -> None:
    text = bytes(range(256)) * 2

    assert text.startswith(until_broken(gunzip(pieces(gzip.compress(text)[:-end], 10))))
    assert text.startswith(until_broken(unzstd(io.BytesIO(CHECKED.compress(text)[:-end]).read)))


@given(st.binary(max_size=60))
def test_no_bytes_do_more_than_break_the_stream(junk: bytes) -> None:
    for read, start in ((plain_of_gzip, b"\x1f\x8b\x08"), (plain_of_zstd, b"\x28\xb5\x2f\xfd")):
        try:
            read(start + junk)
        except BrokenStream as broken:
            assert broken.problem  # noqa: PT017 a stream may also be whole by chance


@pytest.mark.parametrize(
    ("data", "problem"),
    [(gzip.compress(b"a") + b"junk", "damaged"), (zstandard.compress(b"a") + b"junk", "6a 75")],
)
def test_what_follows_a_stream_must_be_another(data: bytes, problem: str) -> None:
    read = plain_of_gzip if data.startswith(b"\x1f") else plain_of_zstd
    with pytest.raises(BrokenStream, match=problem):
        read(data)


def test_a_bomb_comes_in_small_pieces() -> None:
    bomb = bytes(20_000_000)
    gzipped = max(map(len, gunzip(iter([gzip.compress(bomb)]))))
    zipped = max(map(len, unzstd(io.BytesIO(zstandard.compress(bomb)).read)))

    assert gzipped <= CHUNK_BYTES
    assert zipped <= ZSTD_BLOCK_BYTES


def test_a_frame_in_memory_ends_at_its_limit() -> None:
    data = zstandard.compress(bytes(1_000_000))

    assert unzstd_frame(data, 1_000_000) == bytes(1_000_000)
    with pytest.raises(BrokenStream, match="more than 999,999 bytes"):
        unzstd_frame(data, 999_999)
