"""Spans of the scope that two packages share, Traceloop's and OpenTelemetry's."""

import pytest

from otel_agents.record import SpanKind, Value
from tests.readings import capture, counted, reading, readings, spoken

SCOPE = "opentelemetry.instrumentation.openai_agents"
DEFAULTS: dict[str, Value] = {
    "gen_ai.system": "openai",
    "gen_ai.provider.name": "openai",
    "gen_ai.agent.name": "OpenAI Agent",
    "gen_ai.agent.id": "agent",
}

CASES: dict[str, tuple[str, int, dict[str, Value], dict[str, object]]] = {
    "the whole workflow is called an agent": (
        "wf",
        SpanKind.SERVER,
        {"gen_ai.operation.name": "invoke_agent"},
        {"role": "workflow", "operation": "invoke_workflow"},
    ),
    "a run has a name and an id that is none": (
        "invoke_agent triage",
        SpanKind.CLIENT,
        {"gen_ai.operation.name": "invoke_agent", **DEFAULTS, "gen_ai.agent.name": "triage"},
        {"role": "agent", "operation": "invoke_agent", "agent": "triage"},
    ),
    "an id that somebody gave is one": (
        "invoke_agent triage",
        SpanKind.CLIENT,
        {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": "triage",
            "gen_ai.agent.id": "a7",
        },
        {"role": "agent", "operation": "invoke_agent", "agent": "triage", "agent_id": "a7"},
    ),
    "a task or turn is nothing": (
        "unknown",
        SpanKind.INTERNAL,
        {"gen_ai.operation.name": "unknown", **DEFAULTS},
        {"role": "other", "operation": "unknown"},
    ),
    "a call of nobody": (
        "chat gpt-4o",
        SpanKind.CLIENT,
        {"gen_ai.operation.name": "chat", **DEFAULTS, "gen_ai.usage.input_tokens": 42},
        {"role": "inference", "operation": "chat", "provider": "openai", "input_tokens": 42},
    ),
    "a hand-off": (
        "agent_handoff OpenAI Agent",
        SpanKind.INTERNAL,
        {
            "gen_ai.operation.name": "agent_handoff",
            **DEFAULTS,
            "gen_ai.handoff.to_agent": "expert",
        },
        {"role": "handoff", "operation": "handoff", "handoff_to": "expert"},
    ),
    "Traceloop's run": (
        "triage.agent",
        SpanKind.INTERNAL,
        {
            "gen_ai.operation.name": "invoke_agent",
            "traceloop.span.kind": "agent",
            "gen_ai.agent.name": "triage",
        },
        {"role": "agent", "operation": "invoke_agent", "agent": "triage"},
    ),
    "Traceloop's workflow": (
        "Agent Workflow",
        SpanKind.INTERNAL,
        {"traceloop.span.kind": "workflow", "traceloop.workflow.name": "Agent Workflow"},
        {"role": "workflow", "operation": "invoke_workflow", "workflow": "Agent Workflow"},
    ),
    "Traceloop's hand-off": (
        "triage → expert.handoff",
        SpanKind.INTERNAL,
        {"gen_ai.operation.name": "handoff", "traceloop.span.kind": "handoff"},
        {"role": "handoff", "operation": "handoff", "handoff_to": "expert"},
    ),
    "Traceloop's hand-off to nobody knows whom": (
        "triage → unknown.handoff",
        SpanKind.INTERNAL,
        {"gen_ai.operation.name": "handoff", "traceloop.span.kind": "handoff"},
        {"role": "handoff", "operation": "handoff"},
    ),
}


@pytest.mark.parametrize(("name", "kind", "attributes", "says"), CASES.values(), ids=list(CASES))
def test_reads(name: str, kind: int, attributes: dict[str, Value], says: dict[str, object]) -> None:
    assert reading(spoken(SCOPE, attributes, name=name, kind=kind), "openai-agents") == says


@pytest.mark.parametrize(
    ("name", "model", "layers", "target"),
    [
        ("openai-agents__openllmetry+openai", "gpt-4o", " ×2", "?"),
        ("openai-agents__openai-agents-v2", "gpt-4o-2024-08-06", "", "weather_agent"),
    ],
)
def test_a_hand_off_is_told_by_both(name: str, model: str, layers: str, target: str) -> None:
    told = next(lines for lines in counted(capture(name)) if any("handoff" in x for x in lines))

    assert told == [
        f"call {model} 42+7{layers} @triage",
        f"call {model} 42+7{layers} @weather_agent",
        f"handoff {target} @triage",
        "run 1 calls 0 tools 49 tokens (1/0 own) @triage",
        "run 1 calls 0 tools 49 tokens (1/0 own) @weather_agent",
    ]


@pytest.mark.parametrize(
    "name", ["openai-agents__openllmetry+openai", "openai-agents__openai-agents-v2"]
)
def test_saying_it_twice_adds_nothing(name: str) -> None:
    assert readings(name, "openai-agents")
