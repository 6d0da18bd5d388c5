"""What does not leave: in attributes, events, links and status, of any library's spans."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, SpanContext, Status, StatusCode, TraceFlags

from otel_agents.errors import ConfigError
from otel_agents.instrument.content import VARIABLE
from otel_agents.record import Value
from otel_agents.sdk.enrich import Changes, changed
from otel_agents.sdk.redact import Action, Options, Redactor, Rule

SECRET = "sk-1234567890"  # noqa: S105 made up
KEY = r"sk-\d{10}"
CONTEXT = SpanContext(1, 2, is_remote=False, trace_flags=TraceFlags(1))


def redacted(
    span: ReadableSpan, *rules: Rule, about_agents: bool = False, salt: str = ""
) -> ReadableSpan:
    changes = Changes()
    redactor = Redactor(Options(rules=rules, salt=salt))
    redactor.redact(span, changes, about_agents=about_agents)
    return changed(span, changes)


def seeded(value: Value = f"key {SECRET}.") -> ReadableSpan:
    noted: Any = {"note": value}
    return ReadableSpan(
        "call",
        CONTEXT,
        attributes=noted,
        events=[Event("e", noted, 5)],
        links=[Link(CONTEXT, noted)],
        status=Status(StatusCode.ERROR, str(value)),
    )


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        (Rule(action=Action.MASK, pattern=KEY), "key ***."),
        (Rule(action=Action.HASH, pattern=KEY), "key d5f2bdd5c29ac8ba61b3e4a7d98cbe4e."),
        (Rule(action=Action.DROP, pattern=KEY), None),
    ],
)
def test_a_pattern_is_found_wherever_text_stands(rule: Rule, left: str | None) -> None:
    span = redacted(seeded(), rule)

    expected = {} if left is None else {"note": left}
    if rule.action is Action.HASH:
        expected = {"note": span.attributes["note"]}  # type: ignore[index,dict-item]
        assert len(str(expected["note"])) == len("key .") + 32
    assert span.attributes == expected
    assert span.events[0].attributes == expected
    assert span.links[0].attributes == expected
    assert span.status.description == expected.get("note")
    assert (span.events[0].timestamp, span.status.status_code) == (5, StatusCode.ERROR)


@pytest.mark.parametrize(
    ("keys", "hit"),
    [(("user.id",), True), (("user.*",), True), (("*.id",), True), (("user",), False)],
)
def test_a_rule_finds_keys_and_globs_of_keys(keys: tuple[str, ...], *, hit: bool) -> None:
    span = ReadableSpan("call", CONTEXT, attributes={"user.id": 7, "other": 1})

    made = redacted(span, Rule(action=Action.MASK, keys=keys))

    assert made.attributes == {"user.id": "***" if hit else 7, "other": 1}


@given(
    st.recursive(
        st.sampled_from([SECRET, f"a {SECRET} b", SECRET.encode(), 5, 2.5, True, "plain"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=8,
    ),
    st.sampled_from(Action),
)
def test_no_secret_survives_in_a_value_of_any_shape(value: Value, action: Action) -> None:
    span = redacted(seeded(value), Rule(action=action, pattern=KEY))

    left = [span.attributes, *(e.attributes for e in span.events), span.status.description]
    assert SECRET not in json.dumps(left, default=repr)


def test_a_span_with_nothing_to_hide_goes_as_it_came() -> None:
    span = ReadableSpan("call", CONTEXT, attributes={"n": 1, "t": "x"}, events=[Event("e", {})])

    assert redacted(span, Rule(action=Action.MASK, pattern=KEY)) is span


def told() -> ReadableSpan:
    return ReadableSpan(
        "chat",
        CONTEXT,
        attributes={"gen_ai.input.messages": "hi", "gen_ai.request.model": "m"},
        events=[Event("exception", {"exception.message": "hi", "exception.type": "E"})],
        status=Status(StatusCode.ERROR, "hi"),
    )


@pytest.mark.parametrize("words", ["", "NO_CONTENT", "EVENT_ONLY"])
def test_content_does_not_leave_by_itself(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, words)
    span = redacted(told(), about_agents=True)

    assert span.attributes == {"gen_ai.request.model": "m"}
    assert span.events[0].attributes == {"exception.type": "E"}
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)


def test_content_leaves_where_the_owner_has_opted_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "SPAN_AND_EVENT")
    span = told()

    assert redacted(span, about_agents=True) is span


def test_the_errors_of_other_spans_keep_their_texts() -> None:
    span = redacted(told(), about_agents=False)

    assert span.events[0].attributes == {"exception.message": "hi", "exception.type": "E"}
    assert span.status.description == "hi"
    assert "gen_ai.input.messages" not in (span.attributes or {})


def test_a_salt_changes_the_hash_and_the_same_salt_does_not() -> None:
    rule = Rule(action=Action.HASH, keys=("note",))
    found = [redacted(seeded("x"), rule, salt=salt).attributes for salt in ("", "a", "a")]

    assert found[0] != found[1] == found[2]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"action": "drop"}, "a rule with keys or a pattern"),
        ({"action": "burn", "keys": ("a",)}, "one of drop, hash, mask"),
        ({"action": "drop", "pattern": "("}, "a regular expression"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(rule: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        Rule(**rule)
