"""What a user may say about the metrics."""

from typing import Any

import pytest

from otel_agents.errors import ConfigError
from otel_agents.pipeline.metric_options import SDK_FOLD, Options


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            {"version_label": "major"},
            "metrics.version_label: got 'major', expected one of full, minor, off",
        ),
        (
            {"metric_series": 100},
            "metrics.metric_series: got 100, expected a whole number of at least 640",
        ),
        (
            {"agent_series": True},
            "metrics.agent_series: got True, expected a whole number of at least 20",
        ),
        (
            {"birth_hold_ns": -1},
            "metrics.birth_hold_ns: got -1, expected a whole number of at least 0",
        ),
        (
            {"label_values": 0.5},
            "metrics.label_values: got 0.5, expected a whole number of at least 1",
        ),
        (
            {"label_values_of": {"tool": 5}},
            (
                "metrics.label_values_of.tool: got 'tool', expected the key of a metric's label, "
                "as in semconv/README.md"
            ),
        ),
        (
            {"label_values_of": {"gen_ai.tool.name": 0}},
            (
                "metrics.label_values_of.gen_ai.tool.name: got 0, "
                "expected a whole number of at least 1"
            ),
        ),
    ],
)
def test_nonsense_is_refused_under_the_users_own_key(said: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Options(**said)

    assert str(refused.value) == message


def test_the_defaults_keep_every_metric_below_the_fold_of_the_sdk() -> None:
    assert Options().metric_series < SDK_FOLD


def test_a_version_label_may_be_written_as_a_word() -> None:
    assert Options(version_label="minor").version_label == "minor"  # type: ignore[arg-type]
