"""What is told outside a block: the window, a state gone wrong, tasks that wait."""

from opentelemetry.context import get_current
from opentelemetry.trace import get_current_span

from otel_agents import semconv
from otel_agents.instrument import providers
from otel_agents.instrument.agents import OpenRun
from otel_agents.instrument.calls import OpenCall
from otel_agents.instrument.events import NO_GROUP, emit
from otel_agents.instrument.opened import Attributes, Opened, innermost, trouble


def context_window(used: int, limit: int, *, model: str = "") -> None:
    """Say how many tokens of the context window are filled.

    It is said of the model call of the moment; where another instrumentation tells of the
    call, of the run. Outside both it says nothing.

    Args:
        used: Tokens of the call, its input and output together.
        limit: Tokens that the model's window holds.
        model: The model, where another instrumentation tells of the call.
    """
    here = innermost()
    while here is not None:
        if isinstance(here, OpenCall):
            here.context_window(used, limit)
            return
        if isinstance(here, OpenRun):
            here.context_window(used, limit, model)
            return
        here = here.above


def state_diverged(reason: str = "") -> None:
    """Tell that the agent's state is not what it should be.

    Args:
        reason: What is wrong, in a few words that return, such as `memory_diverged`; no
            content.
    """
    if providers.tracer() is None and providers.logger() is None:
        return
    run = _innermost_run()
    context = get_current()
    said: Attributes = {semconv.OTEL_AGENTS_STATE_REASON: reason} if reason else {}
    span = get_current_span(context) if run is None else run.span
    emit(semconv.EVENT_AGENT_STATE_CORRUPTED, run.run if run else None, said, span, context)


def queue_depth(n: int, *, group: str = "") -> None:
    """Say how many tasks wait for an agent of a group.

    It is the metric `otel_agents.group.queued` of the application's own MeterProvider.

    Args:
        n: Tasks that wait now.
        group: The group; by default that of the run of the moment.
    """
    gauge = providers.queue_gauge()
    if gauge is None:
        return
    try:
        run = None if group else _innermost_run()
        own = run.run.group if run is not None and run.run is not None else ""
        resource = providers.resource()
        attributes = {semconv.OTEL_AGENTS_AGENT_GROUP: group or own or NO_GROUP}
        for key in (semconv.DEPLOYMENT_ENVIRONMENT_NAME, semconv.SERVICE_NAME):
            if resource.get(key):
                attributes[key] = resource[key]
        gauge.set(n, attributes)
    except Exception:  # noqa: BLE001 telemetry never hurts the application
        trouble()


def _innermost_run() -> Opened | None:
    here = innermost()
    while here is not None and not isinstance(here, OpenRun):
        here = here.above
    return here
