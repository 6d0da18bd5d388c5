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
from otel_agents.sdk.convert import attributes_of
from otel_agents.sdk.enrich import Changes

MASK: Final = "***"
HASH_CHARS: Final = 32
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


Step: TypeAlias = Callable[[str], str | None]
"""What a rule makes of a text; None to drop the attribute."""


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
            (re.compile("|".join(map(translate, rule.keys))), self._step(rule))
            for rule in options.rules
            if rule.keys
        ]
        self._texts = tuple(self._step(rule) for rule in options.rules if not rule.keys)
        self._steps: dict[tuple[str, bool], tuple[Step, ...]] = {}

    def redact(self, span: ReadableSpan, changes: Changes, *, about_agents: bool) -> None:
        """Say what has to change on a span; of a span without such, nothing.

        Args:
            span: The span as it came.
            changes: What the steps before have changed; gets what this one does.
            about_agents: Whether the span is about agents, so that common names hold content
                and the texts of its errors may quote a person or a model.
        """
        attributes = attributes_of(span) if changes.attributes is None else changes.attributes
        redacted = self.attributes(attributes, about_agents=about_agents)
        if redacted is not None:
            changes.attributes = redacted
        if span.status.description:
            self._status(span.status, changes, about_agents=about_agents)
        if events := span.events:
            self._events(events, changes, about_agents=about_agents)
        if links := span.links:
            self._links(links, changes, about_agents=about_agents)

    def attributes(self, attributes: Attributes, *, about_agents: bool) -> dict[str, Any] | None:
        """Return attributes as they may leave, None where they may as they are."""
        changed: dict[str, Any] = {}
        known = self._steps
        for key, value in attributes.items():
            steps = known.get((key, about_agents))
            if steps is None:
                steps = self._learn(key, about_agents=about_agents)
            if steps:
                redacted = _applied(steps, value)
                if redacted is not value:
                    changed[key] = redacted
        if not changed:
            return None
        merged = {**attributes, **changed}
        return {key: value for key, value in merged.items() if value is not None}

    def _status(self, status: Status, changes: Changes, *, about_agents: bool) -> None:
        hidden = about_agents and self._drops_content
        text = None if hidden else _applied(self._texts, status.description)
        if text != status.description:
            changes.status = Status(status.status_code, text)

    def _events(self, events: Sequence[Event], changes: Changes, *, about_agents: bool) -> None:
        found = [
            self.attributes(event.attributes or {}, about_agents=about_agents) for event in events
        ]
        if any(redacted is not None for redacted in found):
            changes.events = [
                event if redacted is None else Event(event.name, redacted, event.timestamp)
                for event, redacted in zip(events, found, strict=True)
            ]

    def _links(self, links: Sequence[Link], changes: Changes, *, about_agents: bool) -> None:
        found = [
            self.attributes(link.attributes or {}, about_agents=about_agents) for link in links
        ]
        if any(redacted is not None for redacted in found):
            changes.links = [
                link if redacted is None else Link(link.context, redacted)
                for link, redacted in zip(links, found, strict=True)
            ]

    def _learn(self, key: str, *, about_agents: bool) -> tuple[Step, ...]:
        if len(self._steps) >= MAX_KEYS:
            self._steps.clear()
        steps = [step for keys, step in self._by_key if keys.match(key)]
        if self._drops_content and is_content(key, about_agents=about_agents):
            steps = [_drop]
        found = self._steps[key, about_agents] = (*steps, *self._texts)
        return found

    def _step(self, rule: Rule) -> Step:
        """Compile a rule to what it makes of a text."""
        change = self._change(rule.action)
        if rule.pattern is None:
            return change
        pattern = re.compile(rule.pattern)
        if rule.action is Action.DROP:
            return lambda text: None if pattern.search(text) else text
        return lambda text: pattern.sub(lambda found: change(found[0]) or "", text)

    def _change(self, action: Action) -> Step:
        return {Action.DROP: _drop, Action.MASK: _mask, Action.HASH: self._hash}[action]

    def _hash(self, text: str) -> str:
        written = text.encode("utf-8", "replace")
        if self._salt:
            return hmac.new(self._salt, written, sha256).hexdigest()[:HASH_CHARS]
        return sha256(written).hexdigest()[:HASH_CHARS]


def _drop(_text: str) -> None:
    return None


def _mask(_text: str) -> str:
    return MASK


def _applied(steps: Sequence[Step], value: Any) -> Any:  # noqa: ANN401 any attribute's value
    """Return what is left of a value, itself where nothing changes, None for nothing."""
    if isinstance(value, str):
        return _text(steps, value)
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
    written = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    left = _text(steps, written)
    return value if left == written else left


def _text(steps: Sequence[Step], value: str) -> str | None:
    left: str | None = value
    for step in steps:
        if left is None:
            return None
        left = step(left)
    return value if left == value else left
