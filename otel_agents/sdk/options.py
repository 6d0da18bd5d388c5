"""What a user may say about this door."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from otel_agents.errors import ConfigError
from otel_agents.pipeline.buffer import Options as BufferOptions
from otel_agents.pipeline.metric_options import Options as MetricOptions
from otel_agents.pipeline.normalize import Options as NormalizerOptions
from otel_agents.pipeline.policies import PolicySet
from otel_agents.pipeline.tally import Options as TallyOptions
from otel_agents.pricing import Ledger
from otel_agents.sdk.redact import Options as RedactionOptions
from otel_agents.sdk.sender import Options as SenderOptions

_MS: Final = 1_000_000


class Sampling(StrEnum):
    """Whether this process decides what is kept."""

    ON = "on"
    OFF = "off"


class Flush(StrEnum):
    """What `force_flush` does."""

    DECIDED = "decided"
    DECIDE = "decide"


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What the SDK door does, and within which bounds.

    Attributes:
        policies: Who decides what is kept; None for the default policies.
        sampling: `off` where a gateway decides for the fleet: every span is then sent at once,
            enriched, redacted and counted.
        flush: `decided` sends what is decided; `decide` decides on everything first, for
            processes that do not live long or are frozen between requests.
        buffer: Timers and bounds of the trace buffer.
        sender: Bounds of what waits for an exporter.
        redaction: What does not leave.
        normalizer: How spans are read.
        tally: Bounds of the count.
        metrics: Names and bounds of the metrics.
        ledger: The user's own prices.
        baggage: Whether agent, group and conversation are taken from a caller's baggage.
        max_waiting_spans: Ended spans that wait for the worker; what comes then is refused.
        work_every_ns: How often the worker looks for what is due.
        shutdown_timeout_ns: How long `shutdown` takes at most.
    """

    policies: PolicySet | None = None
    sampling: Sampling = Sampling.ON
    flush: Flush = Flush.DECIDED
    buffer: BufferOptions = field(default_factory=BufferOptions)
    sender: SenderOptions = field(default_factory=SenderOptions)
    redaction: RedactionOptions = field(default_factory=RedactionOptions)
    normalizer: NormalizerOptions = field(default_factory=NormalizerOptions)
    tally: TallyOptions = field(default_factory=TallyOptions)
    metrics: MetricOptions = field(default_factory=MetricOptions)
    ledger: Ledger | None = None
    baggage: bool = False
    max_waiting_spans: int = 65_536
    work_every_ns: int = 200 * _MS
    shutdown_timeout_ns: int = 30_000 * _MS

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            ConfigError: If a word is none of those taken, or a bound is below 1.
        """
        for name, words in (("sampling", Sampling), ("flush", Flush)):
            if getattr(self, name) not in set(words):
                raise ConfigError(name, getattr(self, name), f"one of {', '.join(words)}")
        for name in ("max_waiting_spans", "work_every_ns", "shutdown_timeout_ns"):
            if getattr(self, name) < 1:
                raise ConfigError(name, getattr(self, name), "1 or more")
