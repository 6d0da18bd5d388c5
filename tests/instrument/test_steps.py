"""Decisions, hand-offs and escalations, as they are told and as they count."""

import pytest

from otel_agents.instrument import agent, decision, escalate, handoff
from otel_agents.pipeline.counted import Decision
from otel_agents.pipeline.noted import notes
from tests.instrument.told import Told, lines


def test_a_decision_says_its_type_and_its_number_in_the_run(told: Told) -> None:
    with agent("triage"):
        for kind in ("plan", "route"):
            with decision(kind):
                pass
        with agent("clerk"), decision("tool") as choice:
            choice.tool("search")

    depths = [told.span(f"decision {kind}").get("otel_agents.decision.depth") for kind in KINDS]
    decisions = [item for item in told.counted() if isinstance(item, Decision)]
    assert depths == [0, 1, 0]
    assert [(item.type, item.owner.agent) for item in decisions] == [
        ("plan", "triage"),
        ("route", "triage"),
        ("tool", "clerk"),
    ]
    assert told.span("decision tool")["gen_ai.tool.name"] == "search"
    made = [event for event in told.events() if event.startswith("otel_agents.decision.made")]
    assert [event.removeprefix("otel_agents.decision.made on ") for event in made] == [
        "decision plan: name=triage group=none type=plan depth=0",
        "decision route: name=triage group=none type=route depth=1",
        "decision tool: name=clerk group=none type=tool depth=0 name=search",
    ]


KINDS = ("plan", "route", "tool")


def test_a_decision_that_something_stopped_was_not_made(told: Told) -> None:
    with pytest.raises(OSError, match=r"^$"), decision("answer", tool="search"):
        raise OSError

    assert told.tree() == "decision answer ERROR error=OSError"
    assert told.events() == []


def test_a_hand_off_counts_and_holds_the_other_agents_run(told: Told) -> None:
    with agent("triage", conversation="c1"), handoff("billing"), agent("billing"):
        pass

    assert told.tree() == lines("""
        invoke_agent triage
          handoff billing
            invoke_agent billing
    """)
    assert told.counts() == [
        "handoff billing @triage",
        "run 0 calls 0 tools 0 tokens (0/0 own) @triage",
        "run 0 calls 0 tools 0 tokens (0/0 own) nested @billing",
    ]
    assert told.span("handoff billing") == {
        "gen_ai.operation.name": "handoff",
        "gen_ai.agent.name": "triage",
        "gen_ai.conversation.id": "c1",
        "otel_agents.handoff.to": "billing",
    }


def test_an_escalation_lasts_until_the_answer_and_is_noted(told: Told) -> None:
    with agent("triage", group="desk"), escalate("approval_needed"):
        pass
    record = next(record for record in told.records() if record.name.startswith("escalation"))
    noted = [
        (note.instrument.name, note.group, note.agent)
        for note in notes(record, told.read()[record.name])
    ]

    assert noted == [("otel_agents.escalations", "desk", "triage")]
    assert told.span(record.name)["otel_agents.escalation.reason"] == "approval_needed"
