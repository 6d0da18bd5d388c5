"""What a buffer tells of itself."""

from otel_agents.pipeline.buffer import Statistics, TraceBuffer
from tests.pipeline.buffer.spans import ALL, policies


def test_a_buffer_that_has_seen_nothing_tells_nothing() -> None:
    buffer: TraceBuffer[None] = TraceBuffer(policies(ALL))

    assert buffer.statistics() == Statistics(*[0] * len(Statistics._fields))
