"""Reading a block of the configuration, with the full path of every mistake."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from otel_agents.errors import ConfigError

_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_UNITS: Final = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}


def hint(word: object, known: Iterable[str]) -> str:
    """Return the nearest of the words that are known, as the end of a message."""
    near = get_close_matches(str(word), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


class Block:
    """One mapping, read key by key; a key that nobody knows is an error.

    Attributes:
        path: Where it stands.
        keys: What it holds.
    """

    def __init__(self, path: str, value: object, known: Sequence[str]) -> None:
        """Take a mapping.

        Args:
            path: Where it stands.
            value: What stands there; nothing is an empty mapping.
            known: The keys it may have.

        Raises:
            ConfigError: If it is no mapping or has an unknown key.
        """
        self.path = path
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            raise ConfigError(path, value, "a mapping")
        for key in value:
            if key not in known:
                words = ", ".join(known) or "no keys"
                raise ConfigError(self.at(str(key)), key, f"one of {words}{hint(key, known)}")
        self.keys: Mapping[str, object] = value

    def at(self, key: str) -> str:
        """Return the path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, key: str, expected: str) -> ConfigError:
        """Return the error of a key's value."""
        return ConfigError(self.at(key), self.keys.get(key), expected)

    def need(self, key: str, expected: str) -> object:
        """Return a value that must be there."""
        if self.keys.get(key) is None:
            raise ConfigError(self.at(key), None, expected)
        return self.keys[key]

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty."""
        value = self.keys.get(key, default)
        if not isinstance(value, str) or (not value and value != default):
            raise ConfigError(self.at(key), value, "a text that is not empty")
        return value

    def word(self, key: str, words: Sequence[str], default: str) -> str:
        """Return one of a few words."""
        value = self.keys.get(key, default)
        if value not in words:
            raise self.refuse(key, f"one of {', '.join(words)}{hint(value, words)}")
        return str(value)

    def flag(self, key: str, *, default: bool | None = False) -> bool:
        """Return true or false."""
        value = self.keys.get(key, default)
        if not isinstance(value, bool):
            raise ConfigError(self.at(key), value, "true or false")
        return value

    def whole(self, key: str, default: int | None, least: int | None = 0) -> int:
        """Return a whole number; without a default it must be there."""
        value = self.keys.get(key, default)
        bound = "" if least is None else f" of at least {least}"
        if isinstance(value, bool) or not isinstance(value, int):
            raise ConfigError(self.at(key), value, f"a whole number{bound}")
        if least is not None and value < least:
            raise ConfigError(self.at(key), value, f"a whole number{bound}")
        return value

    def number(self, key: str, default: float | None, least: float | None = None) -> float:
        """Return a number; without a default it must be there."""
        value = self.keys.get(key, default)
        bound = "" if least is None else f" of at least {least:g}"
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            raise ConfigError(self.at(key), value, f"a number{bound}")
        if least is not None and value < least:
            raise ConfigError(self.at(key), value, f"a number{bound}")
        return value

    def items(self, key: str, expected: str, *, empty: bool = False) -> Sequence[object]:
        """Return a list; unless it may be empty, it must be there."""
        value = self.keys.get(key)
        if value is None and empty:
            return ()
        if not isinstance(value, list | tuple) or (not value and not empty):
            raise self.refuse(key, expected)
        return value

    def texts(self, key: str, *, empty: bool = False) -> list[str]:
        """Return a list of texts."""
        found = []
        for index, value in enumerate(self.items(key, "a list of texts", empty=empty)):
            if not isinstance(value, str):
                raise ConfigError(f"{self.at(key)}[{index}]", value, "a text")
            found.append(value)
        return found

    def duration_ns(self, key: str, default: int | None) -> int | None:
        """Return a duration such as 30s or 1m30s, in nanoseconds."""
        value = self.keys.get(key)
        if value is None:
            return default
        if value == 0 and not isinstance(value, bool):
            return 0
        parts = list(_DURATION.finditer(value)) if isinstance(value, str) else []
        if not parts or "".join(part[0] for part in parts) != value:
            raise self.refuse(key, "a duration such as 30s, 500ms or 1m30s")
        return sum(round(float(part[1]) * _UNITS[part[2]]) for part in parts)


def _finite(value: float) -> bool:
    return isinstance(value, int) or math.isfinite(value)
