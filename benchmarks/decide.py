"""What the default policy costs: noting a span, and deciding on a trace.

Run: python benchmarks/decide.py [traces]
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time_ns

from otel_agents.otlp.files import read
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.policies import PolicySet, TraceHead, default, load
from otel_agents.record import SpanRecord
from otel_agents.semconv import SamplingTrigger

CAPTURES = Path(__file__).parent.parent / "tests" / "contract" / "captures"

BUSY: dict[str, object] = {
    "policies": [
        {"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}},
        {"name": "slow", "type": "latency", "latency": {"threshold_ms": 10_000}},
        {
            "name": "tier",
            "type": "string_attribute",
            "string_attribute": {"key": "tier", "values": ["gold", "silver"]},
        },
        {
            "name": "route",
            "type": "ottl_condition",
            "ottl_condition": {
                "span": ['attributes["http.route"] == "/pay" and kind == SPAN_KIND_SERVER']
            },
        },
        {"name": "dear", "type": "cost", "cost": {"min_usd": 0.5}},
        {"name": "rate", "type": "rate_limiting", "rate_limiting": {"spans_per_second": 100}},
        {
            "name": "tenth",
            "type": "probabilistic",
            "probabilistic": {"sampling_percentage": 10},
        },
    ]
}
"""A block of seven policies, as one pastes it from a Collector."""


def best_us(rounds: int, work: Callable[[], int]) -> float:
    """Time CPU per unit of work, the best of some rounds; a shared machine only adds."""
    best = float("inf")
    for _ in range(rounds):
        started = process_time_ns()
        units = work()
        best = min(best, (process_time_ns() - started) / units / 1000)
    return best


def captured() -> list[tuple[SpanRecord, AgentSpan | None]]:
    """Return the spans of the captures, with what they say about agents."""
    normalize = Normalizer().normalize
    records = [record for path in sorted(CAPTURES.glob("*.traces.json")) for record in read(path)]
    return [(record, normalize(record)) for record in records]


class Load:
    """Traces of ten spans to note, and a routine trace to decide again and again."""

    def __init__(self, policies: PolicySet, traces: int) -> None:
        """Note a routine trace: nothing of it matches, so that every policy is asked."""
        self.policies = policies
        self.spans = captured()
        drawn = random.Random(7)
        self.heads = [TraceHead(drawn.getrandbits(128), span_count=10) for _ in range(traces)]
        self.routine = policies.score()
        for record, said in self.spans[:200]:
            if said is not None and not said.failed and not said.external:
                policies.observe(self.routine, record, said, 0.0001)

    def observe(self) -> int:
        """Note every captured span."""
        policies, score = self.policies, self.policies.score()
        for place, (record, said) in enumerate(self.spans):
            if place % 10 == 0:
                score = policies.score()
            policies.observe(score, record, said, 0.0001)
        return len(self.spans)

    def early(self) -> int:
        """Ask whether the trace can be kept at once."""
        for _ in self.heads:
            self.policies.early(self.routine)
        return len(self.heads)

    def decide(self) -> int:
        """Decide, a second later each time."""
        for second, head in enumerate(self.heads):
            self.policies.decide(self.routine, head, second * 10**9, SamplingTrigger.ROOT)
        return len(self.heads)


def main(traces: int) -> None:
    """Print the figures of the default policy and of a busy block."""
    for name, policies in (("default policy", default()), ("seven policies", load(BUSY))):
        load_of = Load(policies, traces)
        print(name)
        print(f"  observe, per span    {best_us(7, load_of.observe):6.2f} µs")
        print(f"  early, per trace     {best_us(7, load_of.early):6.2f} µs")
        print(f"  decide, per trace    {best_us(7, load_of.decide):6.2f} µs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
