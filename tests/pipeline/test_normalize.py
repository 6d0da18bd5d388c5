"""From a span of any dialect to what it says about an agent."""

from collections.abc import Mapping

import pytest

from otel_agents.errors import SpanRefused
from otel_agents.pipeline.agent_span import AgentSpan, Role
from otel_agents.pipeline.dialects import DIALECTS
from otel_agents.pipeline.dialects.table import Dialect, by_attribute
from otel_agents.pipeline.normalize import MAX_ORIGINS, Normalizer, Options
from otel_agents.record import Resource, Scope, SpanRecord, Value
from tests.trees import record

NORMALIZER = Normalizer()
CHAT: dict[str, Value] = {"gen_ai.operation.name": "chat"}
TOOL: dict[str, Value] = {"gen_ai.operation.name": "execute_tool"}


def normalized(span: SpanRecord, normalizer: Normalizer = NORMALIZER) -> AgentSpan:
    said = normalizer.normalize(span)
    assert said is not None
    return said


def said(attributes: Mapping[str, Value]) -> dict[str, object]:
    """What a span says beside who and when it is."""
    span = normalized(record(dict(attributes)))
    failed = {"failed": True} if span.failed else {}
    return {"role": span.role, "operation": span.operation} | failed | span.says()


GENERATIONS: dict[str, dict[str, Value]] = {
    "before 1.27": {
        "gen_ai.system": "OpenAI",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.response.id": "r1",
        "gen_ai.usage.prompt_tokens": 42,
        "gen_ai.usage.completion_tokens": 7,
        "gen_ai.usage.cache_read.input_tokens": 10,
        "gen_ai.usage.cache_creation.input_tokens": 3,
        "gen_ai.openai.response.service_tier": "flex",
    },
    "1.37": {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.response.id": "r1",
        "gen_ai.usage.input_tokens": 42,
        "gen_ai.usage.output_tokens": 7,
        "gen_ai.usage.cache_read.input_tokens": 10,
        "gen_ai.usage.cache_creation.input_tokens": 3,
        "openai.response.service_tier": "flex",
    },
    "newest": {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.response.id": "r1",
        "gen_ai.usage.input_tokens": 42,
        "gen_ai.usage.output_tokens": 7,
        "gen_ai.usage.cache_read.input_tokens": 10,
        "gen_ai.usage.cache_write.input_tokens": 3,
        "openai.response.service_tier": "flex",
    },
}


@pytest.mark.parametrize("attributes", GENERATIONS.values(), ids=list(GENERATIONS))
def test_every_generation_of_the_convention_says_the_same(attributes: dict[str, Value]) -> None:
    assert (
        said(attributes)
        == said(GENERATIONS["newest"])
        == {
            "operation": "chat",
            "role": Role.INFERENCE,
            "provider": "openai",
            "request_model": "gpt-4o",
            "response_model": "gpt-4o-2024-08-06",
            "response_id": "r1",
            "service_tier": "flex",
            "input_tokens": 42,
            "output_tokens": 7,
            "cache_read_input_tokens": 10,
            "cache_write_input_tokens": 3,
        }
    )


@pytest.mark.parametrize("attributes", GENERATIONS.values(), ids=list(GENERATIONS))
def test_the_newest_names_are_added_to_an_older_generation(attributes: dict[str, Value]) -> None:
    span = record(attributes)
    added = NORMALIZER.additions(span, normalized(span))

    assert attributes | added == GENERATIONS["newest"] | attributes


def test_a_newer_name_is_believed_before_an_older_one() -> None:
    both = {**CHAT, "gen_ai.provider.name": "anthropic", "gen_ai.system": "openai"}

    assert said(both)["provider"] == "anthropic"


def test_a_span_that_is_not_about_agents_is_left_alone() -> None:
    assert NORMALIZER.normalize(record({"http.request.method": "GET"})) is None


ROLES: dict[str, Role] = {
    "chat": Role.INFERENCE,
    "generate_content": Role.INFERENCE,
    "text_completion": Role.INFERENCE,
    "completion": Role.INFERENCE,
    "embeddings": Role.INFERENCE,
    "invoke_agent": Role.AGENT,
    "invoke_workflow": Role.WORKFLOW,
    "execute_tool": Role.TOOL,
    "retrieval": Role.RETRIEVAL,
    "plan": Role.DECISION,
    "handoff": Role.HANDOFF,
    "create_agent": Role.OTHER,
    "something_new": Role.OTHER,
}


@pytest.mark.parametrize(("operation", "role"), ROLES.items())
def test_the_operation_tells_the_role(operation: str, role: Role) -> None:
    assert said({"gen_ai.operation.name": operation})["role"] is role


@pytest.mark.parametrize("key", ["input_tokens", "output_tokens", "cache_read.input_tokens"])
@pytest.mark.parametrize("value", [-1, 2**63, "many", True])
def test_a_call_with_an_impossible_count_is_refused(key: str, value: Value) -> None:
    with pytest.raises(SpanRefused, match=f"gen_ai.usage.{key}") as refused:
        NORMALIZER.normalize(record({**CHAT, f"gen_ai.usage.{key}": value}))

    assert refused.value.reason == "bad_token_count"


def test_usage_summed_on_a_run_is_not_even_read() -> None:
    run: dict[str, Value] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.usage.input_tokens": -1,
    }

    assert "input_tokens" not in said(run)


