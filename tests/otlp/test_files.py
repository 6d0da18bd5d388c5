import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otel_agents.errors import InputError
from otel_agents.otlp import files
from otel_agents.otlp.files import Progress
from tests.otlp.forms import (
    CAPTURES,
    a_json_span,
    a_span,
    document,
    every_form,
    read_bytes,
    request,
    tell,
    to_proto,
)

TEXTS = [path.read_text() for path in CAPTURES]
FORMS = dict(every_form(TEXTS))


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name.split(".")[0])
def test_a_capture_says_the_same_as_json_and_as_protobuf(path: Path, tmp_path: Path) -> None:
    as_json, _ = read_bytes(path.read_bytes(), tmp_path)
    as_proto, _ = read_bytes(to_proto(path.read_text()), tmp_path)
    keys = {
        attribute["key"]
        for batch in json.loads(path.read_text())["resourceSpans"]
        for scope in batch["scopeSpans"]
        for span in scope["spans"]
        for attribute in span.get("attributes", ())
    }

    assert len(as_json) > 0
    assert [tell(record) for record in as_proto] == [tell(record) for record in as_json]
    for one, other in zip(as_proto, as_json, strict=True):  # as text, since NaN is not itself
        assert repr({key: one.get(key) for key in keys}) == repr(
            {key: other.get(key) for key in keys}
        )


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_captures_says_the_same(form: str, tmp_path: Path) -> None:
    expected = [tell(record) for text in TEXTS for record in read_bytes(text.encode(), tmp_path)[0]]
    records, refused = read_bytes(FORMS[form], tmp_path)

    assert [tell(record) for record in records] == expected
    assert refused == []


@pytest.mark.parametrize("form", FORMS)
def test_a_file_cut_in_half_gives_its_first_spans_and_an_error(form: str, tmp_path: Path) -> None:
    whole, _ = read_bytes(FORMS[form], tmp_path)
    path = tmp_path / "cut"
    path.write_bytes(FORMS[form][: len(FORMS[form]) * 2 // 3])
    records = []
    with pytest.raises(InputError, match="truncated") as error:  # noqa: PT012 those before count
        for record in files.read(path):
            records.append(tell(record))  # noqa: PERF401
    assert records == [tell(record) for record in whole[: len(records)]]
    assert error.value.source == str(path)
    assert any(character.isdigit() for character in error.value.position)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "start: the file is empty"),
        (b" \r\n\t", "the file is empty"),
        (gzip.compress(b""), "the file is empty"),
        (b"\x1f\x8b", "the gzip stream ends early"),
        (b"\x89PNG\r\n\x1a\n", "byte 0: found a PNG image; expected OTLP traces as JSON"),
        (b"<!doctype html>", "found HTML or XML"),
        (b"time,agent\n1,2\n", "found the text 'time,agent"),
        ("temps,agent é\n".encode(), "found the bytes"),
        ('{"resourceSpans": []}'.encode("utf-16"), "UTF-16"),
        (gzip.compress(gzip.compress(b"{}")), "found gzip inside of compression"),
        (zstandard.compress(b"PK\x03\x04"), "decompressed byte 0: found a zip archive"),
        (b'{"data": [{"traceID": "1"}]}', "Jaeger"),
        (b"null", "found the text 'null'"),
        (b"\x0a\x05hello", "not OTLP protobuf"),
        (b"\xff\xff\xff\xff\x0a", "a frame claims 4,294,967,295 bytes, which is over 64 MiB"),
        (b"\xff\xff\xff\xff\x28\xb5\x2f\xfd", "a frame claims 4,294,967,295 bytes"),
        (b"\x03\xff\xff\xff", "truncated inside a number"),
    ],
)
def test_what_is_no_telemetry_is_an_error_that_says_what_it_is(
    data: bytes, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as error:
        read_bytes(data, tmp_path)

    assert problem in str(error.value)
    assert str(error.value).startswith(str(tmp_path / "input"))


def test_a_message_whose_first_bytes_are_those_of_json_is_read(tmp_path: Path) -> None:
    padding = ord("{") - (len(request(a_span(name="x"))) - 2) + 1
    message = request(a_span(name="x" * padding))
    records, _ = read_bytes(message, tmp_path)

    assert message.startswith(b"\n{")
    assert [record.name for record in records] == ["x" * padding]


def test_other_signals_are_skipped_and_told(tmp_path: Path) -> None:
    path = tmp_path / "mixed.json"
    path.write_text(f'{{"resourceMetrics": []}}\n{json.dumps(document(a_json_span()))}\n')
    skipped: list[str] = []

    assert [record.name for record in files.read(path, on_skipped=skipped.append)] == ["work"]
    assert skipped == ["metrics"]


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(FORMS["protobuf gzip"])
    seen: list[Progress] = []
    for _ in files.read(path, on_progress=seen.append):
        pass

    assert seen[-1] == Progress(path.stat().st_size, path.stat().st_size)


def test_standard_input_is_read_from_a_pipe() -> None:
    script = (
        "from otel_agents.otlp.files import read; print(*[record.name for record in read('-')])"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        input=gzip.compress(request(a_span(name="piped"))),
        capture_output=True,
        check=True,
    )

    assert told.stdout.decode().split() == ["piped"]


SEEDS = [form for name, form in every_form(TEXTS[:2]) if "parts" not in name]


def look_at(data: bytes, folder: Path) -> None:
    """Read bytes as a file, and everything in them."""
    try:
        records, _ = read_bytes(data, folder)
    except InputError:
        return
    for record in records:
        record.get("gen_ai.request.model")
        record.events()


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"\x0a", b"{", b"[{", b"\0\0\0", b"\x1f\x8b"])
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_do_more_than_give_an_error(tmp_path: Path, data: bytes, start: bytes) -> None:
    look_at(start + data, tmp_path)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_does_no_more_than_give_an_error(
    tmp_path: Path, data: st.DataObject
) -> None:
    damaged = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    look_at(bytes(damaged), tmp_path)


