"""How much one piece of input may take, so that no file can take the whole machine."""

from typing import Final

MAX_PIECE_BYTES: Final = 64 * 1024 * 1024
"""The largest span, frame or single JSON value that is read; a larger one is an error.

Exporters keep requests under 4 MiB by default (gRPC) and the Collector under 20 MiB
(HTTP), so a span of this size is a fault or an attack.
"""

WHOLE_BYTES: Final = 1024 * 1024
"""What is parsed in one go; larger messages and documents are read span by span."""

CHUNK_BYTES: Final = 256 * 1024
"""How much is read at a time."""

MAX_ZSTD_WINDOW_BYTES: Final = 128 * 1024 * 1024
"""The memory that a zstd frame may ask for: what the zstd tool itself takes by default."""


def size(count: int) -> str:
    """Say a number of bytes for a person."""
    mib = count / (1024 * 1024)
    return f"{mib:,.0f} MiB" if mib >= 1 else f"{count:,} bytes"
