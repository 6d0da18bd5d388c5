"""What counts as one thing, and to whom it belongs."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.counted import ModelCall
from otel_agents.pipeline.tally import Options
from otel_agents.record import Resource
from tests.trees import count, record, told, trace

CASES = {
    "one call is one call": (
        "chat gpt-4o in=42 out=7",
        ["call gpt-4o 42+7 @-"],
    ),
    "two layers that report one call are one call, told by the inner one": (
        """
        chat wrapped in=42
          chat gpt-4o in=42 out=7 id=r1
        """,
        ["call gpt-4o 42+7 ×2 @-"],
    ),
    "a step between two layers changes nothing": (
        """
        chat gpt-4o
          step
            workflow graph
              chat gpt-4o in=42 out=7
        """,
        ["call gpt-4o 42+7 ×2 @-"],
    ),
    "nested calls with ids that differ are two": (
        """
        chat router in=10 id=r1
          chat gpt-4o in=42 id=r2
        """,
        ["call router 10+0 @-", "call gpt-4o 42+0 @-"],
    ),
    "a layer without an id joins the first of two calls below it": (
        """
        chat wrapped
          chat gpt-4o in=1 id=r1
          chat gpt-4o in=2 id=r2
        """,
        ["call gpt-4o 1+0 ×2 @-", "call gpt-4o 2+0 @-"],
    ),
    "a wrapper without usage around calls with usage stands for them all": (
        """
        embeddings ada
          embeddings ada in=5
          embeddings ada !
          embeddings ada in=6
        """,
        ["call ada 5+0 ×3 @-", "call ada 6+0 @-"],
    ),
    "a wrapper that sums the calls below it is one call of that sum": (
        """
        chat gpt-4o in=11 out=2
          chat gpt-4o in=5 out=1
          chat gpt-4o in=6 out=1
        """,
        ["call gpt-4o 11+2 ×3 @-"],
    ),
    "a middle layer without an id does not hide that the ids differ": (
        """
        chat a in=1 id=r1
          chat b
            chat c in=2 id=r2
        """,
        ["call b 1+0 ×2 @-", "call c 2+0 @-"],
    ),
    "siblings with one id are two calls": (
        """
        agent a
          chat gpt-4o in=1 id=r1
          chat gpt-4o in=1 id=r1
        """,
        [
            "call gpt-4o 1+0 @a",
            "call gpt-4o 1+0 @a",
            "run 2 calls 0 tools 2 tokens (2/0 own) @a",
        ],
    ),
    "an agent between two calls keeps them apart": (
        """
        chat gpt-4o in=1
          agent a
            chat gpt-4o in=2
        """,
        [
            "call gpt-4o 1+0 @-",
            "call gpt-4o 2+0 @a",
            "run 1 calls 0 tools 2 tokens (1/0 own) @a",
        ],
    ),
    "a tool between two calls keeps them apart": (
        """
        chat gpt-4o in=1
          tool ask
            chat gpt-4o in=2
        """,
        ["call gpt-4o 1+0 @-", "call gpt-4o 2+0 @-", "tool ask @-"],
    ),
    "summed usage of a run is no call": (
        """
        agent a in=84 out=14
          chat gpt-4o in=42 out=7
        """,
        ["call gpt-4o 42+7 @a", "run 1 calls 0 tools 49 tokens (1/0 own) @a"],
    ),
    "success is told by the outer layer: a retry that worked is no failure": (
        """
        chat gpt-4o
          chat gpt-4o !
          chat gpt-4o in=42
        """,
        ["call gpt-4o 42+0 ×3 @-"],
    ),
    "a call that failed is a call": (
        "chat gpt-4o !",
        ["call gpt-4o 0+0 failed @-"],
    ),
    "a tool and its execution are one call": (
        """
        tool search call=c1
          tool search call=c1
        """,
        ["tool search ×2 @-"],
    ),
    "a tool that calls itself is two": (
        """
        tool search call=c1
          tool search call=c2
        """,
        ["tool search @-", "tool search @-"],
    ),
    "a layer of a tool without a name takes the name of the other": (
        """
        tool search
          tool
        """,
        ["tool search ×2 @-"],
    ),
    "the name that a server's prefix was put before is the same tool": (
        """
        tool mcp__web__search
          tool search
        """,
        ["tool mcp__web__search ×2 @-"],
    ),
    "a tool that uses another tool is two": (
        """
        tool research
          tool search
        """,
        ["tool research @-", "tool search @-"],
    ),
    "a tool that ends with the letters of another is another": (
        """
        tool research
          tool search
          tool earch
        """,
        ["tool research @-", "tool search @-", "tool earch @-"],
    ),
    "a tool that calls itself through an agent is two": (
        """
        tool ask
          agent helper
            tool ask
        """,
        [
            "tool ask @-",
            "tool ask @helper",
            "run 0 calls 1 tools 0 tokens (0/1 own) @helper",
        ],
    ),
    "an MCP call is an external tool call, once along client and server": (
        """
        tool query
          mcp method=tools/call
        """,
        ["tool query external ×2 @-"],
    ),
    "a tool with a request to another host is external": (
        """
        tool search
          step
            http host=example.org
        tool local
          http host=127.0.0.1
        """,
        ["tool search external @-", "tool local @-"],
    ),
    "a hand-off is no tool call": (
        """
        agent triage
          tool transfer_to_billing
        """,
        ["handoff billing @triage", "run 0 calls 0 tools 0 tokens (0/0 own) @triage"],
    ),
    "a run inside a run of the same agent is the same run": (
        """
        agent a
          workflow graph
            agent a
              chat gpt-4o in=1
        """,
        ["call gpt-4o 1+0 @a", "run 1 calls 0 tools 1 tokens (1/0 own) ×2 @a"],
    ),
    "runs of one agent with ids that differ are two": (
        """
        agent a agent_id=1
          agent a agent_id=2
        """,
        [
            "run 0 calls 0 tools 0 tokens (0/0 own) @a",
            "run 0 calls 0 tools 0 tokens (0/0 own) nested @a",
        ],
    ),
    "an agent used as a tool by itself is a nested run": (
        """
        agent a
          tool a
            agent a
        """,
        [
            "tool a @a",
            "run 0 calls 1 tools 0 tokens (0/1 own) @a",
            "run 0 calls 0 tools 0 tokens (0/0 own) nested @a",
        ],
    ),
    "totals of a run include nested runs, its own calls do not": (
        """
        agent boss
          chat gpt-4o in=1
          agent worker
            chat gpt-4o in=2
            tool search
        """,
        [
            "call gpt-4o 1+0 @boss",
            "call gpt-4o 2+0 @worker",
            "tool search @worker",
            "run 2 calls 1 tools 3 tokens (1/0 own) @boss",
            "run 1 calls 1 tools 2 tokens (1/1 own) nested @worker",
        ],
    ),
    "a call belongs to the agent that it names": (
        """
        agent a
          chat gpt-4o agent=b
        """,
        ["call gpt-4o 0+0 @b", "run 1 calls 0 tools 0 tokens (1/0 own) @a"],
    ),
    "a workflow is no run": (
        """
        workflow graph
          chat gpt-4o
        """,
        ["call gpt-4o 0+0 @-"],
    ),
}


@pytest.mark.parametrize(("drawing", "expected"), CASES.values(), ids=list(CASES))
def test_counts(drawing: str, expected: list[str]) -> None:
    assert told(count(trace(drawing))) == expected


@pytest.mark.parametrize("drawing", [drawing for drawing, _ in CASES.values()], ids=list(CASES))
@given(seed=st.integers(0, 2**32))
def test_the_order_of_arrival_changes_nothing(drawing: str, seed: int) -> None:
    records = trace(drawing)
    expected = told(count(records))
    random.Random(seed).shuffle(records)

    assert told(count(records)) == expected


def test_a_call_without_an_agent_belongs_to_the_main_agent_of_its_resource() -> None:
    resource = Resource({"gen_ai.main_agent.name": "main"})
    drawing = """
    chat gpt-4o
    agent a
      chat gpt-4o
    """

    owners = [c.owner.agent for c in count(trace(drawing, resource=resource))]

    assert owners == ["main", "a", "a"]


def test_group_tenant_and_conversation_pass_from_a_run_to_its_calls() -> None:
    drawing = """
    agent a group=g tenant=t conversation=c
      workflow step
        chat gpt-4o
    """

    owner = count(trace(drawing))[0].owner

    assert (owner.group, owner.tenant, owner.conversation) == ("g", "t", "c")


def test_a_run_passes_the_group_of_its_own_resource_on_to_another_service() -> None:
    run, call = trace(
        """
        agent a
          chat gpt-4o
        """
    )
    run.resource = Resource({"otel_agents.agent.group": "support"})
    call.resource = Resource({"otel_agents.agent.group": "gateway"})

    owners = [c.owner.group for c in count([call, run])]

    assert owners == ["support", "support"]


def test_a_cycle_of_parents_is_cut() -> None:
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
    records = [
        record(attributes, span_id=1, parent_id=3),
        record({}, span_id=2, parent_id=1),
        record(attributes, span_id=3, parent_id=2),
        record(attributes, span_id=4, parent_id=4),
        record({}, span_id=5, parent_id=6),
        record({}, span_id=6, parent_id=5),
        record(attributes, span_id=7, parent_id=6),
    ]

    calls = count(records)

    assert [c.layers for c in calls if isinstance(c, ModelCall)] == [2, 1, 1]


def test_a_chain_of_100_000_spans_is_counted() -> None:
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
    records = [record(attributes, span_id=n, parent_id=n - 1) for n in range(1, 100_001)]

    options = Options(delay_ns=None, max_bytes=2**30)

    assert [c.layers for c in count(records, options=options)] == [100_000]


def test_a_cycle_of_parents_is_cut_at_the_same_place_in_any_order() -> None:
    chat = {"gen_ai.operation.name": "chat"}
    first = record({**chat, "gen_ai.request.model": "a"}, span_id=1, parent_id=2)
    second = record({**chat, "gen_ai.request.model": "b"}, span_id=2, parent_id=3)
    third = record({**chat, "gen_ai.request.model": "c"}, span_id=3, parent_id=1)
    below = record({**chat, "gen_ai.request.model": "d"}, span_id=4, parent_id=2)

    told_by_order = {
        tuple(told(count(list(order))))
        for order in itertools.permutations([first, second, third, below])
    }

    assert len(told_by_order) == 1
