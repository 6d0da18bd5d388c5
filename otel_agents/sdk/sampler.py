"""The sampler that lets all traces of a conversation share one fate, in every process.

A processor cannot write a span's tracestate. This one does at the root, as `ot=rv`, from
where it travels with every request.
"""

from collections.abc import Sequence

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_ON,
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

from otel_agents import semconv
from otel_agents.errors import ConfigError
from otel_agents.instrument import current
from otel_agents.pipeline.policies import of_conversation, with_threshold


class ConversationSampler(Sampler):
    """Writes the conversation's randomness at a root; another sampler decides."""

    def __init__(self, inner: Sampler | None = None) -> None:
        """Stand around a sampler.

        Args:
            inner: Who decides; by default the parent, and at a root yes.
        """
        self._inner = inner or ParentBased(ALWAYS_ON)

    def should_sample(  # noqa: PLR0913, PLR0917 the SDK's own signature
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Let the inner sampler decide, and write the randomness where it says yes."""
        result = self._inner.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )
        if trace.get_current_span(parent_context).get_span_context().is_valid:
            return result
        conversation = (attributes or {}).get(semconv.GEN_AI_CONVERSATION_ID)
        if not conversation:
            run = current(parent_context)
            conversation = run.conversation if run is not None else ""
        if not isinstance(conversation, str) or not conversation:
            return result
        state = result.trace_state.to_header() if result.trace_state else ""
        # A threshold that is there was compared with the trace id, and fits no other randomness.
        if result.decision is not Decision.RECORD_AND_SAMPLE or "ot=" in state:
            return result
        written = with_threshold(state, None, of_conversation(conversation))
        return SamplingResult(result.decision, result.attributes, TraceState.from_header([written]))

    def get_description(self) -> str:
        """Return how it is called in logs."""
        return f"ConversationSampler({self._inner.get_description()})"


def conversation_sampler(argument: str | None = None) -> ConversationSampler:
    """Make the sampler that OTEL_TRACES_SAMPLER names.

    Args:
        argument: OTEL_TRACES_SAMPLER_ARG: the share of traces that is recorded at all, from 0
            to 1; empty for all.

    Raises:
        ConfigError: If it is no such number.
    """
    if not argument:
        return ConversationSampler()
    try:
        return ConversationSampler(ParentBased(TraceIdRatioBased(float(argument))))
    except ValueError:
        expected = "a share from 0 to 1"
        raise ConfigError("OTEL_TRACES_SAMPLER_ARG", argument, expected) from None
