"""The typed events: log records where somebody takes logs, else events of a span."""

from typing import Final

from opentelemetry._logs import SeverityNumber
from opentelemetry.context import Context
from opentelemetry.trace import Span

from otel_agents import semconv
from otel_agents.instrument import providers
from otel_agents.instrument.opened import Attributes, Opened, trouble
from otel_agents.instrument.runs import Run

NO_GROUP: Final = "none"

_SEVERITY: Final = {
    semconv.EVENT_AGENT_INITIALIZED: SeverityNumber.INFO,
    semconv.EVENT_DECISION_MADE: SeverityNumber.DEBUG,
    semconv.EVENT_TOOL_CALL_FAILED: SeverityNumber.WARN,
    semconv.EVENT_AGENT_STATE_CORRUPTED: SeverityNumber.ERROR,
    semconv.EVENT_CONTEXT_WINDOW_EXCEEDED: SeverityNumber.WARN,
}


def emit(name: str, run: Run | None, said: Attributes, span: Span, context: Context) -> None:
    """Tell an event of an agent.

    Args:
        name: One of the registry's events.
        run: Whose event it is.
        said: The event's attributes, beside who it is about.
        span: Where it happened.
        context: The context of that span.
    """
    try:
        _emit(name, _subject(run) | said, span, context)
    except Exception:  # noqa: BLE001 telemetry never hurts the application
        trouble()


def tell_exceeded(use: Opened, model: str, used: int, limit: int) -> None:
    """Tell that a model call did not fit the context window."""
    said: Attributes = {
        semconv.GEN_AI_REQUEST_MODEL: model,
        semconv.OTEL_AGENTS_CONTEXT_USED_TOKENS: used,
        semconv.OTEL_AGENTS_CONTEXT_LIMIT_TOKENS: limit,
    }
    emit(semconv.EVENT_CONTEXT_WINDOW_EXCEEDED, use.run, said, use.span, use.context)


def _emit(name: str, attributes: Attributes, span: Span, context: Context) -> None:
    logger = providers.logger()
    if logger is None:
        if span.is_recording():
            span.add_event(name, attributes)
        return
    severity = _SEVERITY[name]
    logger.emit(
        timestamp=providers.CLOCK.now_ns(),
        context=context,
        severity_number=severity,
        severity_text=severity.name,
        attributes=attributes,
        event_name=name,
    )


def _subject(run: Run | None) -> Attributes:
    if run is None:
        return {semconv.OTEL_AGENTS_AGENT_GROUP: NO_GROUP}
    subject: Attributes = {
        semconv.GEN_AI_AGENT_NAME: run.agent,
        semconv.OTEL_AGENTS_AGENT_GROUP: run.group or NO_GROUP,
    }
    if run.run_id:
        subject[semconv.OTEL_AGENTS_RUN_ID] = run.run_id
    return subject
