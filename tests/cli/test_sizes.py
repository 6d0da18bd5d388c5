"""Sizes as people write them."""

import pytest

from otel_agents.cli.sizes import size
from otel_agents.errors import ConfigError

SIZES = {
    "0": 0,
    "500000": 500_000,
    "500000B": 500_000,
    "1k": 1024,
    "1KB": 1024,
    "1KiB": 1024,
    "64MiB": 64 * 2**20,
    "64 MiB": 64 * 2**20,
    " 64mib ": 64 * 2**20,
    "64MB": 64 * 2**20,
    "1.5G": 3 * 2**29,
    "0.1K": 102,
}
NO_SIZES = ("", " ", "MiB", "-1", "+1", "1e3", "1TiB", "1 0", "1.M", "NaN", "inf", "64MiBs", "1,5G")


@pytest.mark.parametrize(("written", "expected"), SIZES.items())
def test_sizes(written: str, expected: int) -> None:
    assert size("--max-memory", written) == expected


@pytest.mark.parametrize("written", NO_SIZES)
def test_what_is_no_size_is_refused_by_the_user_s_own_key(written: str) -> None:
    with pytest.raises(ConfigError, match=r"^--max-memory: got .*, expected a size such as"):
        size("--max-memory", written)


def test_no_number_is_too_long() -> None:
    assert size("--max-memory", "9" * 400) > 10**399
