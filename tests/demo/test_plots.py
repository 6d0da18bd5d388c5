"""What happens in each group, drawn as the spans that tell of it."""

from collections import Counter

import pytest

from otel_agents.demo import fleet
from otel_agents.demo.fleet import Group
from otel_agents.demo.plots import CIRCLE_STEPS, TASK_TYPES, play
from otel_agents.demo.voices import Task
from tests.demo.rehearsal import START_NS, Rehearsal


def played(group: Group, kind: str, seed: str = "1", *, astray: bool = False) -> list[str]:
    rehearsal = Rehearsal(seed)
    play(group, rehearsal.stage, Task(kind, "acme", "conv-1", START_NS), astray=astray)
    return rehearsal.tree()


def above_the_calls(lines: list[str]) -> list[str]:
    """The tree without models, tools of the agents' own, and look-ups."""
    own = ("chat ", "ChatModel", "retrieval ", "GET", "tools/call ")
    names = {tool.name for group in fleet.FLEET for agent in group.agents for tool in agent.tools}
    return [
        line
        for line in lines
        if not line.lstrip().startswith(own) and not names & set(line.split())
    ]


@pytest.mark.parametrize(
    ("group", "kind", "shape"),
    [
        (fleet.SUPPORT, "question", ["invoke_workflow support-desk", "  invoke_agent triage"]),
        (
            fleet.SUPPORT,
            "refund",
            [
                "invoke_workflow support-desk",
                "  invoke_agent triage",
                "    handoff billing",
                "  invoke_agent billing",
            ],
        ),
        (
            fleet.SUPPORT,
            "device-trouble",
            [
                "invoke_workflow support-desk",
                "  invoke_agent triage",
                "    handoff tech-support",
                "  invoke_agent tech-support",
            ],
        ),
        (fleet.OPERATIONS, "log-digest", ["invoke_agent log-analyst"]),
    ],
)
def test_a_task_goes_its_way_through_the_group(group: Group, kind: str, shape: list[str]) -> None:
    assert above_the_calls(played(group, kind)) == shape


def test_a_planner_uses_agents_as_tools() -> None:
    lines = above_the_calls(played(fleet.RESEARCH, "fact-check"))
    pair = ["    ask_web_researcher", "      web-researcher"]
    asked = lines.count(pair[0])

    assert lines == ["report", "  planner", *pair * asked, "    ask_writer", "      writer"]
    assert asked in (1, 2, 3)


def test_a_researcher_that_goes_astray_does_so_until_the_limit_and_the_planner_gives_up() -> None:
    lines = Counter(line.split(" !")[0] for line in played(fleet.RESEARCH, "x", astray=True))

    assert lines["        ChatModel"] == CIRCLE_STEPS
    assert lines["        web_search"] + lines["        fetch_page"] == CIRCLE_STEPS
    assert lines["    ask_writer"] == 0


@pytest.mark.parametrize(
    ("group", "kind", "line"),
    [
        (fleet.SUPPORT, "device-trouble", "    escalation needs_approval"),
        (fleet.OPERATIONS, "incident", "  execute_tool ask_log_analyst"),
    ],
)
def test_what_happens_only_now_and_then_does_happen(group: Group, kind: str, line: str) -> None:
    plays = [line in played(group, kind, str(seed)) for seed in range(40)]

    assert 0 < sum(plays) < 40


def test_every_kind_of_task_is_played_in_its_group() -> None:
    for group in fleet.FLEET:
        for kind in TASK_TYPES[group.name]:
            assert played(group, kind)
