"""Why one span is refused, as the closed words that a counter carries."""

from enum import StrEnum
from typing import Final

EARLIEST_START_NS: Final = 946_684_800 * 10**9
"""2000-01-01: before it no span was ever made; 0, a missing date, and 1970 lie there."""

LATEST_START_NS: Final = 4_102_444_800 * 10**9
"""2100-01-01: from there on a date is an overflow or another unit, not a plan."""


class Refusal(StrEnum):
    """Why a span is refused by the reader."""

    BAD_TRACE_ID = "bad_trace_id"
    BAD_SPAN_ID = "bad_span_id"
    BAD_PARENT_ID = "bad_parent_id"
    BAD_START = "bad_start"
    UNDECODABLE = "undecodable"
    OUT_OF_RANGE = "out_of_range"
    WRONG_TYPE = "wrong_type"
