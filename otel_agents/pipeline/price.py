"""The price step: what a model call costs, or why that is not known."""

from otel_agents import semconv
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pricing import PriceBook, Rate, Unpriced
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import UnpricedReason

_PRICED = (semconv.OTEL_AGENTS_USAGE_COST_AMOUNT, semconv.OTEL_AGENTS_USAGE_UNPRICED_REASON)


class Pricer:
    """Prices model calls with a price book."""

    def __init__(self, book: PriceBook) -> None:
        """Price with this book."""
        self._book = book

    def rate(self, span: AgentSpan) -> Rate | Unpriced | None:
        """Return the rate of a call, or why there is none; None if it used nothing.

        A call that failed without usage is neither priced nor unpriced; some emitters write
        zeros for it.
        """
        if not span.input_tokens and not span.output_tokens:
            if span.failed:
                return None
            if span.input_tokens is None and span.output_tokens is None:
                return Unpriced(UnpricedReason.NO_USAGE)
        return self._book.rate(
            span.provider, span.response_model, span.request_model, span.service_tier, span.start_ns
        )

    def additions(self, record: SpanRecord, span: AgentSpan) -> dict[str, Value]:
        """Return the attributes that tell a call's price on its span, if it has none yet."""
        if any(record.find(key) is not None for key in _PRICED):
            return {}
        rate = self.rate(span)
        if rate is None:
            return {}
        if isinstance(rate, Unpriced):
            return {semconv.OTEL_AGENTS_USAGE_UNPRICED_REASON: str(rate.reason)}
        return {
            semconv.OTEL_AGENTS_USAGE_COST_AMOUNT: rate.cost_usd(span.usage),
            semconv.OTEL_AGENTS_USAGE_COST_CURRENCY: rate.currency,
            semconv.OTEL_AGENTS_USAGE_COST_SOURCE: rate.source,
            semconv.OTEL_AGENTS_USAGE_COST_PRICE_BOOK: rate.price_book,
        }
