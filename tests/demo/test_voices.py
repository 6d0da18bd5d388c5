"""Both dialects tell the pipeline the same of the same thing."""

from collections.abc import Callable

import pytest

from otel_agents.demo import fleet
from otel_agents.demo.stage import Told
from otel_agents.demo.voices import (
    Call,
    GenAiVoice,
    OpenInferenceVoice,
    Task,
    Voice,
    escalation,
    handoff,
    http_call,
    mcp_call,
)
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.network import leaves_machine
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.record import SpanRecord, Usage
from otel_agents.sdk.convert import Converter
from tests.demo.rehearsal import TASK, Rehearsal

CALL = Call(fleet.SONNET, Usage(2_000, 120, 1_500, 500, 40), "resp_1", 0.8)
TOOL = fleet.Tool("get_customer", 0.5, 100, mcp_server="crm.internal")
RELEASE = fleet.BILLING.releases[1]
HOUSE = Task("incident", "", "", 0)


def record(told: Told) -> SpanRecord:
    rehearsal = Rehearsal()
    with rehearsal.stage.span(told):
        rehearsal.stage.wait(1)
    return Converter().record(rehearsal.spans[0])


def understood(told: Told) -> AgentSpan:
    span = Normalizer().normalize(record(told))
    assert span is not None
    return span


FIELDS = {
    "workflow": ("role", "tenant", "task_type", "conversation"),
    "run": ("role", "agent", "version", "channel", "tenant", "task_type", "conversation"),
    "call": ("role", "request_model", "response_model", "usage", "conversation"),
    "refused call": ("role", "request_model", "response_model", "usage"),
    "tool": ("role", "tool", "call_id"),
    "retrieval": ("role",),
}
TOLD: dict[str, Callable[[Voice], Told]] = {
    "workflow": lambda voice: voice.workflow("desk", TASK),
    "run": lambda voice: voice.run(fleet.BILLING, RELEASE, TASK),
    "call": lambda voice: voice.call(CALL, TASK),
    "refused call": lambda voice: voice.call(Call(fleet.SONNET), TASK),
    "tool": lambda voice: voice.tool(TOOL, "call_1"),
    "retrieval": lambda voice: voice.retrieval("help-center"),
}


@pytest.mark.parametrize("what", TOLD)
def test_both_dialects_say_the_same(what: str) -> None:
    ours, theirs = (
        understood(TOLD[what](GenAiVoice())),
        understood(TOLD[what](OpenInferenceVoice())),
    )

    assert (ours.dialect, theirs.dialect) == ("otel-genai", "openinference")
    assert {field: getattr(ours, field) for field in FIELDS[what]} == {
        field: getattr(theirs, field) for field in FIELDS[what]
    }


def test_a_model_call_says_what_the_provider_said() -> None:
    span = understood(GenAiVoice().call(CALL, TASK))

    assert span.usage == CALL.usage
    assert (span.provider, span.request_model) == ("anthropic", "claude-sonnet-4-5")
    assert (span.response_id, span.time_to_first_chunk_s) == ("resp_1", 0.8)


@pytest.mark.parametrize(
    ("model", "provider", "tier"),
    [
        (fleet.GEMINI_PRO, "gcp.gemini", None),
        (fleet.GPT_5_MINI_FLEX, "openai", "flex"),
        (fleet.LLAMA, "vllm", None),
    ],
)
def test_a_model_call_names_its_provider_and_tier(
    model: fleet.Model, provider: str, tier: str | None
) -> None:
    span = understood(GenAiVoice().call(CALL._replace(model=model), TASK))

    assert (span.provider, span.service_tier) == (provider, tier)


@pytest.mark.parametrize("voice", [GenAiVoice(), OpenInferenceVoice()])
def test_a_task_of_the_house_names_no_tenant_and_no_conversation(voice: Voice) -> None:
    span = understood(voice.run(fleet.TRIAGE, fleet.TRIAGE.releases[0], HOUSE))

    assert (span.tenant, span.conversation, span.task_type) == (None, None, "incident")


@pytest.mark.parametrize(
    ("told", "dialect", "role", "says"),
    [
        (handoff(fleet.BILLING), "otel-genai", "handoff", {"handoff_to": "billing"}),
        (escalation("needs_approval"), "otel-genai", "other", {}),
        (mcp_call(TOOL), "mcp", "tool", {"tool": "get_customer", "external": True}),
    ],
)
def test_what_only_one_dialect_tells(
    told: Told, dialect: str, role: str, says: dict[str, object]
) -> None:
    span = understood(told)

    assert (span.dialect, span.role) == (dialect, role)
    assert {field: getattr(span, field) for field in says} == says


def test_a_request_of_a_tool_is_no_agents_span_but_leaves_the_machine() -> None:
    asked = record(http_call("api.search.example"))

    assert Normalizer().normalize(asked) is None
    assert leaves_machine(asked)
