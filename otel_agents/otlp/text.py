"""JSON text of any size, read value by value from a stream.

What fits into memory is decoded by the standard library's scanner, straight from a
sliding buffer; what does not is entered, key by key and element by element. That is as
quick as `json.loads` for small documents, and needs no more memory for large ones.
"""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Final, NamedTuple

from otel_agents.errors import InputError
from otel_agents.otlp.json import Json
from otel_agents.otlp.limits import MAX_PIECE_BYTES, WHOLE_BYTES, size
from otel_agents.otlp.source import ByteStream

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_HALF_ESCAPE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_MAX_KEY_CHARS: Final = 64 * 1024
_MAX_NESTING: Final = 200
_SHOWN_CHARS: Final = 20
_LONGEST_NUMBER_JOINT: Final = 3  # of "1e+5" the scanner reads "1" where the 5 is missing


class Found(NamedTuple):
    """A value that was there, as opposed to None.

    Attributes:
        value: The value.
        at: Where it began in the buffer, until the cursor moves on.
    """

    value: Json
    at: int


def _endless(digits: str) -> float:
    return float(digits)  # more digits than int() takes: infinite, and refused where it counts


_DECODE: Final = json.JSONDecoder().raw_decode
_DECODE_ENDLESS: Final = json.JSONDecoder(parse_int=_endless).raw_decode


class JsonText:
    """A cursor in JSON text. Its errors name the line and the column."""

    def __init__(self, stream: ByteStream) -> None:
        """Read from the stream; a byte order mark is skipped."""
        self._stream = stream
        self._decoder = getincrementaldecoder("utf-8-sig")("replace")
        self._text = ""
        self._at = 0
        self._ended = False
        self._lines = 0  # in front of the buffer
        self._column = 0  # characters in front of the buffer in its first line

    def peek(self) -> str:
        """Go to the next character that is no space, and give it; empty at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._grow(1):
                return ""

    def whole(self) -> Found | None:
        """Read the next value if it can be decoded in one go; else stay in front of it."""
        try:
            return self._decoded(WHOLE_BYTES)
        except (ValueError, RecursionError):
            return None

    def value(self, what: str, limit: int = MAX_PIECE_BYTES) -> Json:
        """Read the next value.

        Raises:
            InputError: It is no JSON, or longer than `limit` characters.
        """
        try:
            return self._decoded(limit).value
        except json.JSONDecodeError as error:
            if len(self._text) - self._at >= limit:
                raise self.broken(f"{what} is over {size(limit)}") from None
            raise self._syntax(error) from None
        except RecursionError:
            raise self.broken(f"{what} is nested too deeply") from None

    def keys(self, what: str) -> Iterator[str]:
        """Enter an object; after each key its value is to be read.

        Raises:
            InputError: It is no object, or no JSON.
        """
        self._expect("{", what)
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            if self.peek() != '"':
                raise self.unexpected('a key in ""')
            key = self.value("a key", _MAX_KEY_CHARS)
            self._expect(":", "':' after a key")
            yield str(key)
            if not self._more("}"):
                return

    def elements(self, what: str) -> Iterator[int]:
        """Enter an array; at each number its element is to be read.

        Raises:
            InputError: It is no array, or no JSON.
        """
        self._expect("[", what)
        if self.peek() == "]":
            self._at += 1
            return
        index = 0
        while True:
            yield index
            if not self._more("]"):
                return
            index += 1

    def skip(self, depth: int = 0) -> None:
        """Read over the next value, however large.

        Raises:
            InputError: It is no JSON.
        """
        first = self.peek()
        if self.whole() is not None:
            return
        if first in "{[" and first and depth < _MAX_NESTING:
            for _ in self.keys("an object") if first == "{" else self.elements("an array"):
                self.skip(depth + 1)
        else:
            self.value("a value")

    @property
    def position(self) -> str:
        """Where the cursor is, for a person."""
        return self._position(self._at)

    def position_of(self, found: Found) -> str:
        """Where the value read last began, for a person."""
        return self._position(found.at)

    def broken(self, problem: str, position: str | None = None) -> InputError:
        """Make the error for what is wrong here, or at `position`."""
        if self._ended and self._at >= len(self._text):
            return self._stream.truncated(problem, position or self.position)
        return InputError(
            self._stream.name, self._stream.inside + (position or self.position), problem
        )

    def unexpected(self, expected: str) -> InputError:
        """Make the error for another character, or the end, than `expected` names."""
        if not self.peek():
            return self.broken(f"the file is truncated: expected {expected}")
        found = self._text[self._at : self._at + _SHOWN_CHARS]
        return self.broken(f"found {found!r}, expected {expected}")

    def _decoded(self, limit: int) -> Found:
        self.peek()
        while True:
            try:
                value, end = self._scan()
            except json.JSONDecodeError:
                if not self._grow(limit):
                    raise
                continue
            if self._may_go_on(value, end):
                if self._grow(limit):
                    continue
                raise json.JSONDecodeError("a number goes on", self._text, end)
            if _HALF_ESCAPE.search(self._text, self._at, end):
                value = _whole_characters(value)
            start, self._at = self._at, end
            return Found(value, start)

    def _may_go_on(self, value: Json, end: int) -> bool:
        # Of all values only a number does not say itself where it ends.
        near = len(self._text) - end < _LONGEST_NUMBER_JOINT
        return near and not self._ended and isinstance(value, int | float)

    def _scan(self) -> tuple[Json, int]:
        try:
            return _DECODE(self._text, self._at)
        except json.JSONDecodeError:
            raise
        except ValueError:
            return _DECODE_ENDLESS(self._text, self._at)

    def _grow(self, limit: int) -> bool:
        held = len(self._text) - self._at
        if self._ended or held >= limit:
            return False
        pieces = [self._text[self._at :]]
        wanted = max(1, min(held, limit - held))
        while wanted > 0 and not self._ended:
            chunk = self._stream.chunk()
            self._ended = not chunk
            text = self._decoder.decode(chunk, final=self._ended)
            wanted -= len(text)
            pieces.append(text)
        self._pass(self._at)
        self._text = "".join(pieces)
        self._at = 0
        return True

    def _pass(self, count: int) -> None:
        lines = self._text.count("\n", 0, count)
        self._lines += lines
        newline = self._text.rfind("\n", 0, count)
        self._column = count - newline - 1 if lines else self._column + count

    def _position(self, at: int) -> str:
        lines = self._text.count("\n", 0, at)
        newline = self._text.rfind("\n", 0, at)
        column = at - newline - 1 if lines else self._column + at
        return f"line {self._lines + lines + 1}, column {column + 1}"

    def _expect(self, char: str, what: str) -> None:
        if self.peek() != char:
            raise self.unexpected(what)
        self._at += 1

    def _more(self, closing: str) -> bool:
        found = self.peek()
        if found not in (",", closing):
            raise self.unexpected(f"',' or '{closing}'")
        self._at += 1
        return found == ","

    def _syntax(self, error: json.JSONDecodeError) -> InputError:
        if self._ended and (error.pos >= len(self._text) or error.msg.startswith("Unterminated")):
            self._at = len(self._text)
            return self.broken("the file is truncated: the JSON ends inside a value")
        return self.broken(f"no JSON: {error.msg}", self._position(error.pos))


def _whole_characters(value: Json) -> Json:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {str(_whole_characters(key)): _whole_characters(value[key]) for key in value}
    return value
