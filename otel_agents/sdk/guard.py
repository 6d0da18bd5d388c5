"""Nothing of this door ever reaches the application as an exception.

What goes wrong is swallowed, counted by the step in which it did, and said in the log at
most every 20 seconds.
"""

import logging
from collections.abc import Mapping
from enum import StrEnum
from threading import Lock
from types import TracebackType
from typing import Final

from otel_agents._clock import Clock

QUIET_NS: Final = 20_000_000_000
"""So long after a complaint nothing is complained of."""

_log = logging.getLogger("otel_agents.sdk")


class Where(StrEnum):
    """The steps in which an error of our own is caught."""

    START = "start"
    END = "end"
    TAKE = "take"
    COUNT = "count"
    DECIDE = "decide"
    ENRICH = "enrich"
    EXPORT = "export"
    METRICS = "metrics"
    WORKER = "worker"


class Guard:
    """Swallows, counts and seldom tells of what goes wrong."""

    def __init__(self, clock: Clock) -> None:
        """Start with nothing wrong."""
        self._clock = clock
        self._told_ns: int | None = None
        self._errors: dict[Where, int] = {}
        self._lock = Lock()
        self._guarded = {where: _Guarded(self, where) for where in Where}

    def at(self, where: Where) -> "_Guarded":
        """Return the guard of one step, to be used by `with`, again and again."""
        return self._guarded[where]

    def errors(self) -> Mapping[Where, int]:
        """Return how often something went wrong, by step."""
        with self._lock:
            return dict(self._errors)

    def caught(self, where: Where, error: BaseException) -> None:
        """Count an error and tell of it, unless one was told of just now."""
        with self._lock:
            self._errors[where] = self._errors.get(where, 0) + 1
            tell = self._may_tell()
        if tell:
            _log.warning(
                "%s failed; the application goes on, errors are counted", where, exc_info=error
            )

    def say(self, message: str, *details: object) -> None:
        """Tell of what is no error but costs data, as seldom."""
        with self._lock:
            tell = self._may_tell()
        if tell:
            _log.warning(message, *details)

    def forked(self) -> None:
        """Begin anew in a child process: another thread may have held the lock."""
        self._lock = Lock()
        self._errors = {}

    def _may_tell(self) -> bool:
        now_ns = self._clock.monotonic_ns()
        if self._told_ns is not None and now_ns - self._told_ns < QUIET_NS:
            return False
        self._told_ns = now_ns
        return True


class _Guarded:
    """One step's guard; holds nothing of its use, so that all threads share it."""

    __slots__ = ("_guard", "_where")

    def __init__(self, guard: Guard, where: Where) -> None:
        self._guard = guard
        self._where = where

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        self._guard.caught(self._where, error)
        return True
