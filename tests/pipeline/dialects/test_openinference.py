"""Spans of OpenInference's instrumentations, whose kinds mislead."""

import json

import pytest

from otel_agents.record import StatusCode, Value
from tests.readings import capture, counted, reading, readings, spoken, tokens

PREFIX = "openinference.instrumentation."


def metadata(**values: str) -> dict[str, Value]:
    return {"metadata": json.dumps(values)}


CREATE = "langchain_create_agent"
KINDS: dict[str, tuple[tuple[str, str], str, dict[str, Value], int, tuple[str, str | None]]] = {
    "a chain is a workflow at the root": (("x", "CHAIN"), "X.kickoff", {}, 0, ("workflow", None)),
    "a chain below is a step": (("x", "CHAIN"), "Step 1", {}, 1, ("other", None)),
    "an embedding": (("openai", "EMBEDDING"), "CreateEmbeddings", {}, 0, ("inference", None)),
    "a retriever": (("langchain", "RETRIEVER"), "r", {}, 1, ("retrieval", None)),
    "a reranker is no call": (("x", "RERANKER"), "r", {}, 1, ("other", None)),
    "a guardrail is no call": (("x", "GUARDRAIL"), "g", {}, 1, ("other", None)),
    "an agent by its own word": (
        ("openai_agents", "AGENT"),
        "triage",
        {"agent.name": "triage", "graph.node.id": "triage"},
        1,
        ("agent", "triage"),
    ),
    "an agent that names none is the workflow": (
        ("openai_agents", "AGENT"),
        "wf",
        {},
        0,
        ("workflow", None),
    ),
    "a tool that the kind calls an agent": (
        ("langchain", "AGENT"),
        "ask_agent",
        {"tool.name": "ask_agent"},
        1,
        ("tool", None),
    ),
    "a graph of an agent, whatever its kind": (
        ("langchain", "CHAIN"),
        "triage",
        metadata(ls_integration=CREATE, lc_agent_name="triage", langgraph_node="triage"),
        1,
        ("agent", "triage"),
    ),
    "a graph of an agent without a name": (
        ("langchain", "CHAIN"),
        "LangGraph",
        metadata(ls_integration=CREATE),
        0,
        ("agent", "LangGraph"),
    ),
    "a node of it, though called agent": (
        ("langchain", "AGENT"),
        "agent",
        metadata(ls_integration=CREATE, lc_agent_name="triage", langgraph_node="agent"),
        1,
        ("other", None),
    ),
    "the node that holds a graph": (
        ("langchain", "AGENT"),
        "my_agent",
        metadata(ls_integration="langgraph", langgraph_node="my_agent"),
        1,
        ("other", None),
    ),
    "a graph of somebody's own that is called agent": (
        ("langchain", "AGENT"),
        "my_agent",
        metadata(ls_integration="langgraph"),
        0,
        ("agent", "my_agent"),
    ),
    "LlamaIndex's preparation is no call": (
        ("llama_index", "LLM"),
        "OpenAI._prepare_chat_with_tools",
        {"llm.model_name": "gpt-4o"},
        1,
        ("other", None),
    ),
    "LlamaIndex's call": (("llama_index", "LLM"), "OpenAI.achat", {}, 1, ("inference", None)),
    "LlamaIndex's agent": (
        ("llama_index", "CHAIN"),
        "FunctionAgent.run",
        {},
        0,
        ("agent", "FunctionAgent"),
    ),
    "LlamaIndex's workflow": (
        ("llama_index", "CHAIN"),
        "AgentWorkflow.run",
        {},
        0,
        ("workflow", None),
    ),
    "Haystack's agent": (("haystack", "CHAIN"), "Agent.run", {}, 1, ("agent", "Agent")),
    "DSPy's agent": (("dspy", "CHAIN"), "ReAct.forward", {}, 0, ("agent", "ReAct")),
    "CrewAI's agent": (
        ("crewai", "AGENT"),
        "boss.t1._execute_core",
        {"graph.node.id": "boss"},
        1,
        ("agent", "boss"),
    ),
    "Agno's agent, whose node has a random id": (
        ("agno", "AGENT"),
        "member.run",
        {"graph.node.id": "0f3a", "graph.node.name": "member"},
        1,
        ("agent", "member"),
    ),
    "smolagents' agent": (("smolagents", "AGENT"), "boss.run", {}, 0, ("agent", "boss")),
}


@pytest.mark.parametrize(
    ("spoken_by", "name", "attributes", "parent_id", "says"), KINDS.values(), ids=list(KINDS)
)
def test_what_a_span_is(
    spoken_by: tuple[str, str],
    name: str,
    attributes: dict[str, Value],
    parent_id: int,
    says: tuple[str, str | None],
) -> None:
    scope, kind = spoken_by
    attributes = {"openinference.span.kind": kind, **attributes}
    read = reading(
        spoken(PREFIX + scope, attributes, name=name, parent_id=parent_id), "openinference"
    )

    assert (read["role"], read.get("agent")) == says


