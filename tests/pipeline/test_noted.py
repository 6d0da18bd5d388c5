"""What a span says beside calls and runs."""

import pytest

from otel_agents import semconv
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.noted import notes
from otel_agents.record import Event, Resource, SpanRecord, Value
from tests.measured import RESOURCE
from tests.trees import record

RUN = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "ada"}


def noted(span: SpanRecord) -> list[str]:
    read = Normalizer().normalize(span)
    assert read is not None
    return [
        " ".join(
            [
                note.instrument.name.removeprefix("otel_agents."),
                f"{note.group}/{note.agent or '-'}",
                *(f"{key.rpartition('.')[2]}={value}" for key, value in note.labels.items()),
            ]
        )
        for note in notes(span, read)
    ]


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param(
            {"gen_ai.agent.version": "2.1"},
            ["agent.info support/ada config_hash= version= variant= version=2.1"],
            id="a version",
        ),
        pytest.param(
            {"otel_agents.agent.config_hash": "9f2c", "gen_ai.prompt.version": "7"},
            ["agent.info support/ada config_hash=9f2c version=7 variant= version="],
            id="a configuration and a prompt",
        ),
        pytest.param(
            {"otel_agents.run.limit": "tokens"},
            ["run.limit_exceeded support/ada limit=tokens"],
            id="a limit",
        ),
        pytest.param({"otel_agents.run.limit": "patience"}, [], id="no limit of the convention"),
        pytest.param({"otel_agents.run.limit": 5}, [], id="no word"),
        pytest.param(
            {"otel_agents.run.limit": "iterations", "otel_agents.run.outcome": "iteration_limit"},
            [],
            id="the outcome counts it already",
        ),
    ],
)
def test_a_run_notes_what_runs_and_which_limit_it_passed(
    attributes: dict[str, Value], told: list[str]
) -> None:
    assert noted(record({**RUN, **attributes}, resource=RESOURCE)) == told


def test_what_runs_may_stand_on_the_resource() -> None:
    resource = Resource({"feature_flag.result.variant": "blue"})

    assert noted(record(RUN, resource=resource)) == [
        "agent.info none/ada config_hash= version= variant=blue version="
    ]


def test_an_escalation_is_noted_for_the_agent_it_names() -> None:
    attributes = {
        "gen_ai.agent.name": "ada",
        "otel_agents.escalation.reason": "low_confidence",
    }

    assert noted(record(attributes, resource=RESOURCE)) == ["escalations support/ada"]


def test_events_that_only_the_application_knows_are_noted() -> None:
    span = record({"gen_ai.operation.name": "chat"}, resource=RESOURCE)
    span.events = lambda: [
        Event(semconv.EVENT_AGENT_INITIALIZED, {}),
        Event(semconv.EVENT_AGENT_STATE_CORRUPTED, {"gen_ai.agent.name": "bob"}),
        Event(semconv.EVENT_TOOL_CALL_FAILED, {}),
        Event("exception", {}),
    ]

    assert noted(span) == [
        "events support/- type=agent_initialized",
        "events support/bob type=agent_state_corrupted",
    ]
