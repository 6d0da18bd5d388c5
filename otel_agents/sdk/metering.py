"""What a run's limits hear of spans that other instrumentations make."""

from collections import OrderedDict
from typing import Final

from otel_agents.instrument import Meter
from otel_agents.instrument.providers import SCOPE
from otel_agents.instrument.runs import Account
from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.price import Pricer
from otel_agents.pricing import Rate
from otel_agents.record import SpanRecord

MAX_CHARGED: Final = 10_000
"""Model calls whose outer reports are still awaited."""

_INFERENCE, _TOOL = Role.INFERENCE, Role.TOOL


class Charges:
    """Prices each model call once, however many nested spans report it.

    Spans end from the inside out: the innermost, which is next to the provider, has the
    price, and the one directly around it reports the same call.
    """

    def __init__(self, pricer: Pricer) -> None:
        """Price with this."""
        self._rate = pricer.rate
        self._charged: OrderedDict[tuple[int, int], None] = OrderedDict()

    def cost_usd(self, record: SpanRecord, said: AgentSpan) -> float | None:
        """Return what a span's call cost; None where that is not known, or another span's."""
        if said.role is not _INFERENCE:
            return None
        charged = self._charged
        inner = (record.trace_id, record.span_id)
        outer = (record.trace_id, record.parent_id)
        if inner in charged:
            del charged[inner]
            charged[outer] = None
            return None
        rate = self._rate(said)
        if not isinstance(rate, Rate):
            return None
        if record.parent_id:
            charged[outer] = None
            if len(charged) > MAX_CHARGED:
                charged.popitem(last=False)
        return rate.cost_usd(said.usage)


def is_limited(meter: Meter) -> bool:
    """Whether the run around a span, or one around that, has limits."""
    account: Account | None = meter._account  # noqa: SLF001 a meter does not say so itself
    while account is not None:
        if account._limits is not None:  # noqa: SLF001 as said above
            return True
        account = account.around
    return False


def tell(meter: Meter, record: SpanRecord, said: AgentSpan, cost_usd: float | None) -> None:
    """Tell a run's limits of a span; what its own blocks counted is only priced."""
    if record.scope.name != SCOPE:
        if said.role is _INFERENCE:
            meter.call(tokens=(said.input_tokens or 0) + (said.output_tokens or 0))
        elif said.role is _TOOL:
            meter.tool(said.tool or "")
    if cost_usd:
        meter.cost(cost_usd)
