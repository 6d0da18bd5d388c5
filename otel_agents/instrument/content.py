"""Whether content may be told: messages, arguments, results, the texts of errors.

Nothing of it is, unless the application's owner says so by the variable that the
OpenTelemetry GenAI instrumentations share.
"""

import json
import logging
import os
from enum import StrEnum
from functools import lru_cache
from typing import Final

VARIABLE: Final = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"

_log = logging.getLogger("otel_agents.instrument")


class Capture(StrEnum):
    """Where content may stand, by upstream's words."""

    NO_CONTENT = "NO_CONTENT"
    SPAN_ONLY = "SPAN_ONLY"
    EVENT_ONLY = "EVENT_ONLY"
    SPAN_AND_EVENT = "SPAN_AND_EVENT"


_OLDER = {"": Capture.NO_CONTENT, "FALSE": Capture.NO_CONTENT, "TRUE": Capture.EVENT_ONLY}
_ON_SPANS = frozenset((Capture.SPAN_ONLY, Capture.SPAN_AND_EVENT))


def capture() -> Capture:
    """Return what the environment allows now."""
    return _read(os.environ.get(VARIABLE, "").strip().upper())


def on_spans() -> bool:
    """Whether content may stand on spans now."""
    return capture() in _ON_SPANS


def as_text(value: object) -> str:
    """Write content as text: a string as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)


@lru_cache(maxsize=16)
def _read(word: str) -> Capture:
    if word in _OLDER:
        return _OLDER[word]
    try:
        return Capture(word)
    except ValueError:
        _log.warning(
            "%s: got %r, expected one of %s; no content is recorded",
            VARIABLE,
            word,
            ", ".join(Capture),
        )
        return Capture.NO_CONTENT
