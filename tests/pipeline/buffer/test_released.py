"""What a door is told to write."""

from dataclasses import replace

import pytest

from otel_agents.pipeline.buffer.released import NOBODY, Released
from otel_agents.pipeline.policies import Decision, Reason
from otel_agents.semconv import SamplingTrigger

TENTH = 0xE6660000000000
KEPT = Decision(
    keep=True,
    threshold=TENTH,
    policy="routine",
    trigger=SamplingTrigger.ROOT,
    reason=Reason.VOTED,
)


def test_the_bearer_tells_policy_and_trigger_and_how_many_went_alone() -> None:
    one = Released(1, ["a"], KEPT, 3, 3, 0)

    assert one.marks() == {
        "otel_agents.sampling.policy": "routine",
        "otel_agents.sampling.trigger": "root",
        "otel_agents.sampling.dropped_spans": 3,
    }
    assert one.trigger == "root"


def test_what_is_not_there_is_not_told() -> None:
    assert "otel_agents.sampling.dropped_spans" not in Released(1, ["a"], KEPT, bearer=0).marks()
    assert Released(1, ["a"], KEPT, bearer=NOBODY).marks() == {}


@pytest.mark.parametrize(
    ("came", "threshold", "rv", "written"),
    [
        ("", TENTH, None, "ot=th:e666"),
        ("a=b", TENTH, None, "ot=th:e666,a=b"),
        ("ot=th:e666", TENTH, None, None),
        ("ot=th:f", TENTH, None, None),
        ("ot=th:8", TENTH, None, "ot=th:e666"),
        ("ot=th:8", None, None, ""),
        ("", None, None, None),
        ("", 0, 0xABC, "ot=rv:00000000000abc;th:0"),
        ("ot=rv:00000000000001", 0, None, "ot=rv:00000000000001;th:0"),
    ],
)
def test_the_tracestate_is_told_where_it_changes(
    came: str, threshold: int | None, rv: int | None, written: str | None
) -> None:
    one = Released(1, ["a"], replace(KEPT, threshold=threshold, rv=rv))

    assert one.trace_state(came) == written


def test_a_trace_without_an_agent_is_left_as_it_came() -> None:
    one = Released(1, ["a"], replace(KEPT, reason=Reason.NOT_AGENT), bearer=0)

    assert one.unchanged
    assert one.marks() == {}
    assert one.trace_state("ot=th:8") is None