HANDOFFS: list[tuple[str, str, dict[str, Value], str]] = [
    (
        "openai_agents",
        "handoff to expert",
        {"input.value": "triage", "output.value": "expert"},
        "expert",
    ),
    (
        "llama_index",
        "FunctionTool.acall",
        {"tool.name": "handoff", "input.value": '{"kwargs": {"to_agent": "expert"}}'},
        "expert",
    ),
    ("langchain", "transfer_to_expert", {"tool.name": "transfer_to_expert"}, "expert"),
]


@pytest.mark.parametrize(("scope", "name", "attributes", "target"), HANDOFFS)
def test_hand_offs(scope: str, name: str, attributes: dict[str, Value], target: str) -> None:
    attributes = {"openinference.span.kind": "TOOL", **attributes}
    says = reading(spoken(PREFIX + scope, attributes, name=name), "openinference")

    assert (says["role"], says["handoff_to"]) == ("handoff", target)


CALL: dict[str, Value] = {
    "openinference.span.kind": "LLM",
    "llm.provider": "anthropic",
    "llm.invocation_parameters": '{"model": "claude-sonnet-4-5"}',
    "llm.model_name": "claude-sonnet-4-5-20250929",
    "llm.token_count.prompt": 27,
    "llm.token_count.completion": 7,
    "llm.token_count.prompt_details.cache_read": 10,
    "llm.token_count.prompt_details.cache_write": 5,
    "llm.token_count.completion_details.reasoning": 3,
    "session.id": "s1",
}


def test_a_call() -> None:
    assert reading(spoken(f"{PREFIX}anthropic", CALL), "openinference") == {
        "role": "inference",
        "operation": "chat",
        "provider": "anthropic",
        "request_model": "claude-sonnet-4-5",
        "response_model": "claude-sonnet-4-5-20250929",
        "conversation": "s1",
        "input_tokens": 27,
        "output_tokens": 7,
        "cache_read_input_tokens": 10,
        "cache_write_input_tokens": 5,
        "reasoning_output_tokens": 3,
    }


@pytest.mark.parametrize(
    ("scope", "provider", "input_tokens"),
    [("agno", "Anthropic", 42), ("agno", "OpenAI", 27), ("anthropic", "anthropic", 27)],
)
def test_agno_leaves_out_what_anthropic_cached(
    scope: str, provider: str, input_tokens: int
) -> None:
    record = spoken(PREFIX + scope, {**CALL, "llm.provider": provider})

    assert tokens(record, "openinference") == (input_tokens, 7, 10, 5, 3)


def test_an_error_is_named_by_the_exception() -> None:
    tool: dict[str, Value] = {"openinference.span.kind": "TOOL"}
    record = spoken(
        f"{PREFIX}dspy",
        tool,
        name="get_weather.__call__",
        status=StatusCode.ERROR,
        raised="ValueError",
    )

    assert reading(record, "openinference") == {
        "role": "tool",
        "operation": "execute_tool",
        "tool": "get_weather",
        "failed": True,
        "error_type": "ValueError",
    }


def test_a_team_that_hands_over() -> None:
    traces = counted(capture("langgraph__openinference-teams"))

    assert [line for lines in traces for line in lines if "handoff" in line] == [
        "handoff expert @triage",
        "handoff expert @triage_agent",
    ]
    assert traces[-1][-2:] == [
        "run 4 calls 2 tools 196 tokens (2/1 own) @outer",
        "run 2 calls 1 tools 98 tokens (2/1 own) nested @inner_agent",
    ]


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("dspy__openinference+litellm+openai", 3),
        ("crewai__openinference+litellm+openai", 2),
        ("smolagents__openinference+openai", 2),
        ("agno__openinference+openai", 2),
        ("llama-index__openinference+openai", 2),
        ("autogen__openinference+openai", 2),
    ],
)
def test_a_call_in_layers_is_one(name: str, layers: int) -> None:
    calls = [line for lines in counted(capture(name)) for line in lines if "call gpt-4o 42" in line]

    assert all(f"×{layers}" in call for call in calls)
    assert calls


@pytest.mark.parametrize(
    "name",
    [
        "langgraph__openinference-teams",
        "openai-agents__openinference+openai",
        "crewai__openinference+openai",
        "llama-index__openinference+openai",
        "smolagents__openinference+openai",
        "dspy__openinference+litellm+openai",
        "agno__openinference+openai",
        "haystack__openinference+openai",
        "autogen__openinference+openai",
        "bedrock__openinference",
    ],
)
def test_saying_it_twice_adds_nothing(name: str) -> None:
    assert readings(name, "openinference")
