"""What a run's time went to, and which model carried it."""

from itertools import count

import pytest

from otel_agents.pipeline.agent_span import Role
from otel_agents.pipeline.counted import AgentRun, Decision, Owner
from otel_agents.record import SpanRecord, Value
from tests.measured import counted, span
from tests.trees import START_NS, WORDS, record

S = 10**9


def timed(drawing: str) -> list[SpanRecord]:
    """A line is a span: its word, its name, and from-to in seconds; the indent its depth."""
    ids, above, made = count(1), [(-1, 0)], []
    for line in filter(str.strip, drawing.splitlines()):
        indent = len(line) - len(line.lstrip())
        while above[-1][0] >= indent:
            above.pop()
        word, name, *tokens, times = line.split()
        start, end = (int(float(t) * S) for t in times.split("-"))
        operation, key = WORDS[word]
        said: dict[str, Value] = {"gen_ai.operation.name": operation, key: name}
        if tokens:
            said["gen_ai.usage.input_tokens"] = int(tokens[0])
        span_id = next(ids)
        made.append(
            record(
                said,
                span_id=span_id,
                parent_id=above[-1][1],
                start_ns=START_NS + start,
                duration_ns=end - start,
            )
        )
        above.append((indent, span_id))
    return made


def spent(drawing: str) -> list[str]:
    runs = [item for item in counted(timed(drawing)) if isinstance(item, AgentRun)]
    for run in runs:
        assert sum(run.time_ns().values()) == run.span.duration_ns
    return [
        " ".join([run.owner.agent, *(f"{k}={ns / S:g}" for k, ns in run.time_ns().items() if ns)])
        for run in sorted(runs, key=lambda run: run.span.span_id)
    ]


@pytest.mark.parametrize(
    ("drawing", "told"),
    [
        pytest.param(
            """
            agent ada 0-10
              chat m 1-4
              tool search 4-9
                retrieval docs 5-6
            """,
            ["ada model=3 retrieval=1 tool=4 other=2"],
            id="one after the other",
        ),
        pytest.param(
            """
            agent ada 0-10
              tool a 1-5
              tool b 2-6
              chat m 3-4
            """,
            ["ada model=1 tool=4 other=5"],
            id="side by side",
        ),
        pytest.param(
            """
            agent ada 0-10
              chat m 1-4
                chat m 1-3
            """,
            ["ada model=3 other=7"],
            id="two layers of one call",
        ),
        pytest.param(
            """
            agent ada 0-10
              agent bob 2-8
                chat m 3-5
              tool a 8-9
            """,
            ["ada model=2 tool=1 other=7", "bob model=2 other=4"],
            id="a run in a run",
        ),
        pytest.param(
            """
            agent ada 0-2
              chat m 1-5
            """,
            ["ada model=1 other=1"],
            id="a call that outlives its run",
        ),
    ],
)
def test_the_time_of_a_run_is_divided_without_remainder(drawing: str, told: list[str]) -> None:
    assert spent(drawing) == told


@pytest.mark.parametrize(
    ("calls", "model"),
    [
        ("", ""),
        ("chat a 5 0-1", "a"),
        ("chat a 5 0-1\n  chat b 9 1-2\n  chat a 3 2-3", "b"),
        ("chat b 5 0-1\n  chat a 5 1-2", "a"),
    ],
)
def test_the_model_of_a_run_is_the_one_with_most_tokens(calls: str, model: str) -> None:
    (run,) = (
        item for item in counted(timed(f"agent ada 0-9\n  {calls}")) if isinstance(item, AgentRun)
    )

    assert run.model == model


@pytest.mark.parametrize(
    ("said", "type_"),
    [
        ({"decision_type": "triage"}, "triage"),
        ({"operation": "plan"}, "plan"),
        ({}, "other"),
    ],
)
def test_a_decision_says_its_type_or_its_operation_does(said: dict[str, str], type_: str) -> None:
    assert Decision(span(Role.DECISION, **said), Owner(), 1).type == type_
