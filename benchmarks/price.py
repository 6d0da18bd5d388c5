"""What pricing one model call costs, beside genai-prices' own `calc_price`.

Run: python benchmarks/price.py [calls]
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from time import perf_counter_ns, process_time_ns

from genai_prices import Usage as PublicUsage
from genai_prices import calc_price

from otel_agents.pricing import PriceBook, Rate
from otel_agents.record import Usage

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
START_NS = int(START.timestamp()) * 10**9
# OpenTelemetry's provider name, genai-prices' id, a name on the wire, tokens.
CALLS = [
    ("openai", "openai", "gpt-4o-2024-08-06", Usage(4_200, 700, 1_000)),
    ("anthropic", "anthropic", "claude-sonnet-4-5-20250929", Usage(94_000, 1_400, 80_000, 2_000)),
    ("gcp.gemini", "google", "gemini-2.5-pro", Usage(210_000, 900)),
    ("deepseek", "deepseek", "deepseek-chat", Usage(1_200, 300, 640)),
]


def per_call_us(calls: int, price: Callable[[int], object]) -> float:
    """Time a call in CPU, the best of five rounds; a shared machine only ever adds."""
    best = min(_round_ns(calls, price) for _ in range(5))
    return best / calls / 1000


def _round_ns(calls: int, price: Callable[[int], object]) -> int:
    started = process_time_ns()
    for number in range(calls):
        price(number)
    return process_time_ns() - started


def main(calls: int) -> None:
    """Price the same calls both ways, check that they agree, and print the figures."""
    started = perf_counter_ns()
    book = PriceBook()
    book.load()
    loaded_ms = (perf_counter_ns() - started) / 1e6
    rates = [_rate(book, *call[:3]) for call in CALLS]
    ours = [_ours(book, call) for call in CALLS]
    theirs = [_theirs(call) for call in CALLS]
    for our, their in zip(ours, theirs, strict=True):
        assert our() == float(their())
    size = len(CALLS)
    forgetful = PriceBook(max_compiled=2)
    forgetful.load()
    usages = [call[3] for call in CALLS]
    nothing = per_call_us(calls, lambda number: usages[number % size])
    rows = {
        "rate, found again": per_call_us(
            calls, lambda n: book.rate(CALLS[n % size][0], CALLS[n % size][2], None, None, START_NS)
        ),
        "cost_usd": per_call_us(calls, lambda n: rates[n % size].cost_usd(usages[n % size])),
        "cost_usd_exact": per_call_us(
            calls, lambda n: rates[n % size].cost_usd_exact(usages[n % size])
        ),
        "rate and cost_usd": per_call_us(calls, lambda n: ours[n % size]()),
        "genai_prices.calc_price": per_call_us(max(calls // 100, 1), lambda n: theirs[n % size]()),
        "rate, never seen before": per_call_us(
            max(calls // 100, 1), lambda n: forgetful.rate(*_new(n), START_NS)
        ),
    }
    print(f"{'':28}{'µs a call':>10}   ({calls:,} calls; an empty loop, {nothing:.2f}, taken off)")
    for name, cost_us in rows.items():
        print(f"{name:28}{cost_us - nothing:>10.2f}")
    print(f"{'loading the price list, ms':28}{loaded_ms:>10.0f}")


def _new(number: int) -> tuple[str, str, str, None]:
    return "openai", "gpt-4o-2024-08-06", f"never-seen-{number}", None


def _rate(book: PriceBook, provider: str, _: str, model: str) -> Rate:
    rate = book.rate(provider, model, None, None, START_NS)
    assert isinstance(rate, Rate)
    return rate


def _ours(book: PriceBook, call: tuple[str, str, str, Usage]) -> Callable[[], float]:
    provider, _, model, usage = call

    def price() -> float:
        rate = book.rate(provider, model, None, None, START_NS)
        return rate.cost_usd(usage) if isinstance(rate, Rate) else 0.0

    return price


def _theirs(call: tuple[str, str, str, Usage]) -> Callable[[], Decimal]:
    _, provider, model, usage = call
    said = PublicUsage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_input_tokens,
        cache_write_tokens=usage.cache_write_input_tokens,
    )

    def price() -> Decimal:
        return calc_price(
            said, model, provider_id=provider, genai_request_timestamp=START
        ).total_price

    return price


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
