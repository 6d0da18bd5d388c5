"""The text of an OTTL condition, cut into words.

What is understood: paths, literals, comparisons, `and`, `or`, `not`, brackets, `IsMatch`
and `IsRootSpan`. All else is refused with its column.
"""

import re
import sys
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"\s*(?:"
    r'(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<float>[-+]?\d*\.\d+(?:[eE][-+]?\d+)?)"
    r"|(?P<bytes>0x[0-9a-fA-F]+)"
    r"|(?P<int>[-+]?\d+)"
    r"|(?P<compare>==|!=|>=|<=|>|<)"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<sign>[()\[\].,])"
    r"|(?P<end>\Z)"
    r")"
)
_ESCAPE: Final = re.compile(
    r"\\(?:([abfnrtv\\\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))"
)
_LETTERS: Final = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))


class OttlRefused(ValueError):
    """A condition that is not understood, with the column where."""

    def __init__(self, column: int, problem: str) -> None:
        """Make the message from the place and the problem."""
        super().__init__(f"column {column}: {problem}")


class Token(NamedTuple):
    """A word of a condition.

    Attributes:
        kind: What it is.
        text: As it stands there.
        column: Where it begins, from 1.
    """

    kind: str
    text: str
    column: int


def tokens(text: str) -> list[Token]:
    """Cut a condition into words; the last one is its end.

    Raises:
        OttlRefused: If a character begins no word.
    """
    found: list[Token] = []
    position = 0
    while not found or found[-1].kind != "end":
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise OttlRefused(start + 1, f"{text[start : start + 10]!r} is not understood")
        kind = match.lastgroup
        found.append(Token(kind, match[kind], match.start(kind) + 1))
        position = match.end()
    return found


def unquoted(token: Token) -> str:
    """Return the text of a string, with Go's escapes read.

    Raises:
        OttlRefused: If there is an escape that Go does not have.
    """
    done: list[str] = []
    body, position = token.text[1:-1], 0
    while (start := body.find("\\", position)) >= 0:
        match = _ESCAPE.match(body, start)
        if match is None:
            escape = body[start : start + 2]
            where = token.column + 1 + start
            raise OttlRefused(where, f"{escape} is no escape; a backslash is written twice")
        done += body[position:start], _unescaped(match, token)
        position = match.end()
    return "".join(done) + body[position:]


def _unescaped(match: re.Match[str], token: Token) -> str:
    letter, *codes, octal = match.groups()
    if letter:
        return _LETTERS.get(letter, letter)
    code = int(octal, 8) if octal else int(next(filter(None, codes)), 16)
    if code > sys.maxunicode:
        raise OttlRefused(token.column + 1 + match.start(), f"{match[0]} is no character")
    return chr(code)
