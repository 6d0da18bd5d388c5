"""Observability for AI agents on OpenTelemetry: what each agent did, and what it cost.

This facade is for users; nothing inside the package imports it.
"""

from otel_agents.errors import ConfigError, InputError, OtelAgentsError, SpanRefused
from otel_agents.pipeline.inspection import Inspection
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.report import Report
from otel_agents.pipeline.tally import Tally
from otel_agents.pricing import Ledger, PriceBook
from otel_agents.record import Resource, Scope, SpanRecord, Usage

__version__ = "0.1.0"

__all__ = [
    "ConfigError",
    "InputError",
    "Inspection",
    "Ledger",
    "Normalizer",
    "OtelAgentsError",
    "PriceBook",
    "Report",
    "Resource",
    "Scope",
    "SpanRecord",
    "SpanRefused",
    "Tally",
    "Usage",
    "__version__",
]
