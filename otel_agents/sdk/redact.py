"""What does not leave: content, and whatever the user's rules name.

The last step before sending, so that only kept spans pay for it, and policies and counts
see what arrived. Content is dropped unless the application's owner has opted in by
`OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import translate
from hashlib import sha256
from typing import Any, Final, TypeAlias

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, Status

from otel_agents.errors import ConfigError
from otel_agents.instrument import content
from otel_agents.sdk.content_keys import is_content
from otel_agents.sdk.enrich import Changes

MASK: Final = "***"
MAX_KEYS: Final = 4096
"""Keys whose rule is remembered; they come from third parties."""

Attributes: TypeAlias = Mapping[str, Any]


class Action(StrEnum):
    """What becomes of a value."""

    DROP = "drop"
    HASH = "hash"
    MASK = "mask"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Values that must not leave as they are.

    Attributes:
        action: What becomes of them. By a pattern, hash and mask change only what matches;
            drop removes the whole attribute.
        keys: Keys or globs of keys; none for every key.
        pattern: A regular expression that a text must hold; none for every value.
    """

    action: Action
    keys: tuple[str, ...] = ()
    pattern: str | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that names nothing, or cannot be read.

        Raises:
            ConfigError: If it has neither keys nor a pattern, or the pattern is broken.
        """
        if not self.keys and self.pattern is None:
            raise ConfigError("redaction.rules", self, "a rule with keys or a pattern")
        if self.action not in set(Action):
            raise ConfigError("redaction.rules.action", self.action, f"one of {', '.join(Action)}")
        try:
            re.compile(self.pattern or "")
        except re.error as error:
            expected = f"a regular expression ({error})"
            raise ConfigError("redaction.rules.pattern", self.pattern, expected) from None


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What does not leave.

    Attributes:
        rules: The user's own rules, of every span.
        content: Whether content may leave; None for what the upstream variable says.
        salt: Makes hashes of guessable values hard to guess back.
    """

    rules: tuple[Rule, ...] = ()
    content: bool | None = None
    salt: str = ""


Verdict: TypeAlias = "Callable[[str], str] | None"
"""What to do with a text; None to drop the attribute."""


class Redactor:
    """Takes out of a span what must not leave."""

    def __init__(self, options: Options | None = None) -> None:
        """Compile the rules."""
        self._options = options = options or Options()
        self._drops_content = not (
            content.on_spans() if options.content is None else options.content
        )
        self._salt = options.salt.encode()
        self._by_key = [
            (re.compile("|".join(map(translate, rule.keys))), rule) for rule in options.rules if rule.keys
        ]
        self._anywhere = [rule for rule in options.rules if not rule.keys]
        self._steps: dict[str, tuple[Callable[[str], str | None], ...]] = {}
        self._texts = tuple(self._step(rule) for rule in self._anywhere)

    def redact(self, span: ReadableSpan, changes: Changes, *, about_agents: bool) -> None:
        """Say what has to change on a span; of a span without such, nothing.

        Args:
            span: The span as it came.
            changes: What the steps before have changed; gets what this one does.
            about_agents: Whether the span is about agents, so that the texts of its errors
                may quote a person or a model.
        """
        attributes = changes.attributes if changes.attributes is not None else span.attributes
        redacted = self.attributes(attributes or {})
        if redacted is not None:
            changes.attributes = redacted
        hides_errors = about_agents and self._drops_content
        self._status(span, changes, hides_errors=hides_errors)
        self._events(span, changes, hides_errors=hides_errors)
        links = [(link, self.attributes(link.attributes or {})) for link in span.links]
        if any(redacted is not None for _, redacted in links):
            changes.links = [
                link if redacted is None else Link(link.context, redacted)
                for link, redacted in links
            ]

    def attributes(
        self, attributes: Attributes, *, hides_errors: bool = False
    ) -> dict[str, Any] | None:
        """Return attributes as they may leave, None where they may as they are."""
        changed: dict[str, Any] = {}
        for key, value in attributes.items():
            steps = self._steps.get(key)
            if steps is None:
                steps = self._learn(key)
            if hides_errors and key in _ERROR_TEXTS:
                changed[key] = None
            elif steps:
                redacted = _applied(steps, value)
                if redacted is not value:
                    changed[key] = redacted
        if not changed:
            return None
        merged = {**attributes, **changed}
        return {key: value for key, value in merged.items() if value is not None}

    def _status(self, span: ReadableSpan, changes: Changes, *, hides_errors: bool) -> None:
        text = span.status.description
        if not text:
            return
        kept = None if hides_errors else _applied(self._texts, text)
        if kept is not text:
            changes.status = Status(span.status.status_code, kept)

    def _events(self, span: ReadableSpan, changes: Changes, *, hides_errors: bool) -> None:
        events = span.events
        found = [
            self.attributes(event.attributes or {}, hides_errors=hides_errors) for event in events
        ]
        if any(redacted is not None for redacted in found):
            changes.events = [
                event if redacted is None else Event(event.name, redacted, event.timestamp)
                for event, redacted in zip(events, found, strict=True)
            ]

    def _learn(self, key: str) -> tuple[Callable[[str], str | None], ...]:
        if len(self._steps) >= MAX_KEYS:
            self._steps.clear()
        steps = [self._step(rule) for keys, rule in self._by_key if keys.match(key)]
        if self._drops_content and is_content(key):
            steps = [_drop]
        found = self._steps[key] = (*steps, *self._texts)
        return found

    def _step(self, rule: Rule) -> Callable[[str], str | None]:
        """Compile a rule to what it makes of a text."""
        pattern = rule.pattern and re.compile(rule.pattern)
        if rule.action is Action.DROP:
            if not pattern:
                return _drop
            return lambda text: None if pattern.search(text) else text
        change = self._hash if rule.action is Action.HASH else _mask
        if not pattern:
            return change
        return lambda text: pattern.sub(lambda found: change(found[0]), text)

    def _hash(self, text: str) -> str:
        if self._salt:
            return hmac.new(self._salt, text.encode("utf-8", "replace"), sha256).hexdigest()[:32]
        return sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _drop(_text: str) -> None:
    return None


def _mask(_text: str) -> str:
    return MASK


def _applied(steps: Sequence[Callable[[str], str | None]], value: Any) -> Any:  # noqa: ANN401 any attribute
    """Return what is left of a value, itself where nothing changes, None for nothing."""
    if isinstance(value, str):
        text: str | None = value
        for step in steps:
            text = step(text)
            if text is None:
                return None
        return value if text == value else text
    if isinstance(value, Mapping):
        inner = {key: _applied(steps, item) for key, item in value.items()}
        if all(inner[key] is item for key, item in value.items()):
            return value
        return {key: item for key, item in inner.items() if item is not None} or None
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        items = [_applied(steps, item) for item in value]
        if all(new is old for new, old in zip(items, value, strict=True)):
            return value
        return [item for item in items if item is not None] or None
    if value is None:
        return None
    text = _applied(steps, _written(value))
    return value if text == _written(value) else text


def _written(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


_ERROR_TEXTS: Final = frozenset(("exception.message", "exception.stacktrace"))
