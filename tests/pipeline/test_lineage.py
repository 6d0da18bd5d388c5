"""Where a span of an agent stands among its ancestors."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.counted import Owner
from otel_agents.pipeline.lineage import NOBODY, Lineage, Place
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.record import Resource, SpanRecord
from tests.trees import record, trace

NORMALIZE = Normalizer().normalize


def lineage(records: list[SpanRecord]) -> Lineage:
    said = {span.span_id: NORMALIZE(span) for span in records}
    spans = {span_id: span for span_id, span in said.items() if span is not None}
    return Lineage({span.span_id: span.parent_id for span in records}, spans)


def name(span: AgentSpan) -> str:
    return span.agent or span.request_model or span.tool or span.workflow or "?"


def around(drawing: str) -> dict[str, str]:
    """What encloses each span: its run, and its call, tool or agent with nothing between."""
    told = {}
    for place in lineage(trace(drawing)).top_down():
        near = {"call": place.call, "tool": place.tool, "agent": place.agent, "run": place.run}
        words = [f"{word} {name(above.span)}" for word, above in near.items() if above]
        told[name(place.span)] = ", ".join(words)
    return told


TREE = """
agent a
  chat m
    step
      chat n
        tool t
          tool u
            agent b
              workflow w
                chat o
"""


def test_what_encloses_a_span_up_to_the_next_boundary() -> None:
    assert around(TREE) == {
        "a": "",
        "m": "agent a, run a",
        "n": "call m, run a",
        "t": "call n, run a",
        "u": "tool t, run a",
        "b": "tool u, run a",
        "w": "agent b, run b",
        "o": "agent b, run b",
    }


def test_a_span_is_as_deep_as_it_has_ancestors_about_agents() -> None:
    depths = {name(p.span): p.depth for p in lineage(trace(TREE)).top_down()}

    assert list(depths.values()) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert depths["n"] == 2


OWNERS = {
    "nobody": ("chat m", Owner()),
    "the agent around": ("agent a\n  chat m", Owner("a")),
    "the nearest agent": ("agent a\n  agent b\n    chat m", Owner("b")),
    "the agent that the call names": ("agent a\n  chat m agent=c", Owner("c")),
    "a run names the rest": (
        "agent a group=g tenant=t conversation=c\n  chat m",
        Owner("a", "g", "t", "c"),
    ),
    "a nested run inherits the rest": (
        "agent a group=g tenant=t conversation=c\n  agent b\n    chat m",
        Owner("b", "g", "t", "c"),
    ),
    "a nested run may belong elsewhere": (
        "agent a group=g tenant=t\n  agent b group=h tenant=u\n    chat m",
        Owner("b", "h", "u"),
    ),
    "a call speaks for itself": (
        "agent a group=g\n  chat m group=h tenant=u conversation=d",
        Owner("a", "h", "u", "d"),
    ),
    "a workflow passes its conversation on": (
        "workflow w conversation=c\n  chat m",
        Owner(conversation="c"),
    ),
}


@pytest.mark.parametrize(("drawing", "owner"), OWNERS.values(), ids=list(OWNERS))
def test_to_whom_a_call_belongs(drawing: str, owner: Owner) -> None:
    places = lineage(trace(drawing)).places

    assert places[max(places)].owner == owner


def test_what_a_call_says_of_itself_is_not_said_of_the_calls_below_it() -> None:
    places = lineage(trace("agent a\n  chat m agent=b group=g\n    chat n")).places

    assert [places[span_id].owner[:2] for span_id in (1, 2, 3)] == [
        ("a", ""),
        ("b", "g"),
        ("a", ""),
    ]


def test_the_resource_speaks_where_no_span_does() -> None:
    resource = Resource(
        {
            "gen_ai.main_agent.name": "main",
            "otel_agents.agent.group": "g",
            "otel_agents.tenant": "t",
        }
    )

    assert lineage(trace("chat m", resource=resource)).places[1].owner == Owner("main", "g", "t")


def test_spans_that_inherit_everything_share_one_owner() -> None:
    places = lineage(trace("agent a\n  workflow w\n    chat m")).places

    assert places[1].owner is places[3].owner
    assert lineage(trace("chat m")).places[1].owner is NOBODY


def test_the_nearest_span_about_agents_is_found_through_others() -> None:
    found = lineage(trace("agent a\n  step\n    step\n      step")).at_or_above(4)

    assert found is not None
    assert found.agent == "a"


@pytest.mark.parametrize("span_id", [0, 2, 99])
def test_above_a_root_or_the_unknown_there_is_nothing(span_id: int) -> None:
    assert lineage(trace("agent a") + trace("step\nstep")[1:]).at_or_above(span_id) is None


def test_a_parent_that_never_came_makes_a_root() -> None:
    orphan = record({"gen_ai.operation.name": "chat"}, span_id=1, parent_id=77)

    assert lineage([orphan]).places[1].depth == 0


@given(st.lists(st.integers(0, 9), min_size=1, max_size=9), st.integers(0, 2**32))
def test_every_span_has_its_place_whatever_the_parents(parents: list[int], seed: int) -> None:
    chat = {"gen_ai.operation.name": "chat"}
    records = [
        record(chat if parent % 2 else {}, span_id=number, parent_id=parent)
        for number, parent in enumerate(parents, 1)
    ]
    random.Random(seed).shuffle(records)
    found = lineage(records)

    assert len(found.places) == sum(parent % 2 for parent in parents)
    assert all(0 <= place.depth < 9 for place in found.top_down())


@given(st.lists(st.integers(0, 8), min_size=2, max_size=9), st.integers(0, 2**32))
def test_the_order_of_arrival_changes_no_place(parents: list[int], seed: int) -> None:
    records = [
        record({"gen_ai.operation.name": "chat"}, span_id=number, parent_id=parent % number)
        for number, parent in enumerate(parents, 1)
    ]
    drawn = [describe(place) for place in lineage(records).top_down()]
    random.Random(seed).shuffle(records)

    assert [describe(place) for place in lineage(records).top_down()] == drawn


def describe(place: Place) -> tuple[int, int, int]:
    return place.span.span_id, place.depth, place.call.span.span_id if place.call else 0


def test_a_nested_run_of_another_service_has_its_group_and_works_for_the_same_customer() -> None:
    run, nested = trace("agent a group=g tenant=t\n  agent b")
    nested.resource = Resource({"otel_agents.agent.group": "h", "otel_agents.tenant": "u"})

    assert lineage([run, nested]).places[2].owner == Owner("b", "h", "t")
