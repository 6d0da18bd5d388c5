"""What a user may say about the metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from otel_agents import semconv
from otel_agents.errors import ConfigError

SDK_FOLD = 2_000
"""Attribute sets of one instrument past which the OpenTelemetry SDK folds on its own."""

MIN_SERIES = 640
"""Room for every combination of the closed words of one metric, and as much again for names."""

_MINUTE_NS = 60 * 10**9


class VersionLabel(StrEnum):
    """What the version label says."""

    FULL = "full"
    MINOR = "minor"
    OFF = "off"


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Names, bounds and times of the metrics.

    Attributes:
        upstream_names: Emit under the upstream name where there is one; else everything
            is emitted under `otel_agents.*`.
        version_label: The agent's version as it came (`full`), its first two numbers
            (`minor`: 2.7.31 becomes 2.7), or nothing (`off`). Where every build is a version
            of its own, `minor` keeps the label small.
        label_values: Values of one label, over all metrics; further ones become `other`.
        label_values_of: The same for single labels, by their key.
        metric_series: Series of one metric. The last tenth is kept for series that fold a
            label to `other`. Behind an SDK it must stay below the SDK's own fold.
        agent_series: Series of one agent in this process, over the metrics that are per
            agent. The last fifth is kept for series whose open labels are all `other`.
        label_chars: Characters of a label's value; longer ones are cut.
        birth_hold_ns: How long a new series reads 0 before it shows its value. At least two
            scrapes; 0 where metrics are pushed.
        birth_collections: How many collections must have read that 0: 2 for scrapes, 1 for
            a push.
        context_age_ns: How far back the fullest call is looked for.
        info_age_ns: How long `agent.info` outlives the last run with those labels.
        last_seen_age_ns: How long any other gauge of an agent outlives its last sign.
    """

    upstream_names: bool = True
    version_label: VersionLabel = VersionLabel.FULL
    label_values: int = 200
    label_values_of: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType(
            {
                semconv.GEN_AI_AGENT_NAME: 1000,
                semconv.OTEL_AGENTS_HANDOFF_TO: 1000,
                semconv.GEN_AI_TOOL_NAME: 500,
                semconv.OTEL_AGENTS_TENANT: 500,
                semconv.OTEL_AGENTS_DECISION_TYPE: 20,
                semconv.OTEL_AGENTS_CHANNEL: 8,
            }
        )
    )
    metric_series: int = 1_900
    agent_series: int = 100
    label_chars: int = 128
    birth_hold_ns: int = _MINUTE_NS
    birth_collections: int = 2
    context_age_ns: int = 5 * _MINUTE_NS
    info_age_ns: int = 60 * _MINUTE_NS
    last_seen_age_ns: int = 24 * 60 * _MINUTE_NS

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            ConfigError: If a bound is out of range or a label is not one of a metric.
        """
        if self.version_label not in set(VersionLabel):
            words = ", ".join(VersionLabel)
            raise ConfigError("metrics.version_label", self.version_label, f"one of {words}")
        for name, least in _LEAST.items():
            _require(f"metrics.{name}", getattr(self, name), least)
        known = {key for instrument in semconv.INSTRUMENTS for key in instrument.labels}
        known.update(key for keys in semconv.IDENTITY.values() for key in keys)
        for key, bound in self.label_values_of.items():
            path = f"metrics.label_values_of.{key}"
            if key not in known:
                raise ConfigError(path, key, "the key of a metric's label, as in semconv/README.md")
            _require(path, bound, 1)


_LEAST = {
    "label_values": 1,
    "metric_series": MIN_SERIES,
    "agent_series": 20,
    "label_chars": 16,
    "birth_hold_ns": 0,
    "birth_collections": 0,
    "context_age_ns": 1,
    "info_age_ns": 1,
    "last_seen_age_ns": 1,
}


def _require(path: str, value: object, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ConfigError(path, value, f"a whole number of at least {least}")