def test_a_span_that_ends_before_it_starts_has_no_duration() -> None:
    assert normalized(record(CHAT, duration_ns=-1)).duration_ns is None
    assert normalized(record(CHAT, duration_ns=0)).duration_ns == 0


# --- errors ---------------------------------------------------------------------------------


def test_group_and_tenant_stand_under_keys_of_the_user_s_choice() -> None:
    own = Normalizer(Options(group_keys=("squad", "team"), tenant_keys=("customer.id",)))
    resource = Resource({"team": "from resource", "customer.id": 7})
    span = normalized(record({**CHAT, "team": "a", "customer.id": "c"}, resource=resource), own)
    silent = normalized(record(CHAT, resource=resource), own)

    assert (span.group, span.tenant) == ("a", "c")
    assert (silent.group, silent.tenant) == (None, None)
    assert (silent.origin.group, silent.origin.tenant) == ("from resource", "7")


def test_the_first_key_that_is_there_names_the_group() -> None:
    own = Normalizer(Options(group_keys=("squad", "team")))

    assert normalized(record({**CHAT, "team": "t", "squad": "s"}), own).group == "s"


def test_where_a_span_comes_from_is_read_of_its_resource() -> None:
    attributes = {
        "deployment.environment": "prod",
        "service.name": "shop",
        "gen_ai.main_agent.name": "main",
        "otel_agents.agent.group": "support",
        "otel_agents.tenant": "acme",
    }
    origin = normalized(record(CHAT, resource=Resource(attributes))).origin

    named = ("environment", "group", "main_agent", "service", "tenant")
    assert [getattr(origin, slot) for slot in named] == [
        "prod",
        "support",
        "main",
        "shop",
        "acme",
    ]


def test_the_newest_name_of_the_environment_wins() -> None:
    both = Resource({"deployment.environment": "old", "deployment.environment.name": "new"})

    assert normalized(record(CHAT, resource=both)).origin.environment == "new"


def test_a_resource_is_read_once_for_all_its_spans() -> None:
    resource = Resource({"service.name": "shop"})
    first = normalized(record(CHAT, resource=resource)).origin

    assert normalized(record(CHAT, resource=resource)).origin is first
    assert normalized(record(CHAT, resource=Resource({}))).origin is not first


def test_no_span_is_taken_for_one_of_a_resource_that_is_gone() -> None:
    normalizer = Normalizer()
    names = []
    for number in range(MAX_ORIGINS + 100):
        resource = Resource({"service.name": f"s{number}"})
        names.append(normalized(record(CHAT, resource=resource), normalizer).origin.service)

    assert names == [f"s{number}" for number in range(MAX_ORIGINS + 100)]


# --- dialects -------------------------------------------------------------------------------

MINE = Dialect(
    name="mine",
    scopes=("my.agents",),
    operations=(by_attribute("my.kind", {"ask": "chat", "think": "plan"}),),
    fields={
        "gen_ai.request.model": "my.model",
        "gen_ai.provider.name": "my.vendor",
        "gen_ai.usage.input_tokens": ("my.tokens", "my.tokens.in"),
        "gen_ai.usage.cache_read.input_tokens": "my.cached",
    },
    excludes_cache=lambda _: True,
    providers={"Big G": "gcp.gemini"},
    failed=lambda span: span.get("my.sad") is True,
)
SPOKEN: dict[str, Value] = {
    "my.kind": "ask",
    "my.model": "m",
    "my.vendor": "Big G",
    "my.tokens.in": 5,
    "my.cached": 2,
    "my.sad": True,
    "my.secret": "stays",
}


def test_a_dialect_is_added_by_its_table_and_one_row() -> None:
    with_mine = Normalizer(dialects=(*DIALECTS, MINE))
    span = record(SPOKEN, scope=Scope("my.agents"))
    heard = normalized(span, with_mine)

    assert NORMALIZER.normalize(span) is None
    assert (heard.dialect, heard.role, heard.failed) == ("mine", Role.INFERENCE, True)
    assert with_mine.additions(span, heard) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "gcp.gemini",
        "gen_ai.request.model": "m",
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.cache_read.input_tokens": 2,
    }


def test_a_dialect_adds_cached_tokens_to_its_own_count_alone() -> None:
    with_mine = Normalizer(dialects=(*DIALECTS, MINE))
    span = record({**SPOKEN, "gen_ai.usage.input_tokens": 7}, scope=Scope("my.agents"))

    assert normalized(span, with_mine).input_tokens == 7


@pytest.mark.parametrize(("first", "operation"), [(True, "plan"), (False, "chat")])
def test_a_dialect_may_know_the_operation_better(*, first: bool, operation: str) -> None:
    table = Dialect(
        name="mine", scopes=("my.agents",), operations=MINE.operations, operation_first=first
    )
    span = record({**CHAT, "my.kind": "think"}, scope=Scope("my.agents"))

    assert normalized(span, Normalizer(dialects=(table,))).operation == operation


@pytest.mark.parametrize("spelled", ["Chat", "CHAT", "chat"])
def test_an_operation_counts_in_any_case(spelled: str) -> None:
    assert normalized(record({"gen_ai.operation.name": spelled})).role is Role.INFERENCE


def test_a_group_under_another_key_is_added_under_the_newest_name() -> None:
    normalizer = Normalizer(Options(group_keys=("team", "squad")))
    span = record({"gen_ai.operation.name": "chat", "squad": "x"})
    found = normalizer.normalize(span)
    assert found is not None

    assert normalizer.additions(span, found) == {"otel_agents.agent.group": "x"}
