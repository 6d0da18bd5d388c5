"""The chance of the Collector's `probabilistic`: FNV-1a over a salt and the trace id."""

from fractions import Fraction
from typing import Final

DEFAULT_SALT: Final = "default-hash-seed"

_OFFSET = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_MASK = (1 << 64) - 1


def salted(salt: str) -> int:
    """Return the state of the hash after the salt."""
    return _continue(_OFFSET, (salt or DEFAULT_SALT).encode())


def fnv1a64(state: int, trace_id: int) -> int:
    """Return the hash of a trace id, on from the state after a salt."""
    return _continue(state, trace_id.to_bytes(16))


def boundary(percentage: float) -> int:
    """Return the greatest hash that is still kept.

    The Collector multiplies 2^64 - 1 by the share in a float of 64 bits of mantissa and cuts
    what is below the point, so 10 % is 0x19999999999999ff. The share has 53 bits, so that
    float never rounds over a whole number, and the exact product cut off is the same.
    """
    share = percentage / 100
    if share <= 0:
        return 0
    if share >= 1:
        return _MASK
    return int(Fraction(share) * _MASK)


def _continue(state: int, data: bytes) -> int:
    for byte in data:
        state = (state ^ byte) * _PRIME & _MASK
    return state
