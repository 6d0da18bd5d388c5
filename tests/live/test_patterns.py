"""Regular expressions on many texts, as the Collector's RE2 reads them and as ours does."""

# ruff: noqa: RUF001 letters that look alike, or are cases of each other, are the subject

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.live.sampled import Block, ours, received, theirs
from tests.live.spans import batch, requests, span

pytestmark = pytest.mark.timeout(120)

TEXTS: Final = (
    *("a", "A", "aa", "aaa", "ab", "abab", "abc", "aXb", "a.b", "a-b", "a_b", "_", "0", "9"),
    *("two\nlines", "a\n", "\n", "a b", "a\tb", "a\vb", "a\u00a0b", "\u2028", "a\x00b", "a\x85b"),
    *("\x1c", "é", "É", "ﬀ", "ſ", "K", "k", "ß", "ẞ", "İ", "i", "ı", "σ", "ς", "Σ", "ǅ", "٣"),
    *("☹", "😀", "x" * 300, "a]b", "[a]", "a\\b", "{,2}", "a{,2}", "a&&b", "a~~b", "a||b", "(a)"),
    *("^a", "$a", "a$", "v1", "v1.HealthCheck", "/healthz", "1.2.3.4", "GET /users/42"),
)
PATTERNS: Final = (
    *("a", "^a$", "(?i)a", "(?i)k", "(?i)ſ", "(?i)é", "(?i)ß", "(?i)σ", "(?i)[a-z]", "(?i)[k]"),
    *("(?i)i", "(?i)ǆ", "(?i)[à-é]", "(?i)K", "(?i)İ", r"(?i)\x6b", "(?i:A)b", "(?mi)^A"),
    *("[[:alpha:]]", "[^[:alpha:]]", "[[:word:]]+", "[[:space:]]", "[[:ascii:]]", "[[:punct:]]"),
    *("[[:cntrl:]]", r"\s", r"\S", r"^\S+$", r"\w", r"\W", r"\d", r"\D", r"\b", r"\B", r"\bb"),
    *(r"\Bb", r"\b☹", r"é\b", r"[\w-]", r"[\s]", r"[\S]", r"[\d.]+", r"[^\d]", r"[^\W]", r"[\W]"),
    *(r"[\D]", r"[^\n]", "[^a]", "[a-]", "[-a]", "[]a]", "[^]a]", r"[a\]b]", "[a&&b]", "[a~~b]"),
    *("[a||b]", "[[a]", "[a[]", "[é-ü]", r"[\-/]", ".", "^.$", "(?s)^.$", "$", "a$", r"a\z"),
    *(r"\Aa", "(?m)^lines", "(?m)two$", "(?m)^$", r"(?m)a\z", "^two$", "(?s)a.b", "^$", ""),
    *("a{2}", "a{2,}", "a{,2}", "^a{1,2}$", "a{0}", "(ab)+", "(?:ab){2}", "(?P<n>a)b", "a{1"),
    *("(?<n>a)b", "a|", "|a", "()", "a*?", "a+?", "a??", "{", "}", "]", "a{", "a{1,2,3}"),
    *(r"\x41", r"\x{263a}", r"\x{1F600}", r"\Qa.b\E", r"\Qa", r"\a", r"\f", r"\t", r"\n", r"\v"),
    *(r"\-", r"\/", "☹", "x{200,}", r"^\d+(\.\d+){3}$", r"users/\d+", "^(?:a|b)$"),
    *(r"v[0-9]+\.HealthCheck$", "^/(health|ready)z?$"),
)
TURKISH: Final = frozenset({"İ", "i", "ı", "two\nlines", "/healthz", "v1.HealthCheck"})
NOT_ASCII: Final = frozenset(text for text in TEXTS if not text.isascii())
EXPLAINED: Final[Mapping[str, frozenset[str]]] = {
    # Python takes the dotted capital and the dotless small letter for cases of i; RE2 does not.
    **dict.fromkeys(("(?i)i", "(?i)[a-z]", "(?i)İ"), TURKISH),
    # Inside brackets, what is no letter, digit or space is told by Unicode, by RE2 in ASCII.
    **dict.fromkeys((r"[\W]", r"[^\W]", r"[\D]", r"[\S]"), NOT_ASCII | {"\x1c"}),
}


def block(pattern: str) -> Block:
    own = {"key": "k", "values": [pattern], "enabled_regex_matching": True}
    return {"policies": [{"name": "p", "type": "string_attribute", "string_attribute": own}]}


def test_a_pattern_matches_the_same_texts(
    require_server: Callable[[str], Path], tmp_path: Path
) -> None:
    program = require_server("otelcol")
    blocks = {f"p{place}": block(pattern) for place, pattern in enumerate(PATTERNS)}
    spans = [[span(place, 9, attributes=[("k", text)])] for place, text in enumerate(TEXTS, 1)]
    sent = requests([batch(each) for each in spans])
    kept = theirs(program, tmp_path, blocks, sent)
    traces = received(sent)
    different = {}
    for pattern, name in zip(PATTERNS, blocks, strict=True):
        decided = ours(blocks[name], traces).items()
        texts = {
            text
            for text, (trace_id, decision) in zip(TEXTS, decided, strict=True)
            if decision.keep is not (trace_id in kept[name])
        }
        different[pattern] = texts - EXPLAINED.get(pattern, frozenset())

    assert {pattern: texts for pattern, texts in different.items() if texts} == {}
