import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.errors import InputError
from otel_agents.otlp import text
from otel_agents.otlp.json import Json
from otel_agents.otlp.source import ByteStream
from otel_agents.otlp.text import Found, JsonText


def over(data: str | bytes, size: int = 3) -> JsonText:
    """A cursor over text that comes in small pieces."""
    raw = data.encode() if isinstance(data, str) else data
    return JsonText(
        ByteStream("file", (raw[at : at + size] for at in range(0, len(raw), size)), str)
    )


values: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(st.lists(values, max_size=4), st.sampled_from([None, 1]), st.integers(1, 9))
def test_values_are_read_as_the_standard_library_reads_them(
    written: list[Json], indent: int | None, size: int
) -> None:
    cursor = over("\n".join(json.dumps(value, indent=indent) for value in written), size)
    read = []
    while cursor.peek():
        read.append(cursor.value("a value"))

    assert read == json.loads(json.dumps(written))


def entered(cursor: JsonText) -> Json:
    """The next value, entered to its leaves."""
    first = cursor.peek()
    if first == "{":
        return {key: entered(cursor) for key in cursor.keys("an object")}
    if first == "[":
        return [entered(cursor) for _ in cursor.elements("an array")]
    return cursor.value("a value")


@given(values, st.sampled_from([None, 1]))
def test_a_value_that_is_entered_is_the_same(written: Json, indent: int | None) -> None:
    written = json.loads(json.dumps(written))

    assert entered(over(json.dumps(written, indent=indent))) == written


@given(values, st.sampled_from([0, 1 << 20]))
def test_a_value_is_skipped_to_its_end(written: Json, whole: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "WHOLE_BYTES", whole)
        cursor = over(json.dumps(written) + ' "next"')
        cursor.skip()

        assert cursor.value("a value") == "next"


def test_what_is_not_whole_is_left_for_those_who_enter_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "WHOLE_BYTES", 10)
    cursor = over('[1, 2]["a long, long text"]')

    assert cursor.whole() == Found([1, 2], 0)
    assert cursor.whole() is None
    assert entered(cursor) == ["a long, long text"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (b"\xef\xbb\xbf 1 ", 1),
        (b'"\xff"', "�"),
        (b'"\xc3\xa9"', "é"),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'{"\\ud83d": ["\\uDE00x"]}', {"�": ["�x"]}),
        (b"9" * 5000, float("inf")),
        (b"-Infinity", float("-inf")),
        (b"1.5e+3", 1500.0),
    ],
)
def test_odd_text_is_read(written: bytes, value: Json) -> None:
    assert over(written).value("a value") == value


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ('{\n "a": x}', "line 2, column 7: no JSON: Expecting value"),
        ('{"a": 1,\n\n}', "line 3, column 1: found '}', expected a key"),
        ('{"a" 1}', "line 1, column 6: found '1}', expected ':' after a key"),
        ("[1 2]", "line 1, column 4: found '2]', expected ',' or ']'"),
        ('["a', "line 1, column 4: the file is truncated"),
        ("[1,", "the file is truncated"),
        ("[1", "line 1, column 3: the file is truncated: expected ',' or ']'"),
        ("", "line 1, column 1: the file is truncated"),
        ("[" * 3000, "nested too deeply"),
    ],
)
def test_what_is_no_json_is_an_error_with_its_place(written: str, problem: str) -> None:
    cursor = over(written, 50)

    def enter(depth: int = 0) -> None:
        if depth == 1:
            cursor.value("a value")
            return
        for _ in cursor.keys("an object") if cursor.peek() == "{" else cursor.elements("an array"):
            enter(depth + 1)

    with pytest.raises(InputError) as error:
        enter()

    assert problem in str(error.value)


def test_a_value_that_is_too_large_is_an_error_and_is_not_read() -> None:
    cursor = over('["' + "x" * 900 + '"]')
    assert next(cursor.elements("an array")) == 0
    with pytest.raises(InputError, match="line 1, column 2: a value is over 20 bytes"):
        cursor.value("a value", 20)


def test_skipping_never_goes_too_deep() -> None:
    with pytest.raises(InputError, match="nested too deeply"):
        over('{"a":' * 5000, 1000).skip()


def test_the_place_is_known_after_much_text() -> None:
    cursor = over("[" + "1,\n" * 500 + "    ?]", 7)
    with pytest.raises(InputError, match="line 501, column 5: "):
        entered(cursor)
