"""Who takes what is told: the providers of this moment, or nobody.

Asked at every use, since an application may set its providers after it has imported and
decorated everything. The public way to ask reads the environment each time (1 µs); the
variable that a provider is set in is read instead, and where a later version of the API has
no such variable, the public way is taken.
"""

import os
import sys
from functools import cache
from typing import Any, Final

from opentelemetry import _logs, trace
from opentelemetry._logs import Logger, NoOpLogger
from opentelemetry.trace import NoOpTracer, Tracer

from otel_agents import semconv
from otel_agents._clock import Clock, SystemClock

SCOPE: Final = "otel_agents.instrument"
CLOCK: Clock = SystemClock()
"""What limits of time and the first chunk of a stream are measured by."""

_ASK: Final = object()
# A provider named by the environment is loaded when the API is first asked for it.
_NAMED: Final = "OTEL_PYTHON_TRACER_PROVIDER" in os.environ
_LOGS: Any = sys.modules["opentelemetry._logs._internal"]

_tracer: tuple[object, Tracer | None] = (None, None)
_logger: tuple[object, Logger | None] = (None, None)
_gauge: tuple[object, Any] = (None, None)


def tracer() -> Tracer | None:
    """Return the tracer to use now, None where nobody has set up tracing."""
    global _tracer  # noqa: PLW0603 one pair, replaced whole
    try:
        provider: Any = trace._TRACER_PROVIDER  # noqa: SLF001 a third of the cost of getattr
    except AttributeError:
        provider = _ASK
    if provider is None and not _NAMED:
        return None
    seen = _tracer
    if provider is seen[0]:
        return seen[1]
    if provider is _ASK or provider is None:
        return _proven(trace.get_tracer(SCOPE, _version()))
    found = _proven(provider.get_tracer(SCOPE, _version()))
    _tracer = provider, found
    return found


def logger() -> Logger | None:
    """Return the logger to use now, None where nobody has set up logs."""
    global _logger  # noqa: PLW0603 one pair, replaced whole
    provider: Any = getattr(_LOGS, "_LOGGER_PROVIDER", _ASK)
    if provider is None:
        return None
    seen = _logger
    if provider is seen[0]:
        return seen[1]
    if provider is _ASK:
        provider = _logs.get_logger_provider()
    made: Logger = provider.get_logger(SCOPE, _version())
    found = None if isinstance(made, NoOpLogger) else made
    _logger = provider, found
    return found


def queue_gauge() -> Any:  # noqa: ANN401 importing its type would import all of the metrics API
    """Return the gauge of waiting tasks, None where nobody has set up metrics."""
    global _gauge  # noqa: PLW0603 one pair, replaced whole
    metrics: Any = sys.modules.get("opentelemetry.metrics")
    internal: Any = sys.modules.get("opentelemetry.metrics._internal")
    if metrics is None:
        return None
    provider: Any = getattr(internal, "_METER_PROVIDER", _ASK)
    if provider is None:
        return None
    seen = _gauge
    if provider is seen[0]:
        return seen[1]
    meter = metrics.get_meter(SCOPE, _version())
    instrument = semconv.METRIC_GROUP_QUEUED
    found = meter.create_gauge(instrument.name, instrument.unit, instrument.brief)
    _gauge = provider, found
    return found


def resource() -> Any:  # noqa: ANN401 a resource is the SDK's, of which only the API is known here
    """Return the attributes of the process's resource; empty where it has none."""
    provider: Any = getattr(trace, "_TRACER_PROVIDER", None)
    return getattr(getattr(provider, "resource", None), "attributes", None) or {}


def _proven(found: Tracer) -> Tracer | None:
    idle = isinstance(found, NoOpTracer | trace.ProxyTracer)
    return None if idle else found


@cache
def _version() -> str:
    # 27 ms of imports that an application without an SDK never needs.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 as said above

    try:
        return version("otel-agents")
    except PackageNotFoundError:
        return ""
