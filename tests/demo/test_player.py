"""How an agent works, drawn as the spans that tell of it."""

from dataclasses import replace

import pytest

from otel_agents import semconv
from otel_agents.demo import fleet
from otel_agents.demo.fleet import Agent, Model, Tool
from otel_agents.demo.player import Player
from otel_agents.demo.voices import GenAiVoice, OpenInferenceVoice
from tests.demo.rehearsal import TASK, Rehearsal

STEADY = fleet.HAIKU
BUSY = fleet.HAIKU._replace(rate_limited=1.0)
SOUND = Tool("look", 0.2, 100, error_share=0)
BROKEN = Tool("look", 0.2, 100, "HTTPError", error_share=1)
SLOW = Tool("look", 0.2, 100, timeout_s=20, timeout_share=1)


def agent(model: Model = STEADY, *tools: Tool, steps: float = 0) -> Agent:
    return Agent(
        name="a", model=model, prompt_tokens=2_000, steps=steps, answer_tokens=50, tools=tools
    )


def played(who: Agent, seed: str = "play") -> Rehearsal:
    rehearsal = Rehearsal(seed)
    player = Player(rehearsal.stage, GenAiVoice())
    with player.run(who, TASK) as run:
        player.work(run)
    return rehearsal


def outcome(rehearsal: Rehearsal) -> object:
    return rehearsal.values(semconv.OTEL_AGENTS_RUN_OUTCOME)[-1]


def test_an_agent_without_tools_looks_up_what_it_needs_and_answers() -> None:
    rehearsal = played(replace(agent(), knowledge="help-center"))

    assert rehearsal.tree() == [
        "invoke_agent a",
        "  retrieval help-center",
        "  chat claude-haiku-4-5",
    ]
    assert outcome(rehearsal) == "completed"


def test_an_agent_thinks_before_each_tool_and_before_it_answers() -> None:
    lines = played(agent(STEADY, SOUND, steps=2)).tree()
    steps = (len(lines) - 2) // 2

    assert steps >= 1
    assert lines == [
        "invoke_agent a",
        *["  chat claude-haiku-4-5", "  execute_tool look"] * steps,
        "  chat claude-haiku-4-5",
    ]


def test_a_request_that_is_sent_back_is_tried_three_times_and_then_the_run_has_failed() -> None:
    rehearsal = played(agent(BUSY))

    assert rehearsal.tree() == [
        "invoke_agent a !RateLimitError",
        *["  chat claude-haiku-4-5 !RateLimitError"] * 3,
    ]
    assert rehearsal.values("gen_ai.usage.input_tokens") == []
    assert outcome(rehearsal) == "failed"


@pytest.mark.parametrize(("tool", "error"), [(BROKEN, "HTTPError"), (SLOW, "TimeoutError")])
def test_a_tool_that_fails_twice_ends_the_run(tool: Tool, error: str) -> None:
    ends = {outcome(played(agent(STEADY, tool, steps=9), seed)) for seed in "abcdefgh"}
    lines = played(agent(STEADY, tool, steps=9)).tree()

    assert lines.count(f"  execute_tool look !{error}") == 2
    assert ends == {"failed", "gave_up"}


def test_a_timeout_lasts_as_long_as_the_tool_is_waited_for() -> None:
    rehearsal = played(agent(STEADY, SLOW, steps=9))
    span = next(span for span in rehearsal.spans if span.name == "execute_tool look")

    assert 20 <= ((span.end_time or 0) - (span.start_time or 0)) / 1e9 < 20.1


@pytest.mark.parametrize(
    ("tool", "inside"),
    [
        (SOUND, []),
        (SOUND._replace(mcp_server="crm.internal"), ["    tools/call look"]),
        (SOUND._replace(host="www.example.org"), ["    GET"]),
    ],
)
def test_a_tool_shows_what_it_calls(tool: Tool, inside: list[str]) -> None:
    rehearsal = Rehearsal()
    player = Player(rehearsal.stage, GenAiVoice())
    with player.run(agent(STEADY, tool), TASK) as run:
        assert player.use(run, tool)

    assert rehearsal.tree() == ["invoke_agent a", "  execute_tool look", *inside]


def test_going_in_circles_ends_at_the_limit() -> None:
    rehearsal = Rehearsal()
    player = Player(rehearsal.stage, GenAiVoice())
    with player.run(agent(STEADY, SOUND, SOUND._replace(name="read")), TASK) as run:
        player.go_in_circles(run, 6)

    assert rehearsal.tree()[1::2] == ["  chat claude-haiku-4-5"] * 6
    assert rehearsal.tree()[2::2] == ["  execute_tool look", "  execute_tool read"] * 3
    assert outcome(rehearsal) == "iteration_limit"
    assert rehearsal.values(semconv.OTEL_AGENTS_RUN_LIMIT) == ["iterations"]


def test_a_request_told_twice_has_the_same_response_in_both_tellings() -> None:
    rehearsal = Rehearsal()
    player = Player(rehearsal.stage, OpenInferenceVoice(), twice=True)
    with player.run(agent(), TASK) as run:
        player.think(run, 50)

    assert rehearsal.tree() == ["a", "  ChatModel", "    chat claude-haiku-4-5"]
    assert (
        rehearsal.values("gen_ai.usage.input_tokens")
        == rehearsal.values("llm.token_count.prompt")
        != []
    )


@pytest.mark.parametrize(
    ("model", "cached", "written"),
    [
        (fleet.HAIKU, True, True),
        (fleet.GPT_4O, True, False),
        (fleet.GEMINI_FLASH, True, False),
        (fleet.LLAMA, False, False),
    ],
)
def test_what_was_sent_before_is_read_from_the_providers_cache(
    model: Model, *, cached: bool, written: bool
) -> None:
    rehearsal = Rehearsal()
    player = Player(rehearsal.stage, GenAiVoice())
    with player.run(agent(model._replace(rate_limited=0.0)), TASK) as run:
        for _ in range(3):
            player.think(run, 50)
    inputs, reads, writes = (
        rehearsal.values(f"gen_ai.usage.{name}")
        for name in ("input_tokens", "cache_read.input_tokens", "cache_write.input_tokens")
    )

    assert len(inputs) == 3
    assert [bool(read) for read in reads[1:]] == ([True, True] if cached else [])
    assert bool(writes) is written
    assert all(map(_fits, inputs, reads or [0] * 3, writes or [0] * 3))


def _fits(tokens: object, read: object, write: object) -> bool:
    assert isinstance(tokens, int)
    assert isinstance(read, int)
    assert isinstance(write, int)
    return read + write <= tokens


def test_another_models_cache_is_not_read_and_not_written() -> None:
    rehearsal = Rehearsal()
    player = Player(rehearsal.stage, GenAiVoice())
    with player.run(agent(fleet.HAIKU), TASK) as run:
        player.think(run, 50)
        player.think(run, 50, fleet.GPT_5_MINI_FLEX)
        player.think(run, 50)
    first, _, _ = rehearsal.values("gen_ai.usage.input_tokens")

    assert rehearsal.values("gen_ai.usage.cache_read.input_tokens")[1:] == [0, first]
