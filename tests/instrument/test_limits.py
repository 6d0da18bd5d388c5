"""Limits, and when sums pass them."""

import math

import pytest

from otel_agents.errors import ConfigError
from otel_agents.instrument.limits import Limits, Sums


@pytest.mark.parametrize("name", ["tokens", "cost_usd", "steps", "duration_s", "iterations"])
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, True, "5"])
def test_what_can_be_no_limit_is_refused_with_its_key(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=rf"limits\.{name}: got .*, expected a number above 0"):
        Limits(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("limits", "sums", "passed"),
    [
        (Limits(), Sums(tokens=10**9), []),
        (Limits(tokens=10), Sums(tokens=10), []),
        (Limits(tokens=10), Sums(tokens=11), ["tokens"]),
        (Limits(cost_usd=0.5), Sums(cost_usd=0.51), ["cost"]),
        (Limits(duration_s=1), Sums(duration_s=1.01), ["duration"]),
        (Limits(steps=1, iterations=1), Sums(steps=2, iterations=2), ["steps", "iterations"]),
    ],
)
def test_a_limit_is_passed_above_it(limits: Limits, sums: Sums, passed: list[str]) -> None:
    assert list(sums.passed(limits)) == passed
