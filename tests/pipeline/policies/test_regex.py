import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.policies.regex import UnreadablePattern, compile_re2


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("v[0-9]+.Health$", "grpc.v1.Health", True),
        ("b$", "b\n", False),
        ("(?m)b$", "b\nc", True),
        (r"a\z", "a", True),
        (r"^\d+$", "٣", False),
        (r"\s", "\v", False),
        (r"[\s]", "\t", True),
        (r"\S", "\v", True),
        (r"\Qa.c\E$", "a.c", True),
        (r"\Qa.c", "abc", False),
        (r"\x{41}\x42", "AB", True),
        ("[[:alpha:]_]+", "é_", True),
        ("^[[:^", "x", None),
        ("^[[:alpha:]]$", "é", False),
        ("(?i)hello", "HELLO", True),
        ("(?i)é", "É", True),
        (r"^\w$", "é", False),
        (r"^[\d_]$", "٣", False),
        (r"a\b", "aé", True),
        (r"^\D\W\B$", "éé", True),
        ("(?i:h)ello", "Hello", True),
        ("(?P<x>a)(?<y>b)", "ab", True),
        ("(?:a|b){2,3}?", "ab", True),
        ("a+?", "a", True),
        ("[]a]", "]", True),
        ("[^]a]", "]", False),
        ("[a&&b]", "&", True),
        ("[$]", "$", True),
        ("^a{,2}$", "a{,2}", True),
        ("^a{,2}$", "aa", False),
    ],
)
def test_a_pattern_finds_what_re2_finds(pattern: str, text: str, found: bool | None) -> None:
    if found is None:
        with pytest.raises(UnreadablePattern):
            compile_re2(pattern)
    else:
        assert bool(compile_re2(pattern).search(text)) is found


@pytest.mark.parametrize(
    "pattern",
    [
        "a(?=b)",
        "(?!a)",
        "(?<=a)b",
        "(?<!a)b",
        "(?>a)",
        "(?#c)",
        "(?P=x)",
        r"(a)\1",
        r"\pL",
        r"\Z",
        r"\G",
        "a++",
        "a**",
        "a{2}{3}",
        "a+??",
        "[a",
        "(a",
        "a)",
        "*a",
        "(?U)a",
        r"\x{110000}",
        "[[:nope:]]",
        "a\\",
        "[b-a]",
    ],
)
def test_what_re2_does_not_have_is_refused(pattern: str) -> None:
    with pytest.raises(UnreadablePattern):
        compile_re2(pattern)


@given(st.text(alphabet="ab[]()\\*+?{}^$.|:-&~#\n19Qsz", max_size=12))
def test_any_pattern_compiles_or_is_refused(pattern: str) -> None:
    try:
        compiled = compile_re2(pattern)
    except UnreadablePattern:
        return
    # A pattern that matches the whole of a text also finds it.
    assert compiled.fullmatch("ab") is None or compiled.search("ab") is not None
