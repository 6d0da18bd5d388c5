"""Observability for AI agents on OpenTelemetry: what each agent did, and what it cost.

This facade is for users; nothing inside the package imports it. A name's room is imported
when the name is first used, so that an application pays for nothing it does not need.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

if _TYPE_CHECKING:
    from otel_agents.errors import ConfigError, InputError, OtelAgentsError, SpanRefused
    from otel_agents.otlp.files import read
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
    "read",
]

_ROOMS = {
    "ConfigError": "errors",
    "InputError": "errors",
    "Inspection": "pipeline.inspection",
    "Ledger": "pricing",
    "Normalizer": "pipeline.normalize",
    "OtelAgentsError": "errors",
    "PriceBook": "pricing",
    "Report": "pipeline.report",
    "Resource": "record",
    "Scope": "record",
    "SpanRecord": "record",
    "SpanRefused": "errors",
    "Tally": "pipeline.tally",
    "Usage": "record",
    "read": "otlp.files",
}


def __getattr__(name: str) -> object:
    """Import a name's room when it is first used (PEP 562)."""
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(_import_module(f"{__name__}.{room}"), name)
    globals()[name] = value
    return value
