import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.policies.threshold import (
    NEVER,
    adjusted_count,
    of_share,
    rv_parse,
    th_hex,
    th_parse,
)


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (1, "0"),
        (0.5, "8"),
        (0.25, "c"),
        (0.1, "e666"),
        (0.05, "f3333"),
        (0.01, "fd70a"),
        (0.001, "ffbe77"),
        (0.999, "004189"),
        (0.9999, "00068dc"),
        (7, "0"),
    ],
)
def test_a_share_is_written_as_other_samplers_write_it(share: float, written: str) -> None:
    assert th_hex(of_share(share)) == written


@pytest.mark.parametrize("share", [0, -0.5, 2**-57])
def test_a_share_of_nothing_keeps_nothing(share: float) -> None:
    assert of_share(share) == NEVER
    with pytest.raises(ValueError, match="no threshold that keeps"):
        th_hex(of_share(share))


@given(st.integers(0, NEVER - 1))
def test_what_is_written_is_read_back(threshold: int) -> None:
    assert th_parse(th_hex(threshold)) == threshold


@given(st.floats(2**-40, 1))
def test_rounding_keeps_a_share_within_a_thousandth_of_itself(share: float) -> None:
    assert (NEVER - of_share(share)) / NEVER == pytest.approx(share, rel=1e-3)


@pytest.mark.parametrize("text", ["", "123456789abcdef", "g", "E666", "0x1", " 8", "-1"])
def test_what_is_no_threshold_is_read_as_none(text: str) -> None:
    assert th_parse(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("00000000000001", 1), ("1", None), ("FFFFFFFFFFFFFF", None), ("000000000000001", None)],
)
def test_randomness_has_14_small_digits(text: str, value: int | None) -> None:
    assert rv_parse(text) == value


@pytest.mark.parametrize(("written", "count"), [("0", 1), ("8", 2), ("c", 4), ("e666", 9.9994)])
def test_a_kept_trace_stands_for_those_that_were_not(written: str, count: float) -> None:
    assert adjusted_count(th_parse(written)) == pytest.approx(count, abs=1e-3)
    assert adjusted_count(None) is None