# --- memory -----------------------------------------------------------------------------------

MEASURE = """
import gc, sys
from otel_agents.otlp.files import read
from otel_agents.errors import InputError

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

before, spans, error = peak(), 0, ""
try:
    for record in read(sys.argv[1]):
        spans += 1
except InputError as wrong:
    error = str(wrong)
print(spans, (peak() - before) // 1024, error)
"""


def measure(path: Path) -> tuple[int, int, str]:
    """In a process of its own: the spans read, the MiB that it took, and the error."""
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, check=True, text=True
    )
    spans, mib, *error = told.stdout.strip().split(" ", 2)
    return int(spans), int(mib), "".join(error)


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="peak memory is read from /proc"
)
FAT_SPAN = a_span(name="x" * 200_000)
FAT_JSON = json.dumps(a_json_span(name="x" * 200_000))


@needs_proc
@pytest.mark.parametrize(
    ("first", "again", "last"),
    [
        pytest.param(b"", request(FAT_SPAN), b"", id="messages"),
        pytest.param(
            b"\x0a\xff\xff\xff\xff\x0f\x12\xf9\xff\xff\xff\x0f",
            request(FAT_SPAN)[8:],
            b"",
            id="one",
        ),
        pytest.param(
            b"", json.dumps(document(a_json_span())).encode() + b" " * 200_000, b"", id="l"
        ),
        pytest.param(
            b'{"resourceSpans":[{"scopeSpans":[{"spans":[',
            FAT_JSON.encode() + b",",
            FAT_JSON.encode() + b"]}]}]}",
            id="document",
        ),
    ],
)
def test_a_large_file_needs_little_memory(
    first: bytes, again: bytes, last: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "large"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(first)
        for _ in range(5):
            file.write(again * 40)
        file.write(last)
    spans, mib, _ = measure(path)

    assert spans >= 200
    assert mib < 40


@needs_proc
@pytest.mark.parametrize(
    ("start", "problem"),
    [(b'{"a":"', "over 64 MiB"), (b"[", "truncated"), (b"\x0a\xff\xff\xff\xff\x0f", "number 0")],
)
def test_a_bomb_ends_in_an_error_and_not_in_the_whole_memory(
    start: bytes, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "bomb"
    filler = {b"[": b" ", b'{"a":"': b"a"}.get(start, b"\0")
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(start)
        for _ in range(10):
            file.write(filler * 10_000_000)
    spans, mib, error = measure(path)

    assert (spans, problem in error) == (0, True)
    assert mib < 300
