r"""Regular expressions as Go's RE2 reads them, compiled for Python.

What RE2 does not have (look-around, references back) is refused, and what the two read
differently is translated: `$` and `\z` are the end of the text, classes are ASCII.
"""

import re
import sys
from typing import Final

_SPACE: Final = r"\t\n\f\r "
_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_WHOLE: Final = {
    "z": r"\Z",
    "s": f"[{_SPACE}]",
    "S": f"[^{_SPACE}]",
    "d": "[0-9]",
    "D": "[^0-9]",
    "w": "[0-9A-Za-z_]",
    "W": "[^0-9A-Za-z_]",
    "b": r"(?a:\b)",
    "B": r"(?a:\B)",
}
_INSIDE: Final = {r"\s": _SPACE, r"\d": "0-9", r"\w": "0-9A-Za-z_"}
_TOKEN: Final = re.compile(
    r"(?P<quote>\\Q(?P<quoted>.*?)(?:\\E|\Z))"
    r"|(?P<code>\\x\{(?P<hex>[0-9a-fA-F]+)\})"
    r"|(?P<escape>\\.)"
    r"|(?P<group>\(\?(?:P?<[A-Za-z_]\w*>|[imsU-]*[:)]|.?))"
    r"|(?P<repeat>[*+?]|\{\d+(?:,\d*)?\})"
    r"|(?P<open>\[\^?\]?)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_ESCAPES: Final = frozenset("AabBdDfnrsStvwWxz0")
_POSIX_CLASS: Final = re.compile(r"\[:(\^?)([a-z]+):\]")
_FLAGS: Final = re.compile(r"\(\?([ims]*)(?:-[ims]*)?[:)]")


class UnreadablePattern(ValueError):
    """A pattern that RE2 does not take, or that cannot be said in Python."""


def compile_re2(pattern: str) -> re.Pattern[str]:
    """Compile a pattern; it is searched for anywhere in a text.

    Raises:
        UnreadablePattern: If it is none, with the position.
    """
    try:
        return re.compile(_Translation(pattern).python())
    except (re.error, OverflowError) as error:
        raise UnreadablePattern(str(error)) from None


class _Translation:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0
        self.repeated = 0
        self.multiline = "m" in "".join(_FLAGS.findall(pattern))
        self.readers = {
            "quote": self.quote,
            "code": self.code,
            "escape": self.escape,
            "group": self.group,
            "open": self.charset,
            "other": self.other,
        }

    def python(self) -> str:
        done = []
        while self.position < len(self.pattern):
            token = _TOKEN.match(self.pattern, self.position)
            if token is None or token.lastgroup is None:
                raise self.wrong("is not understood")
            kind = next(name for name in _KINDS if token[name] is not None)
            done.append(self.one(kind, token))
            self.position = max(self.position, token.end())
        return "".join(done)

    def one(self, kind: str, token: re.Match[str]) -> str:
        if kind == "repeat":
            # RE2 takes one repetition and then a "?"; Python would read "++" as possessive.
            self.repeated += 1
            if self.repeated > (2 if token[0] == "?" else 1):
                raise self.wrong("is a repetition of a repetition")
            return token[0]
        self.repeated = 0
        return self.readers[kind](token)

    def other(self, token: re.Match[str]) -> str:
        if token[0] == "{":
            # Python takes "{,2}" for a repetition, RE2 for four characters.
            return r"\{"
        return r"\Z" if token[0] == "$" and not self.multiline else token[0]

    def quote(self, token: re.Match[str]) -> str:
        return re.escape(token["quoted"])

    def code(self, token: re.Match[str]) -> str:
        digits = token["hex"]
        if int(digits, 16) > sys.maxunicode:
            raise self.wrong("is no character")
        return re.escape(chr(int(digits, 16)))

    def escape(self, token: re.Match[str]) -> str:
        text = token[0]
        letter = text[1]
        if letter.isalnum() and letter not in _ESCAPES:
            raise self.wrong(f"{text} is not part of this syntax")
        return _WHOLE.get(letter, text)

    def group(self, token: re.Match[str]) -> str:
        text = token[0]
        if text.endswith(">") and "<" in text:
            return f"(?P{text[text.index('<') :]}"
        if not _FLAGS.fullmatch(text):
            raise self.wrong(f"{text} is not part of this syntax")
        return text

    def charset(self, token: re.Match[str]) -> str:
        """Translate a class of characters, up to its closing bracket."""
        start = token.end()
        done = [token[0].replace("]", r"\]")]
        while start < len(self.pattern) and self.pattern[start] != "]":
            posix = _POSIX_CLASS.match(self.pattern, start)
            if posix is not None:
                if posix[1] or posix[2] not in _POSIX:
                    raise self.wrong(f"{posix[0]} is not part of this syntax")
                done.append(_POSIX[posix[2]])
                start = posix.end()
                continue
            text = self.pattern[start : start + (2 if self.pattern[start] == "\\" else 1)]
            done.append(_INSIDE.get(text, f"\\{text}" if text in "[&|~" else text))
            start += len(text)
        if start >= len(self.pattern):
            raise self.wrong("opens a class that nothing closes")
        self.position = start + 1
        return "".join(done) + "]"

    def wrong(self, what: str) -> UnreadablePattern:
        return UnreadablePattern(f"what stands at column {self.position + 1} {what}")


_KINDS: Final = ("quote", "code", "escape", "group", "repeat", "open", "other")
