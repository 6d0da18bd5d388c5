"""From the words of an OTTL condition to a function that answers it."""

import json
import operator
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import copysign, isfinite
from typing import Any, Final, TypeAlias

from otel_agents.pipeline.policies.ottl_paths import ENUMS, Getter, Key, Seen, path
from otel_agents.pipeline.policies.ottl_text import OttlRefused, Token, tokens, unquoted
from otel_agents.pipeline.policies.regex import UnreadablePattern, compile_re2
from otel_agents.record import Value

Condition: TypeAlias = Callable[[Seen], bool]

_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_HELD_BY_EQUALS: Final = ("==", "<=", ">=")
_EXPONENT_BELOW: Final = 1e-6
_EXPONENT_FROM: Final = 1e21
_INT64: Final = 1 << 63
_DEPTH: Final = 50


def condition(text: str, *, events: bool) -> Condition:
    """Compile a condition.

    Args:
        text: The condition.
        events: Whether it is about an event rather than a span.

    Raises:
        OttlRefused: If it is outside what is understood.
    """
    parser = _Parser(tokens(text), events=events)
    found = parser.disjunction()
    if parser.next.kind != "end":
        raise parser.wrong("the end, and, or")
    return found


class _Parser:
    def __init__(self, words: Sequence[Token], *, events: bool) -> None:
        self.words = words
        self.events = events
        self.position = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.words[self.position]

    def take(self) -> Token:
        self.position += 1
        return self.words[self.position - 1]

    def takes(self, text: str) -> bool:
        found = self.next.kind != "string" and self.next.text == text
        self.position += found
        return found

    def want(self, text: str) -> None:
        if not self.takes(text):
            raise self.wrong(repr(text))

    def wrong(self, expected: str) -> OttlRefused:
        there = repr(self.next.text) if self.next.text else "the end"
        return OttlRefused(self.next.column, f"{there} where {expected} is expected")

    def disjunction(self) -> Condition:
        parts = [self.conjunction()]
        while self.takes("or"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else lambda seen: any(part(seen) for part in parts)

    def conjunction(self) -> Condition:
        parts = [self.single()]
        while self.takes("and"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else lambda seen: all(part(seen) for part in parts)

    def single(self) -> Condition:
        self.depth += 1
        if self.depth > _DEPTH:
            raise OttlRefused(self.next.column, f"brackets are nested over {_DEPTH} deep")
        try:
            if self.takes("not"):
                denied = self.single()
                return lambda seen: not denied(seen)
            if self.takes("("):
                inner = self.disjunction()
                self.want(")")
                return inner
            return self.comparison()
        finally:
            self.depth -= 1

    def comparison(self) -> Condition:
        column = self.next.column
        left = self.value()
        if self.next.kind != "compare":
            if self.words[self.position - 1].text in ("true", "false", ")"):
                return lambda seen: left(seen) is True
            raise self.wrong(f"a comparison of what stands at column {column}")
        sign = self.take().text
        return _comparison(left, sign, self.value())

    def value(self) -> Getter:
        token = self.take()
        if token.kind == "string":
            return _constant(unquoted(token))
        if token.kind == "int":
            if not -_INT64 <= int(token.text) < _INT64:
                raise OttlRefused(token.column, f"{token.text} does not fit 64 bits")
            return _constant(int(token.text))
        if token.kind == "float":
            return _constant(float(token.text))
        if token.kind == "bytes":
            digits = token.text[2:]
            return _constant(bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2)))
        if token.kind == "word":
            return self.word(token)
        self.position -= 1
        raise self.wrong("a path, a literal or IsMatch(...)")

    def word(self, token: Token) -> Getter:
        if token.text in ("true", "false"):
            return _constant(token.text == "true")
        if token.text == "nil":
            return _constant(None)
        if token.text in ENUMS:
            return _constant(ENUMS[token.text])
        if self.next.text == "(" and self.next.kind == "sign":
            return self.call(token)
        names, keys = [token.text], list[Key]()
        while self.takes("."):
            if self.next.kind != "word":
                raise self.wrong("a name")
            names.append(self.take().text)
        while self.takes("["):
            keys.append(self.key())
            self.want("]")
        return path(names, keys, token.column, events=self.events)

    def key(self) -> Key:
        token = self.take()
        if token.kind == "string":
            return unquoted(token)
        if token.kind == "int":
            return int(token.text)
        self.position -= 1
        raise self.wrong("a key in quotes, or a whole number")

    def call(self, token: Token) -> Getter:
        self.want("(")
        if token.text == "IsRootSpan":
            self.want(")")
            return lambda seen: not seen.record.parent_id
        if token.text != "IsMatch":
            known = "known are IsMatch and IsRootSpan"
            raise OttlRefused(token.column, f"there is no function {token.text}; {known}")
        target = self.value()
        self.want(",")
        if self.next.kind != "string":
            raise self.wrong("a pattern in quotes")
        pattern_at = self.next.column
        pattern_text = unquoted(self.take())
        self.want(")")
        try:
            pattern = compile_re2(pattern_text)
        except UnreadablePattern as error:
            raise OttlRefused(pattern_at, f"no regular expression ({error})") from None

        def matches(seen: Seen) -> bool:
            text = as_text(target(seen))
            return text is not None and pattern.search(text) is not None

        return matches


def _constant(value: Value) -> Getter:
    return lambda _seen: value


def _comparison(left: Getter, sign: str, right: Getter) -> Condition:
    compare, differs = _OPERATORS[sign], sign == "!="

    def condition(seen: Seen) -> bool:
        a, b = left(seen), right(seen)
        if not a and not b and _is_nil(a) and _is_nil(b):
            return sign in _HELD_BY_EQUALS
        if not _alike(a, b, sign):
            return differs
        if isinstance(a, float) and isinstance(b, int):
            b = float(b)
        elif isinstance(a, int) and isinstance(b, float):
            a = float(a)
        return compare(a, b)

    return condition


def _alike(a: Value, b: Value, sign: str) -> bool:
    """Whether OTTL compares two values; others are just different."""
    if isinstance(a, bool) or isinstance(b, bool):
        return isinstance(a, bool) and isinstance(b, bool)
    if isinstance(a, int | float):
        return isinstance(b, int | float)
    if isinstance(a, str | bytes):
        return type(a) is type(b) and not (_is_nil(a) or _is_nil(b))
    ordered = sign not in ("==", "!=")
    mappings = isinstance(a, Mapping), isinstance(b, Mapping)
    return mappings[0] is mappings[1] and not ordered


def _is_nil(value: Value) -> bool:
    """Whether OTTL takes a value for nil; it reads no bytes as nothing."""
    return value is None or (isinstance(value, bytes) and not value)


def as_text(value: Value) -> str | None:
    """Return a value as the text that `IsMatch` looks at: Go's JSON, but for bytes."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.hex() if value else None
    if isinstance(value, float):
        return _float_text(value)
    text = json.dumps(_in_json(value), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _in_json(value: Value) -> object:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, float):
        short = value.is_integer() and abs(value) < _EXPONENT_FROM
        return int(value) if short else value
    if isinstance(value, Mapping):
        return {str(key): _in_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_in_json(inner) for inner in value]
    return value


def _float_text(value: float) -> str:
    """Write a number as Go's JSON does: with an exponent only where it is far from 1."""
    if not isfinite(value) or not value:
        return "-0" if value == 0 and copysign(1, value) < 0 else f"{value:g}"
    if _EXPONENT_BELOW <= abs(value) < _EXPONENT_FROM:
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return repr(value).replace("e-0", "e-")
