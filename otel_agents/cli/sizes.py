"""Sizes as people write them."""

import re
from decimal import Decimal

from otel_agents.errors import ConfigError

_UNITS = {"": 1, "B": 1, "K": 2**10, "M": 2**20, "G": 2**30}


def size(key: str, written: str) -> int:
    """Return a size in bytes.

    Args:
        key: The option that was written, for the error.
        written: Such as ``64MiB``, ``1GiB`` or ``500000``; decimal units count as binary.

    Raises:
        ConfigError: If it is no size.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]?)(?:i?B)?", written.strip(), re.IGNORECASE)
    if match is None:
        raise ConfigError(key, written, "a size such as '64MiB' or '1GiB'")
    return int(Decimal(match[1]) * _UNITS[match[2].upper()])
