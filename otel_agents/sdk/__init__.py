"""The door inside an application: spans straight from the OpenTelemetry SDK.

It fails open: whatever goes wrong here, the application goes on.

    otel_agents.sdk.configure()                                # a provider that runs already
    provider.add_span_processor(AgentSpanProcessor(exporter))  # one that you build
"""

from otel_agents.sdk.configure import configure
from otel_agents.sdk.options import Flush, Options, Sampling
from otel_agents.sdk.processor import AgentSpanProcessor
from otel_agents.sdk.redact import Action, Rule
from otel_agents.sdk.sampler import ConversationSampler
from otel_agents.sdk.statistics import Statistics

__all__ = [
    "Action",
    "AgentSpanProcessor",
    "ConversationSampler",
    "Flush",
    "Options",
    "Rule",
    "Sampling",
    "Statistics",
    "configure",
]
