import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.policies.fnv import DEFAULT_SALT, boundary, fnv1a64, salted


@pytest.mark.parametrize(
    ("percentage", "highest"),
    [
        (10, 0x19999999999999FF),
        (25, 0x3FFFFFFFFFFFFFFF),
        (100, (1 << 64) - 1),
        (150, (1 << 64) - 1),
        (0, 0),
        (-50, 0),
        (50, 0x7FFFFFFFFFFFFFFF),
    ],
)
def test_a_percentage_is_the_collectors_boundary(percentage: float, highest: int) -> None:
    assert boundary(percentage) == highest


@given(st.floats(1e-300, 100))
def test_a_boundary_is_the_share_to_53_bits(percentage: float) -> None:
    exact = percentage / 100 * (1 << 64)
    assert abs(boundary(percentage) - exact) <= 1 + exact * 2**-52


def test_the_hash_goes_on_from_the_salt() -> None:
    assert salted("") == salted(DEFAULT_SALT)
    assert fnv1a64(salted("test-salt"), 1) != fnv1a64(salted(""), 1)
    # The published value of FNV-1a for no input at all is its offset.
    assert f"{fnv1a64(salted(''), 0):016x}" == "e19536eed1bbac3d"
