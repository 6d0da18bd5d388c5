from collections.abc import Iterator

import pytest
from genai_prices import UpdatePrices, data_snapshot
from genai_prices.data_snapshot import DataSnapshot

from otel_agents.pricing import PriceBook, Rate, Unpriced
from otel_agents.pricing.updates import follow

EMPTY = DataSnapshot(providers=[], from_auto_update=True)
STARTED: list[UpdatePrices] = []


def start(updates: UpdatePrices) -> None:
    """Note who would have started a thread."""
    STARTED.append(updates)


def stop(updates: UpdatePrices) -> None:
    """Note who would have stopped one."""
    STARTED.remove(updates)


@pytest.fixture
def _fetched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Answer a fetch with an empty list, and leave genai-prices as it was."""
    monkeypatch.setattr(UpdatePrices, "fetch", lambda _: EMPTY)
    # Without a thread, a test says itself when prices are fetched.
    monkeypatch.setattr(UpdatePrices, "start", start)
    monkeypatch.setattr(UpdatePrices, "stop", stop)
    yield
    STARTED.clear()
    data_snapshot.set_custom_snapshot(None)


@pytest.mark.usefixtures("_fetched")
def test_an_edition_that_was_fetched_is_handed_over() -> None:
    adopted: list[DataSnapshot] = []
    end = follow(adopted.append)

    assert STARTED[0].fetch() is EMPTY
    assert adopted == [EMPTY]
    end()
    assert STARTED == []


@pytest.mark.usefixtures("_fetched")
def test_new_prices_take_the_place_of_those_remembered() -> None:
    book = PriceBook(updates=True)
    assert STARTED == []
    before = book.rate("openai", "gpt-4o", None, None, 0)
    STARTED[0].fetch()
    after = book.rate("openai", "gpt-4o", None, None, 0)
    book.close()
    book.close()

    assert isinstance(before, Rate)
    assert isinstance(after, Unpriced)
    assert book.statistics().edition.endswith(f" of {EMPTY.timestamp:%Y-%m-%d}")
    assert STARTED == []
