"""Traces drawn by a seed, with everything in them that a policy could stumble on.

But for values that a condition reads in a way of their own: test_values.py has those.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from otel_agents.record import SpanKind, StatusCode
from tests.live.spans import pairs, span

KEYS: Final = ("k", "n", "b", "http.route", "ünï")
TEXTS: Final = (
    *("v", "w", "V", "", "v1", "true", "1", "ünïcode ☹", "two\nlines", "v v", "é"),
    *("/healthz", "/checkout", "grpc.health.v1.HealthCheck", "x" * 300),
)
INTS: Final = (0, 1, -1, 5, 99, 100, 200, 300, 301, 2**53 + 1, 2**63 - 1, -(2**63))
FLOATS: Final = (0.0, -0.0, 1.0, 5.0, 100.0, 150.5, 1e300)
BYTES: Final = (b"v", b"\x00\xff")
LISTS: Final[Sequence[object]] = ([], ["v"], [1, "v", True, 2.5], [["v"], {"x": 1}])
MAPS: Final[Sequence[object]] = (
    {},
    {"x": 1},
    {"x": "v", "y": 2},
    {"x": {"y": [1, 2]}},
)
VALUES: Final[Sequence[Sequence[object]]] = (
    *(TEXTS, TEXTS, TEXTS, INTS, INTS, FLOATS, (True, False), BYTES, LISTS, MAPS),
)
STATES: Final = (
    *("", "", "", "k=v", "a=v,k=v,b=c", "a=v,k=vv", "k=v,k=w", "k=v,,a=b", "k= v ", "K=v", "k"),
    *("ot=rv:ffffffffffffff", "ot=th:8;rv:00000000000001,k=v", "ot=rv:zz", "t@k=v", "k=v=v", ","),
    *(
        *(",".join(["k=v", *(f"k{n}=v" for n in range(more))]) for more in (31, 32)),
        f"k=v,long={'x' * 257}",
        "ünï=v,k=v",
        " k=v , a=w",
    ),
)
FLAGS: Final = (0, 0, 1, 2, 3, 255, 256, 0x101, 0x300)
LENGTHS_MS: Final = (0, 0.0005, 1, 4.9999, 5, 5.0001, 6, 49, 50, 50.9, 51, 99, 100, 101, 5000, -10)
STARTS_MS: Final = (0, 0, 0, 1, 3, 10, 45, 60, 1000, -20)
NAMES: Final = ("checkout", "GET /healthz", "other", "", "ünïcode ☹", "two\nlines")
EVENTS: Final = ("exception", "retry", "")
SCOPES: Final = (
    InstrumentationScope(name="scope", version="1.0"),
    InstrumentationScope(name="other"),
    InstrumentationScope(),
)


class Traces:
    """Draws traces."""

    def __init__(self, seed: int) -> None:
        """Start the row of traces that belongs to the seed."""
        self.draw = Random(seed)

    def batches(self, traces: int) -> list[ResourceSpans]:
        """Draw traces; some share a batch, some come in several with others between."""
        groups: list[list[Span]] = []
        for _ in range(traces):
            for group in self.trace():
                if groups and self.draw.random() < 0.1:
                    groups[-1] += group
                else:
                    groups.append(group)
        self.draw.shuffle(groups)
        return [self.batch(group) for group in groups]

    def trace(self) -> list[list[Span]]:
        """Draw a trace, as one or more groups of spans."""
        trace_id = self.draw.getrandbits(128) | 1
        number = self.draw.choice((1, 1, 1, 2, 2, 3, 4, 6, 20))
        spans = [self.span(trace_id) for _ in range(number)]
        cut = self.draw.randrange(number + 1)
        return [group for group in (spans[:cut], spans[cut:]) if group]

    def span(self, trace_id: int) -> Span:
        """Draw a span."""
        made = span(
            trace_id,
            self.draw.getrandbits(64) | 1,
            at_ms=self.draw.choice(STARTS_MS),
            ms=self.draw.choice(LENGTHS_MS),
            status=self.draw.choice(("UNSET", "UNSET", "OK", "ERROR")),
            name=self.draw.choice(NAMES),
            kind=self.draw.choice([kind.name for kind in SpanKind]),
            attributes=self.attributes(),
            events=[
                {"name": self.draw.choice(EVENTS), "attributes": dict(self.attributes())}
                for _ in range(self.draw.choice((0, 0, 0, 1, 2)))
            ],
            parent_id=self.draw.choice((0, 1, 2**64 - 1)),
            trace_state=self.draw.choice(STATES),
            flags=self.draw.choice(FLAGS),
        )
        if made.status.code == int(StatusCode.ERROR) and self.draw.random() < 0.5:
            made.status.message = "failed ☹"
        if self.draw.random() < 0.03:
            made.end_time_unix_nano = 0
        return made

    def attributes(self) -> list[tuple[str, object]]:
        """Draw attributes of any type; a key may come twice."""
        return [
            (self.draw.choice(KEYS), self.draw.choice(self.draw.choice(VALUES)))
            for _ in range(self.draw.choice((0, 1, 1, 2, 3)))
        ]

    def batch(self, spans: list[Span]) -> ResourceSpans:
        """Put spans below a drawn resource and one or two drawn scopes."""
        cut = self.draw.choice((0, len(spans) // 2))
        attributes = self.attributes() if self.draw.random() < 0.4 else []
        return ResourceSpans(
            resource=Resource(attributes=pairs(attributes)),
            scope_spans=[
                ScopeSpans(scope=self.draw.choice(SCOPES), spans=part)
                for part in (spans[:cut], spans[cut:])
                if part
            ],
        )
