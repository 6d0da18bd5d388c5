"""One trace as it is simulated: its time, its chance, and the span that is open.

Time passes only where the simulation says so; nothing waits. Spans are real: they come
from the tracers of the OpenTelemetry SDK, with their times given.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import NamedTuple, TypeAlias, TypeVar

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context

from otel_agents import semconv

Attributes: TypeAlias = Mapping[str, str | bool | int | float | Sequence[str]]
Tracers: TypeAlias = Callable[[str], Tracer]
"""The tracer of an instrumentation scope."""

_Choice = TypeVar("_Choice")


class Told(NamedTuple):
    """A span as an instrumentation would write it.

    Attributes:
        scope: The instrumentation's scope.
        name: The span's name.
        kind: The span's kind.
        attributes: What it says.
    """

    scope: str
    name: str
    kind: SpanKind
    attributes: Attributes


class Stage:
    """Where one task is played.

    Attributes:
        now_ns: The trace's own time.
    """

    def __init__(self, tracers: Tracers, chance: Random, start_ns: int) -> None:
        """Begin at a time, with no span open."""
        self.now_ns = start_ns
        self._tracers = tracers
        self._chance = chance
        self._context = Context()

    @contextmanager
    def span(self, told: Told) -> Iterator[Span]:
        """Open a span below the one that is open; it lasts as long as the block."""
        outer = self._context
        span = self._tracers(told.scope).start_span(
            told.name, outer, told.kind, told.attributes, start_time=self.now_ns
        )
        self._context = set_span_in_context(span, outer)
        yield span
        self._context = outer
        span.end(self.now_ns)

    def fail(self, span: Span, error_type: str) -> None:
        """Let the open span fail, as instrumentations tell it."""
        span.set_attribute(semconv.ERROR_TYPE, error_type)
        span.add_event("exception", {semconv.EXCEPTION_TYPE: error_type}, self.now_ns)
        span.set_status(Status(StatusCode.ERROR))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_ns += int(seconds * 1e9)

    def chance(self, share: float) -> bool:
        """Whether something happens that does so this often."""
        return self._chance.random() < share

    def about(self, typical: float, spread: float = 0.35) -> float:
        """Draw around a typical value, seldom far above it."""
        return typical * math.exp(self._chance.gauss(0.0, spread))

    def count(self, typical: float) -> int:
        """Draw a whole number around a typical one."""
        return round(self.about(typical)) if typical else 0

    def pick(self, choices: Sequence[_Choice], weights: Sequence[float] | None = None) -> _Choice:
        """Draw one of several."""
        return self._chance.choices(choices, weights)[0]

    def name(self, prefix: str) -> str:
        """Draw an id of the kind that providers give."""
        return f"{prefix}{self._chance.getrandbits(64):016x}"
