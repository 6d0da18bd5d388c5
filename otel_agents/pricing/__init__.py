"""Prices: the public list, the user's own ledger on top, compiled for the hot path.

Importing this room loads neither genai-prices nor PyYAML; a price book loads the first
when it has something to price, and `Ledger.load` the second.
"""

from otel_agents.pricing.book import PriceBook, Statistics
from otel_agents.pricing.ledger import Ledger
from otel_agents.pricing.rates import Rate, Unpriced

__all__ = ["Ledger", "PriceBook", "Rate", "Statistics", "Unpriced"]
