"""Fresh public prices from the network, for who asks for them.

Importing this module opens nothing; `follow` starts genai-prices' own thread.
"""

from collections.abc import Callable

from genai_prices import UpdatePrices
from genai_prices.data_snapshot import DataSnapshot


def follow(adopt: Callable[[DataSnapshot], object]) -> Callable[[], None]:
    """Fetch new editions in the background and hand each to `adopt`.

    Returns:
        What stops it; safe to call twice.
    """

    class Following(UpdatePrices):
        def fetch(self) -> DataSnapshot | None:
            if snapshot := super().fetch():
                adopt(snapshot)
            return snapshot

    updates = Following()
    updates.start()
    return updates.stop
