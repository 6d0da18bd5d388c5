from collections.abc import Iterator

import pytest
import zstandard

from otel_agents.errors import InputError, SpanRefused
from otel_agents.otlp import containers
from otel_agents.otlp.containers import looks_delimited, read_delimited, read_frames, read_message
from otel_agents.otlp.limits import MAX_PIECE_BYTES
from otel_agents.otlp.source import ByteStream
from otel_agents.otlp.wire import WireReader
from otel_agents.record import SpanRecord
from tests.otlp.forms import a_span, delimited, frames, never, request, varint

NAMES = [str(n) for n in range(5)]
WHOLE = request(*(a_span(name=name) for name in NAMES))
SPANS = b"".join(delimited(b"\x12", a_span(name=name).SerializeToString()) for name in NAMES)
SCOPE_SPANS = delimited(b"\x12", SPANS)
RESOURCE = delimited(b"\x0a", b"")
SCOPE = delimited(b"\x0a", delimited(b"\x0a", b"lib"))


def resource_spans(*fields: bytes) -> bytes:
    """A request with one ResourceSpans of these encoded fields."""
    return delimited(b"\x0a", b"".join(fields))


def stream(data: bytes, size: int = 100) -> ByteStream:
    """The data in pieces, as a file gives them."""
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    return ByteStream("file", chunks, str)


def told(records: Iterator[SpanRecord]) -> str:
    """The names of the spans that came, and the error that ended them."""
    names = []
    try:
        for record in records:
            names.append(record.name)  # noqa: PERF401 those before an error count
    except InputError as error:
        return f"{''.join(names)} ! {error}"
    return "".join(names)


def message(data: bytes) -> str:
    return told(read_message(stream(data), WireReader(never)))


def framed(data: bytes) -> str:
    def read_plain(inner: ByteStream) -> Iterator[SpanRecord]:
        return read_message(inner, WireReader(never))

    return told(read_frames(stream(data), WireReader(never), read_plain))


@pytest.fixture(params=["at once", "span by span"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "span by span":
        monkeypatch.setattr(containers, "WHOLE_BYTES", 0)


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize(
    ("data", "names"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param(WHOLE, "01234", id="one"),
        pytest.param(WHOLE + WHOLE, "0123401234", id="two, which are one"),
        pytest.param(request(a_span(name="x" * 70_000)), "x" * 70_000, id="large span"),
        pytest.param(
            resource_spans(RESOURCE, delimited(b"\x12", SCOPE + SPANS), delimited(b"\x1a", b"url")),
            "01234",
            id="scope and schema",
        ),
        pytest.param(
            resource_spans(SCOPE_SPANS, b"\x99\x06", bytes(8), b"\x9d\x06", bytes(4)),
            "01234",
            id="unknown fixed fields",
        ),
        pytest.param(resource_spans(b"\x98\x06\x01", SCOPE_SPANS), "01234", id="unknown number"),
    ],
)
def test_a_message_is_read(data: bytes, names: str) -> None:
    assert message(data) == names


@pytest.mark.usefixtures("_either_way")
def test_every_truncation_gives_what_is_whole_and_then_says_where() -> None:
    header = len(WHOLE) - len(SPANS)
    for end in range(1, len(WHOLE)):
        names, _, error = message(WHOLE[:end]).partition(" ! ")

        assert names == "01234"[: max(0, (end - header) * len(NAMES) // len(SPANS))]
        assert "file: byte" in error
        assert "truncated" in error


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\x12\x01a", "byte 0: not OTLP: expected ResourceSpans"),
        (WHOLE + b"\x0b", f"byte {len(WHOLE)}: not OTLP protobuf: wire type 3"),
        (WHOLE + b"\x00\x00", "field of number 0"),
        (b"\xff" * 11, "a number of more than ten bytes"),
        (delimited(b"\x0a", b"\x12\x09ab"), "a field of 9 bytes does not fit into ResourceSpans"),
        (delimited(b"\x0a", delimited(b"\x12", b"\x12\x7fa")), "does not fit into ScopeSpans"),
        (
            b"\x0a\xff\xff\xff\xff\x0f\x12\xff\xff\xff\xf0\x0f\x12\xff\xff\xff\xe0\x0f",
            "bytes, which is over",
        ),
        (b"\x0a\xff\xff\xff\xff\x0f\x1a\xff\xff\xff\xf0\x0f", "truncated"),
    ],
)
def test_what_is_no_message_is_an_error_with_its_place(data: bytes, problem: str) -> None:
    assert problem in message(data)


@pytest.mark.parametrize(
    ("late", "what"),
    [
        (resource_spans(SCOPE_SPANS, RESOURCE), "resource"),
        (resource_spans(delimited(b"\x12", SPANS + SCOPE)), "scope"),
    ],
)
def test_a_large_message_must_say_first_whose_spans_follow(
    late: bytes, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert message(late) == "01234"

    monkeypatch.setattr(containers, "WHOLE_BYTES", 0)
    assert f"names its {what} behind its spans" in message(late)


def test_a_broken_span_is_refused_and_the_message_goes_on() -> None:
    refused: list[SpanRefused] = []
    data = request(a_span(name="a"), b"\xff", a_span(name="b"))

    assert told(read_message(stream(data), WireReader(refused.append))) == "ab"
    assert [error.reason for error in refused] == ["undecodable"]


# --- frames and delimited messages ------------------------------------------------------------


@pytest.mark.parametrize("pack", [bytes, zstandard.compress])
def test_frames_are_read_one_after_the_other(pack: object) -> None:
    assert callable(pack)

    assert framed(frames([pack(WHOLE), b"", pack(WHOLE)])) == "0123401234"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (frames([WHOLE]) + b"\0\0", "inside a frame's length"),
        (frames([WHOLE])[:-1], "01234"[:4] + " ! file: byte "),
        (b"\0\0\0\x09\x28\xb5\x2f\xfd", "frame at byte 0: the file is truncated"),
        (b"\xff\xff\xff\xff", "claims 4,294,967,295 bytes, which is over 64 MiB"),
        (frames([b"hello"]), "expected ResourceSpans"),
        (frames([zstandard.compress(WHOLE)[:-1]]), "frame at byte 0: the zstd stream ends early"),
        (frames([zstandard.compress(b"\x0a" + bytes(MAX_PIECE_BYTES))]), "decompresses to more"),
        (frames([zstandard.compress(b"hello")]), "frame at byte 0, byte 0: not OTLP"),
        (frames([WHOLE[:-1]]), "does not fit into the request"),
    ],
)
def test_a_broken_frame_is_an_error_with_its_place(data: bytes, problem: str) -> None:
    assert problem in framed(data)


def test_delimited_messages_are_read_one_after_the_other() -> None:
    data = b"".join(varint(len(part)) + part for part in (WHOLE, b"", WHOLE))

    assert looks_delimited(data)
    assert told(read_delimited(stream(data), WireReader(never))) == "0123401234"


@pytest.mark.parametrize("head", [b"", b"\x80", b"hello", WHOLE, b"\x0a" + WHOLE])
def test_other_bytes_do_not_look_like_delimited_messages(head: bytes) -> None:
    assert not looks_delimited(head)
