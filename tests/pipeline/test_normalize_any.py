"""Whatever a span says: normalising is idempotent, additive, and never breaks."""

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from otel_agents.errors import SpanRefused
from otel_agents.pipeline.dialects import DIALECTS
from otel_agents.pipeline.normalize import ROLES, Normalizer
from otel_agents.record import Event, Resource, Scope, SpanKind, SpanRecord, StatusCode, Value
from tests.trees import record

CAPTURES = Path(__file__).parents[1] / "contract" / "captures"
NORMALIZER = Normalizer()
USAGE = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.reasoning.output_tokens",
)


def scopes_of_all_dialects() -> list[str]:
    patterns = (pattern for dialect in DIALECTS for pattern in dialect.scopes)
    return sorted({pattern.replace("*", "x") for pattern in patterns})


def keys_that_dialects_read() -> set[str]:
    """Every attribute that some dialect asks for, in some role, under some scope or marker."""
    asked: set[str] = set()
    spans: list[dict[str, Value]] = [{}]
    spans += [{"gen_ai.operation.name": str(operation)} for operation in ROLES]
    spans += [{"gen_ai.operation.name": "chat", **dict.fromkeys(USAGE, 1)}]
    markers = [marker for dialect in DIALECTS for marker in dialect.markers]
    for attributes in spans:
        for scope in scopes_of_all_dialects():
            listen(attributes, asked, scope)
        for marker in markers:
            listen({**attributes, marker: "x"}, asked, "")
    return asked


def listen(attributes: dict[str, Value], asked: set[str], scope: str) -> None:
    span = record(scope=Scope(scope))

    def find(key: str) -> Value:
        asked.add(key)
        return attributes.get(key)

    span.find = find
    NORMALIZER.normalize(span)


def keys_of_all_captures() -> set[str]:
    texts = [path.read_text() for path in sorted(CAPTURES.glob("*.traces.json"))]
    documents = [json.loads(line) for text in texts for line in whole_or_lines(text)]
    keys: set[str] = set()
    for document in documents:
        for resource in document["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    keys |= {attribute["key"] for attribute in span.get("attributes", ())}
    return keys


def whole_or_lines(text: str) -> list[str]:
    try:
        json.loads(text)
    except ValueError:
        return text.splitlines()
    return [text]


READ = sorted(keys_that_dialects_read())
KEYS = sorted({*READ, *keys_of_all_captures()})
WORDS = (
    *map(str, ROLES),
    *("llm", "LLM", "agent", "tool", "chain", "embedding", "retriever", "workflow", "task"),
    *("interaction", "llm_request", "tool.execution", "completion", "tools/call", "generation"),
    *("ai.generateText", "ai.toolCall", "openai.chat", "azure", "Anthropic", "x.chat.chat"),
    *("gpt-4o", "transfer_to_b", "a", "42", "0", "NaN", ""),
    *('{"model": "m"}', '{"input": 3, "output": 2, "cache_read_input_tokens": 1}', "{", "[1]"),
    *("{'input_tokens': 4}", '"m"'),
)
SENSIBLE = st.one_of(
    st.sampled_from(WORDS),
    st.integers(0, 1000),
    st.floats(0, 1000).map(round).map(float),
    st.booleans(),
)
ANY: st.SearchStrategy[Value] = st.recursive(
    st.none()
    | st.text(max_size=20)
    | st.sampled_from(WORDS)
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63, -(2**63), 10**40])
    | st.floats()
    | st.binary(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=4,
)
NAMES = st.sampled_from(("span", "agent run", "running tool: x", "tools/call x", "chat gpt-4o", ""))
SCOPES = st.sampled_from(("", "tests", *scopes_of_all_dialects()))


def spans(values: st.SearchStrategy[Value], keys: list[str]) -> st.SearchStrategy[SpanRecord]:
    attributes = st.dictionaries(st.sampled_from(keys), values, max_size=12)
    operation = st.sampled_from((None, "", *map(str, ROLES)))
    return st.builds(_span, attributes, operation, NAMES, SCOPES, st.sampled_from(SpanKind))


def _span(
    attributes: dict[str, Value], operation: str | None, name: str, scope: str, kind: int
) -> SpanRecord:
    if operation is not None:
        attributes = {**attributes, "gen_ai.operation.name": operation}
    span = record(attributes, name=name, scope=Scope(scope), kind=kind)
    span.decode = None
    return span


def attributes_of(span: SpanRecord) -> dict[str, Value]:
    return {key: value for key in KEYS if (value := span.get(key)) is not None}


@given(spans(SENSIBLE, KEYS))
@settings(max_examples=600)
def test_enriching_adds_the_newest_names_and_enriching_again_adds_nothing(span: SpanRecord) -> None:
    before = attributes_of(span)
    try:
        first = NORMALIZER.normalize(span)
    except SpanRefused:
        return
    if first is None:
        return
    added = NORMALIZER.additions(span, first)
    assert added.keys().isdisjoint(before)
    assert None not in added.values()
    assert "" not in added.values()

    span.find = {**before, **added}.get
    second = NORMALIZER.normalize(span)

    assert second is not None
    assert (second.role, second.operation, second.failed, second.says()) == (
        first.role,
        first.operation,
        first.failed,
        first.says(),
    )
    assert NORMALIZER.additions(span, second) == {}


@given(
    spans(ANY, READ),
    st.sampled_from(StatusCode),
    st.lists(
        st.builds(
            Event,
            st.sampled_from(("exception", "log")),
            st.dictionaries(st.just("exception.type"), ANY),
        ),
        max_size=2,
    ),
    st.dictionaries(st.sampled_from(READ), ANY, max_size=4),
)
@settings(max_examples=250)
def test_no_value_of_any_type_breaks_the_reading(
    span: SpanRecord, status: int, events: list[Event], resource: dict[str, Value]
) -> None:
    span.status, span.events, span.resource = status, lambda: events, Resource(resource)
    before = attributes_of(span)
    try:
        said = NORMALIZER.normalize(span)
    except SpanRefused as refused:
        assert refused.reason == "bad_token_count"  # noqa: PT017 - most spans are not refused
        return

    if said is not None:
        assert NORMALIZER.additions(span, said).keys().isdisjoint(before)
    assert attributes_of(span) == before or any(v != v for v in before.values())  # noqa: PLR0124


def test_the_keys_that_are_tried_are_those_of_every_dialect() -> None:
    named = {
        source
        for dialect in DIALECTS
        for sources in dialect.fields.values()
        for source in (sources if isinstance(sources, tuple) else (sources,))
        if isinstance(source, str)
    }

    assert len(named) > 50
    assert named <= set(READ)
