"""One line for an application whose SDK runs already."""

import logging
from typing import Any

from opentelemetry import trace
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

from otel_agents.sdk import swap
from otel_agents.sdk.options import Options, Sampling
from otel_agents.sdk.processor import AgentSpanProcessor

_log = logging.getLogger("otel_agents.sdk")


def configure(
    config: Options | None = None,
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
) -> AgentSpanProcessor:
    """Take over the exporting of a running provider, and return what does it now.

    Its BatchSpanProcessors and SimpleSpanProcessors are flushed and replaced; their
    exporters go on, behind this one. Processors that do not export stay as they are. A
    second call changes nothing and returns the processor of the first.

    Args:
        config: What is done, and within which bounds.
        tracer_provider: The provider; by default the global one.
        meter_provider: Who takes what is counted; by default the global one.

    Raises:
        ConfigError: If the provider is not the SDK's, or nothing in it exports.
    """
    provider: Any = tracer_provider or trace.get_tracer_provider()
    found = swap.processors(provider)
    for processor in found:
        if isinstance(processor, AgentSpanProcessor):
            if config is not None:
                _log.warning("configured already; the options of the second call are not used")
            return processor
    old = swap.exporters(found)
    made = AgentSpanProcessor(list(old.values()), config, meter_provider=meter_provider)
    swap.swap(provider, list(old), made)
    for name in swap.strangers(found):
        _log.warning("%s exports on its own, and so every span, kept or dropped", name)
    _log.info("%s", kept(config or Options()))
    return made


def kept(options: Options) -> str:
    """Return in one line what will be kept."""
    if options.sampling == Sampling.OFF:
        return "every span is kept: sampling is off, a gateway decides"
    if options.policies is None:
        return (
            "of traces with agents are kept: failures, steps over 10 s and calls to external "
            "systems, and 10 % of the rest; other traces pass unchanged"
        )
    return f"traces are kept by the policies {', '.join(options.policies.names)}"
