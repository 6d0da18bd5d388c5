"""How a dialect's tables become look-ups."""

from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.record import SpanRecord
from tests.trees import record


def normalized(span: SpanRecord) -> AgentSpan:
    found = Normalizer().normalize(span)
    assert found is not None
    return found


def test_a_long_name_is_cut() -> None:
    span = record({"gen_ai.operation.name": "chat", "gen_ai.agent.name": "x" * 5000})

    assert normalized(span).agent == "x" * 1024
