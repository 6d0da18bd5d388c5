"""Spans of Traceloop's instrumentations, old and new."""

import pytest

from otel_agents.record import Value
from tests.readings import capture, counted, reading, readings, spoken, tokens

PREFIX = "opentelemetry.instrumentation."
LANGCHAIN = "traceloop.association.properties."
TASK: dict[str, Value] = {
    "gen_ai.operation.name": "execute_task",
    "traceloop.span.kind": "task",
    f"{LANGCHAIN}ls_integration": "langchain_create_agent",
    f"{LANGCHAIN}lc_agent_name": "expert",
}
RUN: dict[str, Value] = {"gen_ai.operation.name": "invoke_agent"}

CASES: dict[str, tuple[str, str, dict[str, Value], str, str | None]] = {
    "a graph's announcement": (
        "langchain",
        "invoke_agent x",
        {**RUN, "gen_ai.agent.name": "x"},
        "other",
        "x",
    ),
    "a graph's run": (
        "langchain",
        "x.workflow",
        {**RUN, "traceloop.span.kind": "workflow", "gen_ai.agent.name": "x"},
        "agent",
        "x",
    ),
    "a graph inside another": (
        "langchain",
        "execute_task expert",
        {**TASK, "traceloop.entity.name": "expert"},
        "agent",
        "expert",
    ),
    "a graph without a name inside another": (
        "langchain",
        "execute_task LangGraph",
        {
            **TASK,
            f"{LANGCHAIN}lc_agent_name": None,
            "traceloop.entity.name": "LangGraph",
        },
        "agent",
        "LangGraph",
    ),
    "a node of it": (
        "langchain",
        "execute_task model",
        {**TASK, "traceloop.entity.name": "model"},
        "other",
        None,
    ),
    "the node that holds a graph": (
        "langchain",
        "execute_task expert",
        {
            **TASK,
            f"{LANGCHAIN}ls_integration": "langgraph",
            f"{LANGCHAIN}lc_agent_name": None,
            "traceloop.entity.name": "expert",
        },
        "other",
        None,
    ),
    "where a graph goes next": (
        "langchain",
        "goto expert",
        {"gen_ai.operation.name": "goto"},
        "other",
        None,
    ),
    "a crew": ("crewai.instrumentation", "crewai.workflow", RUN, "workflow", None),
    "a crew's task": (
        "crewai.instrumentation",
        "do it.task",
        {**RUN, "traceloop.span.kind": "task"},
        "other",
        None,
    ),
    "a crew's agent": (
        "crewai.instrumentation",
        "boss.agent",
        {**RUN, "traceloop.span.kind": "agent", "gen_ai.agent.name": "boss"},
        "agent",
        "boss",
    ),
    "LlamaIndex's agent": (
        "llamaindex",
        "FunctionAgent.workflow",
        {"traceloop.span.kind": "workflow", "traceloop.entity.name": "FunctionAgent.workflow"},
        "agent",
        "FunctionAgent",
    ),
    "LlamaIndex's workflow": (
        "llamaindex",
        "AgentWorkflow.workflow",
        {"traceloop.span.kind": "workflow"},
        "workflow",
        None,
    ),
    "LlamaIndex's tool": (
        "llamaindex",
        "BaseWorkflowAgent.task",
        {"traceloop.span.kind": "task", "tool.name": "get_weather"},
        "tool",
        None,
    ),
    "LlamaIndex's hand-off": (
        "llamaindex",
        "AgentWorkflow.task",
        {"traceloop.span.kind": "task", "tool.name": "handoff"},
        "handoff",
        None,
    ),
    "an agent that names no operation": (
        "agno",
        "member.agent",
        {"traceloop.span.kind": "agent", "traceloop.entity.name": "member"},
        "agent",
        "member",
    ),
    "a call that names a type": (
        "openai.v1",
        "openai.chat",
        {"llm.request.type": "chat"},
        "inference",
        None,
    ),
    "ranking is no call": (
        "cohere",
        "cohere.rerank",
        {"llm.request.type": "rerank"},
        "other",
        None,
    ),
}


@pytest.mark.parametrize(
    ("scope", "name", "attributes", "role", "agent"), CASES.values(), ids=list(CASES)
)
def test_what_a_span_is(
    scope: str, name: str, attributes: dict[str, Value], role: str, agent: str | None
) -> None:
    says = reading(spoken(PREFIX + scope, attributes, name=name), "openllmetry")

    assert (says["role"], says.get("agent")) == (role, agent)


def test_a_call_of_version_0_40() -> None:
    call: dict[str, Value] = {
        "llm.request.type": "completion",
        "gen_ai.system": "Anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.usage.prompt_tokens": 42,
        "gen_ai.usage.completion_tokens": 7,
        "gen_ai.usage.cache_read_input_tokens": 10,
        "gen_ai.usage.cache_creation_input_tokens": 5,
    }

    assert reading(spoken(f"{PREFIX}anthropic", call), "openllmetry") == {
        "role": "inference",
        "operation": "text_completion",
        "provider": "anthropic",
        "request_model": "claude-sonnet-4-5",
        "input_tokens": 42,
        "output_tokens": 7,
        "cache_read_input_tokens": 10,
        "cache_write_input_tokens": 5,
    }


@pytest.mark.parametrize(
    ("scope", "provider", "input_tokens"),
    [
        ("bedrock", "aws.bedrock", 42),
        ("llamaindex", "Anthropic", 42),
        ("llamaindex", "openai", 27),
        ("anthropic", "anthropic", 27),
    ],
)
def test_which_counts_leave_out_what_was_cached(
    scope: str, provider: str, input_tokens: int
) -> None:
    call: dict[str, Value] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.usage.input_tokens": 27,
        "gen_ai.usage.cache_read.input_tokens": 10,
        "gen_ai.usage.cache_creation.input_tokens": 5,
        "gen_ai.usage.reasoning_tokens": 3,
    }

    assert tokens(spoken(PREFIX + scope, call), "openllmetry") == (input_tokens, None, 10, 5, 3)


def test_what_nested_graphs_do_is_theirs() -> None:
    *_, team = counted(capture("langgraph__openllmetry-teams"))

    assert team == [
        "call gpt-4o 42+7 @triage",
        "call gpt-4o 42+7 @expert",
        "handoff expert @triage",
        "run 2 calls 0 tools 98 tokens (0/0 own) @team",
        "run 1 calls 0 tools 49 tokens (1/0 own) nested @triage",
        "run 1 calls 0 tools 49 tokens (1/0 own) nested @expert",
    ]


def test_an_agent_that_the_crew_runs_again_is_one_run() -> None:
    failed = counted(capture("crewai__openllmetry+openai"))[1]

    assert failed == [
        *["call gpt-4o 0+0 failed @weather_agent"] * 3,
        "run 3 calls 0 tools 0 tokens (3/0 own) failed ×3 @weather_agent",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "langgraph__openllmetry-teams",
        "crewai__openllmetry+openai",
        "llama-index__openllmetry+openai",
        "agno__openllmetry+openai",
        "openai+anthropic-sdk__openllmetry-0.40",
        "bedrock__openllmetry",
    ],
)
def test_saying_it_twice_adds_nothing(name: str) -> None:
    assert readings(name, "openllmetry")
