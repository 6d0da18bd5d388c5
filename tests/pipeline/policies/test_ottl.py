from typing import Any

import pytest

from otel_agents.errors import ConfigError
from tests.pipeline.policies.traces import decided, kept, one

BROKEN = 'attributes["k"]["x"] == 1'
FAILING = {"attributes": {"k": 5}}
FINE = {"name": "fine"}


@pytest.mark.parametrize(
    ("mode", "spans", "keep", "errors"),
    [
        (None, [FAILING], False, {}),
        ("ignore", [FAILING], False, {}),
        ("silent", [FAILING, FINE], True, {}),
        ("propagate", [FAILING], False, {"p": 1}),
        ("propagate", [FAILING, FINE], True, {}),
        ("propagate", [FINE, FAILING], True, {}),
    ],
)
def test_a_condition_that_fails_is_passed_over_or_counted(
    mode: str | None, spans: list[dict[str, Any]], keep: bool, errors: dict[str, int]
) -> None:
    policies = one(
        "ottl_condition", {"span": [BROKEN, 'name == "fine"'], "error_mode": mode or "ignore"}
    )
    assert decided(policies, spans).keep is keep
    assert policies.statistics().errors == errors


def test_in_the_collector_the_first_failure_is_final() -> None:
    block = {"span": [BROKEN, 'name == "fine"'], "error_mode": "propagate"}
    assert not kept("ottl_condition", block, [FAILING, FINE], compat=True)
    assert kept("ottl_condition", block, [FINE, FAILING], compat=True)


def test_any_event_of_any_span_is_enough() -> None:
    block = {"span": ['name == "x"'], "spanevent": ['name == "hit" and span.name == "here"']}
    here = {"name": "here", "events": [{"name": "miss"}, {"name": "hit"}]}
    assert kept("ottl_condition", block, [{}, here])
    assert not kept("ottl_condition", block, [here | {"name": "there"}])


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"span": ["true", 'nam == "x"']}, r"ottl_condition\.span\[1\]: got 'nam.*column 1"),
        ({"spanevent": ["kind == 1"]}, r"ottl_condition\.spanevent\[0\]: .*column 1"),
        ({"span": ["true"], "error_mode": "ignor"}, "did you mean ignore"),
        ({"span": "true"}, "span: got 'true', expected a list"),
        ({}, "span: got None, expected at least one condition"),
    ],
)
def test_a_mistake_is_named(block: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        one("ottl_condition", block)
