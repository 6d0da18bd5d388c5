"""Runs: what they say of themselves, and how they end."""

import os

import pytest

from otel_agents.instrument import Limits, agent, current, outcome, tool
from otel_agents.instrument.agents import MAX_KNOWN, known
from otel_agents.semconv import RunOutcome
from tests.instrument.told import Told, lines


def test_a_run_says_who_it_is(told: Told) -> None:
    with agent(
        "triage",
        group="desk",
        version="2.1",
        conversation="c1",
        task_type="refund",
        tenant="acme",
        channel="canary",
        run_id="r1",
    ):
        pass

    assert told.span("invoke_agent triage") == {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "triage",
        "gen_ai.agent.version": "2.1",
        "gen_ai.conversation.id": "c1",
        "otel_agents.agent.group": "desk",
        "otel_agents.channel": "canary",
        "otel_agents.run.id": "r1",
        "otel_agents.run.nested": False,
        "otel_agents.task.type": "refund",
        "otel_agents.tenant": "acme",
    }
    run = told.read()["invoke_agent triage"]
    assert (run.role, run.agent, run.group, run.version, run.channel, run.tenant) == (
        "agent",
        "triage",
        "desk",
        "2.1",
        "canary",
        "acme",
    )


def test_a_run_inside_another_takes_what_it_does_not_say(told: Told) -> None:
    with (
        agent("boss", group="desk", version="1", conversation="c1", tenant="acme", run_id="r1"),
        agent("clerk", group="back", task_type="refund"),
    ):
        run = current()

    assert run is not None
    assert (run.group, run.version, run.conversation, run.tenant, run.run_id) == (
        "back",
        "",
        "c1",
        "acme",
        "",
    )
    assert run.nested
    assert told.span("invoke_agent clerk")["otel_agents.run.nested"] is True


@pytest.mark.parametrize("said", RunOutcome)
def test_a_run_says_its_outcome(told: Told, said: RunOutcome) -> None:
    with agent("by handle") as run:
        run.outcome(said)
    with agent("by function"), tool("t"):
        outcome(said)

    assert told.read()["invoke_agent by handle"].outcome == said
    assert told.read()["invoke_agent by function"].outcome == said
    assert [item.outcome for item in told.counted() if hasattr(item, "outcome")] == [said] * 2


@pytest.mark.parametrize(
    ("said", "ends"), [("completed", "failed"), ("unknown", "failed"), ("gave_up", "gave_up")]
)
def test_an_error_overrules_only_a_success(told: Told, said: RunOutcome, ends: str) -> None:
    @agent("triage")
    def run() -> None:
        outcome(said)
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        run()

    assert told.tree() == f"invoke_agent triage ERROR error=ValueError outcome={ends}"


class GraphBubbleUp(Exception):
    pass


class GraphInterrupt(GraphBubbleUp):
    pass


@pytest.mark.parametrize(
    ("steering", "line"),
    [
        (GraphInterrupt, "invoke_agent triage outcome=suspended"),
        (GraphBubbleUp, "invoke_agent triage"),
    ],
)
def test_an_exception_that_steers_a_framework_is_no_failure(
    told: Told, steering: type[Exception], line: str
) -> None:
    with pytest.raises(steering), agent("triage"):
        raise steering

    assert told.tree() == line


def test_a_strange_outcome_is_logged_and_not_recorded(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    with agent("triage") as run:
        run.outcome("complted")  # type: ignore[arg-type]

    assert told.tree() == "invoke_agent triage"
    assert "outcome: got 'complted', expected one of completed, failed" in caplog.text


def test_an_outcome_outside_every_run_is_lost(told: Told) -> None:
    outcome("completed")
    with tool("search"):
        outcome("completed")

    assert told.tree() == "execute_tool search status=ok"


def test_an_agent_is_ready_to_work_once_in_a_process(told: Told) -> None:
    for name, version in (("a", "1"), ("a", "1"), ("a", "2"), ("b", "")):
        with agent(name, version=version, group="desk", run_id="r1"):
            pass

    assert told.events() == [
        "otel_agents.agent.initialized on invoke_agent a: name=a group=desk id=r1 version=1",
        "otel_agents.agent.initialized on invoke_agent a: name=a group=desk id=r1 version=2",
        "otel_agents.agent.initialized on invoke_agent b: name=b group=desk id=r1",
    ]


def test_the_memory_of_agents_is_bounded(told: Told) -> None:
    for number in range(MAX_KNOWN + 2):
        with agent(f"a{number}"):
            pass

    assert len(known) == 2
    assert len(told.spans) == MAX_KNOWN + 2


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # from Python 3.12 on
def test_a_forked_process_tells_of_its_agents_again(told: Told) -> None:
    with agent("triage"):
        pass
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(len(known)).encode())
        os._exit(0)
    os.waitpid(child, 0)

    assert (os.read(reader, 9), len(known), len(told.spans)) == (b"0", 1, 1)
    os.close(reader)
    os.close(writer)


def test_around_an_instrumented_agent_of_the_same_name_the_run_counts_once(told: Told) -> None:
    tracer = told.tracing.get_tracer("opentelemetry.instrumentation.genai.openai_agents")
    inner = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "triage"}
    call: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-5",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 2,
    }
    with agent("triage", group="desk", limits=Limits(tokens=5)) as run:
        with tracer.start_as_current_span("invoke_agent triage", attributes=inner):  # noqa: SIM117
            with tracer.start_as_current_span("chat gpt-5", attributes=call):
                pass
        run.outcome("completed")

    assert told.counts() == [
        "call gpt-5 10+2 @triage",
        "run 1 calls 0 tools 12 tokens (1/0 own) ×2 @triage",
    ]
    (*_, counted) = told.counted()
    assert counted.owner.group == "desk"
    assert told.tree() == lines("""
        invoke_agent triage outcome=completed
          invoke_agent triage
            chat gpt-5
    """)
