"""Thresholds of 56 bits: how likely a kept trace was to be kept.

A trace with randomness R is kept by a threshold T if R ≥ T, so that a share of
1 - T / 2^56 is kept (OpenTelemetry, probability sampling in tracestate).
"""

import math
from typing import Final

ALWAYS: Final = 0
"""The threshold that keeps every trace."""

NEVER: Final = 1 << 56
"""The threshold that keeps none: one more than any randomness."""

DIGITS: Final = 14
PRECISION: Final = 4
"""Hexadecimal digits that a share is rounded to, after leading zeros or f's."""

_HEX = frozenset("0123456789abcdef")


def of_share(share: float, precision: int = PRECISION) -> int:
    """Return the threshold that keeps a share of all traces.

    Args:
        share: From 0 to 1; what lies outside is taken for the nearer end.
        precision: Hexadecimal digits to round to, leading zeros and f's apart.
    """
    if share >= 1:
        return ALWAYS
    if share < 1 / NEVER:
        return NEVER
    # frexp tells how many leading digits are 0 (share near 1) or f (share near 0).
    leading = max(-math.frexp(share)[1] // 4, -math.frexp(1 - share)[1] // 4, 0)
    shift = 4 * (DIGITS - min(DIGITS, precision + leading))
    threshold = NEVER - round(share * NEVER)
    if shift:
        threshold = (threshold + (1 << (shift - 1))) >> shift << shift
    return threshold


def th_hex(threshold: int) -> str:
    """Return the value of `ot=th`: hexadecimal digits without trailing zeros."""
    if not ALWAYS <= threshold < NEVER:
        raise ValueError(f"{threshold} is no threshold that keeps a trace")
    return f"{threshold:014x}".rstrip("0") or "0"


def th_parse(text: str) -> int | None:
    """Return the threshold that `ot=th` spells, None where it spells none."""
    if not 0 < len(text) <= DIGITS or not _HEX.issuperset(text):
        return None
    return int(text.ljust(DIGITS, "0"), 16)


def rv_parse(text: str) -> int | None:
    """Return the randomness that `ot=rv` spells, None where it spells none."""
    return int(text, 16) if len(text) == DIGITS and _HEX.issuperset(text) else None


def adjusted_count(threshold: int | None) -> float | None:
    """Return how many traces a kept one stands for, None where nobody knows."""
    return None if threshold is None else NEVER / (NEVER - threshold)
