"""Holding spans, within bounds, until the policies can decide on their trace."""

from otel_agents.pipeline.buffer.held import REMOTE
from otel_agents.pipeline.buffer.links import Link
from otel_agents.pipeline.buffer.options import Options
from otel_agents.pipeline.buffer.released import NOBODY, Released
from otel_agents.pipeline.buffer.statistics import Statistics
from otel_agents.pipeline.buffer.trace_buffer import TraceBuffer

__all__ = ["NOBODY", "REMOTE", "Link", "Options", "Released", "Statistics", "TraceBuffer"]
