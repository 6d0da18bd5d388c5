"""The one place that says how a dialect is recognised."""

from collections.abc import Iterable

from otel_agents.pipeline.dialects.table import Dialect
from otel_agents.record import SpanRecord

MAX_SCOPES = 4096
"""Scope names come from the wire; past this many the memory of them starts afresh."""

MAX_SCOPE_CHARS = 256
"""Longer scope names are matched anew each time."""


class Recogniser:
    """Finds a span's dialect by its scope, else by the keys that give one away."""

    def __init__(self, dialects: Iterable[Dialect]) -> None:
        """Compile the tables to one look-up by scope and a short list of keys."""
        self._dialects = tuple(dialects)
        self._by_scope: dict[str, Dialect | None] = {}
        self._markers = tuple(
            (marker, dialect) for dialect in self._dialects for marker in dialect.markers
        )

    def recognise(self, record: SpanRecord) -> Dialect | None:
        """Return the span's dialect, or None for a span that is not about agents."""
        scope = record.scope.name
        try:
            dialect = self._by_scope[scope]
        except KeyError:
            dialect = self._learn(scope)
        if dialect is not None:
            return dialect
        find = record.find
        for marker, candidate in self._markers:
            if find(marker) is not None and record.get(marker) is not None:
                return candidate
        return None

    def _learn(self, scope: str) -> Dialect | None:
        dialect = _scope_match(self._dialects, scope)
        if len(self._by_scope) >= MAX_SCOPES:
            self._by_scope.clear()
        if len(scope) <= MAX_SCOPE_CHARS:
            self._by_scope[scope] = dialect
        return dialect


def _scope_match(dialects: tuple[Dialect, ...], scope: str) -> Dialect | None:
    """Find the dialect whose name fits: an exact one before a pattern, the longest pattern."""
    best: tuple[int, Dialect] | None = None
    for dialect in dialects:
        for pattern in dialect.scopes:
            if pattern == scope:
                return dialect
            fits = pattern.endswith("*") and scope.startswith(pattern[:-1])
            if fits and (best is None or len(pattern) > best[0]):
                best = (len(pattern), dialect)
    return best and best[1]
