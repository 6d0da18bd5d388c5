"""The limits of a run, and which of them its sums have passed. Pure: it is told the time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

from otel_agents.errors import ConfigError
from otel_agents.semconv import RunLimit

_LIMIT_OF = {
    "tokens": RunLimit.TOKENS,
    "cost_usd": RunLimit.COST,
    "steps": RunLimit.STEPS,
    "duration_s": RunLimit.DURATION,
    "iterations": RunLimit.ITERATIONS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a run should not exceed; None for no limit.

    A run that passes one goes on: its span says so, and it is counted.

    Attributes:
        tokens: Input and output tokens, with those of the runs nested in it.
        cost_usd: What its model calls cost, in USD, likewise.
        steps: Model and tool calls, likewise.
        duration_s: Seconds.
        iterations: Model calls of its own, which are the rounds of its loop.

    Raises:
        ConfigError: If a limit is not a number above 0.
    """

    tokens: int | None = None
    cost_usd: float | None = None
    steps: int | None = None
    duration_s: float | None = None
    iterations: int | None = None

    def __post_init__(self) -> None:
        """Refuse what can be no limit."""
        for field in fields(self):
            limit = getattr(self, field.name)
            if limit is not None and not _usable(limit):
                raise ConfigError(f"limits.{field.name}", limit, "a number above 0, or None")


@dataclass(kw_only=True, slots=True)
class Sums:
    """What a run has used so far.

    Attributes:
        tokens: Input and output tokens.
        cost_usd: What its model calls cost, in USD.
        steps: Model and tool calls.
        duration_s: Seconds since its start, at the last look.
        iterations: Model calls of its own.
    """

    tokens: int = 0
    cost_usd: float = 0.0
    steps: int = 0
    duration_s: float = 0.0
    iterations: int = 0

    def passed(self, limits: Limits) -> Iterator[RunLimit]:
        """Yield the limits that are exceeded."""
        for name, limit in _LIMIT_OF.items():
            allowed = getattr(limits, name)
            if allowed is not None and getattr(self, name) > allowed:
                yield limit


def _usable(limit: object) -> bool:
    if isinstance(limit, bool) or not isinstance(limit, int | float):
        return False
    return math.isfinite(limit) and limit > 0
