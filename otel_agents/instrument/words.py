"""Words of a closed vocabulary, as an application says them."""

import logging
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

Word = TypeVar("Word", bound=StrEnum)

_log = logging.getLogger("otel_agents.instrument")


def word(vocabulary: type[Word], value: str, where: str) -> Word | None:
    """Return the word, or None for one that the vocabulary lacks.

    A strange word is logged once and not recorded: it may come from a framework's result,
    and must not end the run that it tells of.
    """
    found = vocabulary._value2member_map_.get(value)
    if found is None:
        _complain(vocabulary, str(value)[:100], where)
        return None
    return found  # type: ignore[return-value] # a member of this vocabulary


@lru_cache(maxsize=256)
def _complain(vocabulary: type[StrEnum], value: str, where: str) -> None:
    _log.warning("%s: got %r, expected one of %s", where, value, ", ".join(vocabulary))
