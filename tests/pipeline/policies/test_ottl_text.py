import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.policies.ottl_text import OttlRefused, Token, tokens, unquoted


def test_a_condition_is_cut_into_words() -> None:
    found = [(token.kind, token.text) for token in tokens('a.b["c d"] >= -1.5 and (x!=0xFf) or 7')]
    assert found == [
        ("word", "a"),
        ("sign", "."),
        ("word", "b"),
        ("sign", "["),
        ("string", '"c d"'),
        ("sign", "]"),
        ("compare", ">="),
        ("float", "-1.5"),
        ("word", "and"),
        ("sign", "("),
        ("word", "x"),
        ("compare", "!="),
        ("bytes", "0xFf"),
        ("sign", ")"),
        ("word", "or"),
        ("int", "7"),
        ("end", ""),
    ]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r'"a\"b"', 'a"b'),
        (r'"\\d\n"', "\\d\n"),
        (r'"\x41\u00e9\U0001F600\101"', "Aé😀A"),
        ('""', ""),
    ],
)
def test_a_string_is_read_as_go_reads_it(written: str, text: str) -> None:
    assert unquoted(Token("string", written, 1)) == text


@pytest.mark.parametrize(
    ("text", "column"),
    [('name == "x', 9), ("name = 1", 6), ("a # b", 3), ("  'x'", 3), ('"a\nb"', 1)],
)
def test_what_begins_no_word_is_refused_with_its_column(text: str, column: int) -> None:
    with pytest.raises(OttlRefused, match=f"column {column}: "):
        tokens(text)


@pytest.mark.parametrize(("written", "column"), [(r'"ab\d"', 7), (r'"\U00110000"', 5)])
def test_an_escape_that_go_does_not_have_is_refused(written: str, column: int) -> None:
    with pytest.raises(OttlRefused, match=f"column {column}: "):
        unquoted(Token("string", written, 4))


@given(st.text(max_size=30))
def test_any_text_is_cut_or_refused(text: str) -> None:
    try:
        found = tokens(text)
    except OttlRefused:
        return
    assert found[-1].kind == "end"
    assert all(text[token.column - 1 :].startswith(token.text) for token in found)
