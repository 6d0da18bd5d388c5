"""What happens in each group: who gets the task, who passes it on, and what becomes of it."""

from collections.abc import Callable
from typing import Final, NamedTuple

from otel_agents.demo import fleet
from otel_agents.demo.fleet import Agent, Group
from otel_agents.demo.player import Player, Run
from otel_agents.demo.stage import Stage
from otel_agents.demo.voices import (
    GenAiVoice,
    OpenInferenceVoice,
    Task,
    Voice,
    escalation,
    handoff,
)
from otel_agents.semconv import RunOutcome

CIRCLE_STEPS: Final = 100
"""When the framework of the simulated researcher stops it."""

TASK_TYPES: Final = {
    fleet.SUPPORT.name: ("question", "invoice", "refund", "device-trouble"),
    fleet.RESEARCH.name: ("market-report", "fact-check"),
    fleet.OPERATIONS.name: ("incident", "log-digest"),
}
"""The kinds of task that each group gets."""


class Scene(NamedTuple):
    """One task as it is played.

    Attributes:
        stage: Where.
        voice: In which dialect.
        task: The task.
        astray: Whether it is the one at which a researcher goes round in circles.
    """

    stage: Stage
    voice: Voice
    task: Task
    astray: bool


def play(group: Group, stage: Stage, task: Task, *, astray: bool = False) -> None:
    """Let a group work at a task.

    Args:
        group: Who works at it.
        stage: Where.
        task: The task.
        astray: Whether this is the one at which a researcher goes round in circles.
    """
    voice = OpenInferenceVoice() if group is fleet.RESEARCH else GenAiVoice()
    _PLOTS[group.name](Scene(stage, voice, task, astray))


def _support(scene: Scene) -> None:
    stage, voice, task, _ = scene
    player = Player(stage, voice)
    with stage.span(voice.workflow("support-desk", task)):
        specialist = fleet.TECH_SUPPORT if task.type == "device-trouble" else fleet.BILLING
        with player.run(fleet.TRIAGE, task) as run:
            player.think(run, fleet.TRIAGE.answer_tokens)
            if run.over or task.type == "question":
                return
            with stage.span(handoff(specialist)):
                stage.wait(stage.about(0.006))
        with player.run(specialist, task) as run:
            if specialist is fleet.TECH_SUPPORT and stage.chance(0.09):
                _escalate(player, stage, run)
            else:
                player.work(run)


def _escalate(player: Player, stage: Stage, run: Run) -> None:
    player.look_up(run)
    player.think(run, 90)
    with stage.span(escalation("needs_approval")):
        stage.wait(stage.about(95, 0.6))
    run.end(RunOutcome.GAVE_UP)


def _research(scene: Scene) -> None:
    stage, voice, task, astray = scene
    player = Player(stage, voice)
    with stage.span(voice.workflow("report", task)), player.run(fleet.PLANNER, task) as plan:
        player.think(plan, fleet.PLANNER.answer_tokens)
        for _ in range(1 if astray else stage.pick((1, 2, 3))):
            if plan.over:
                return
            if not _delegate(scene, player, fleet.WEB_RESEARCHER):
                plan.end(RunOutcome.GAVE_UP)
            plan.context_tokens += stage.count(fleet.WEB_RESEARCHER.answer_tokens)
        if not plan.over:
            # The writer's client library is instrumented too: its requests are told twice.
            _delegate(scene, Player(stage, voice, twice=True), fleet.WRITER)
            player.think(plan, 80)


def _operations(scene: Scene) -> None:
    stage, voice, task, _ = scene
    player = Player(stage, voice)
    if task.type == "log-digest":
        with player.run(fleet.LOG_ANALYST, task) as run:
            player.work(run)
            if not run.over:
                player.think(run, 700, fleet.GPT_5_MINI_FLEX)
        return
    with player.run(fleet.INCIDENT_RESPONDER, task) as run:
        if stage.chance(0.5):
            _delegate(scene, player, fleet.LOG_ANALYST)
        player.work(run)


def _delegate(scene: Scene, player: Player, agent: Agent) -> bool:
    """Use an agent as a tool; return whether it did its work."""
    stage, voice, task, astray = scene
    tool = fleet.Tool(f"ask_{agent.name.replace('-', '_')}", 0.0, 0)
    with stage.span(voice.tool(tool, stage.name("call_"))), player.run(agent, task) as run:
        if astray:
            player.go_in_circles(run, CIRCLE_STEPS)
        else:
            player.work(run)
    return run.outcome is RunOutcome.COMPLETED


_PLOTS: Final[dict[str, Callable[[Scene], None]]] = {
    fleet.SUPPORT.name: _support,
    fleet.RESEARCH.name: _research,
    fleet.OPERATIONS.name: _operations,
}
