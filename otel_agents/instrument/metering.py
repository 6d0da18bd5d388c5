"""Where a door adds what other instrumentations report to the sums of a run.

The blocks here count their own steps and tokens. The SDK door asks for a meter when a span
starts that is not of this room, and tells it at the span's end what the span was:

    meter = meter_at(parent_context)        # in on_start; None outside every run
    if meter is not None:
        meter.call(tokens=1_200)            # at the end of an inference span
        meter.tool()                        # at the end of a tool span
    ...
    meter.cost(0.0031)                      # once a logical call is priced, also one of ours

What stands inside a `model_call` or a `tool` block is no further step: the block counted it.
"""

from opentelemetry.context import Context

from otel_agents.instrument.calls import OpenCall
from otel_agents.instrument.opened import Opened, innermost
from otel_agents.instrument.runs import Account
from otel_agents.instrument.tools import OpenTool


class Meter:
    """Adds to the run around one span, and to the runs around that one."""

    __slots__ = ("_above", "_account")

    def __init__(self, account: Account, above: Opened) -> None:
        """Stand for a span below an open block."""
        self._account = account
        self._above = above

    def call(self, *, tokens: int = 0) -> None:
        """Add a model call, with its input and output tokens."""
        if isinstance(self._above, OpenCall):
            self._above.spend(tokens)
        else:
            self._account.add(tokens=tokens, steps=1, iterations=1)

    def tool(self, name: str = "") -> None:
        """Add a tool call; of the tool of the block around it, it is the same call."""
        above = self._above
        if not (isinstance(above, OpenTool) and (not name or above.is_call_of(name))):
            self._account.add(steps=1)

    def cost(self, cost_usd: float) -> None:
        """Add what a logical call cost."""
        self._account.add(cost_usd=cost_usd)


def meter_at(context: Context | None = None) -> Meter | None:
    """Return the meter for a span that starts in a context; None outside every run."""
    above = innermost(context)
    if above is None or above.account is None:
        return None
    return Meter(above.account, above)
