from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.policies.ottl_parser import as_text, condition
from otel_agents.pipeline.policies.ottl_paths import Seen
from otel_agents.pipeline.policies.ottl_text import OttlRefused
from tests.pipeline.policies.traces import span

SEEN = Seen(
    *span(
        name="GET /pay",
        kind="CLIENT",
        status="ERROR",
        parent_id=0,
        attributes={
            "n": 5,
            "f": 2.5,
            "b": True,
            "s": "x",
            "raw": b"\x01",
            "list": [1, 2],
            "empty": b"",
            "big": 2**53 + 1,
        },
    )
)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('name == "GET /pay"', True),
        ('not name == "GET /pay"', False),
        ('not (name == "x" or kind == SPAN_KIND_CLIENT)', False),
        ("status.code == STATUS_CODE_ERROR and kind == 3", True),
        # and binds closer than or
        ("true or false and false", True),
        ("(true or false) and false", False),
        ("not false and true", True),
        ('attributes["n"] > 4', True),
        ('attributes["n"] >= 5.5', False),
        ('attributes["f"] < 3', True),
        ('5 == attributes["n"]', True),
        ('attributes["n"] == "5"', False),
        ('attributes["n"] != "5"', True),
        ('attributes["n"] < "9"', False),
        ('attributes["b"] == true', True),
        ('attributes["b"] == 1', False),
        ('attributes["b"] > false', True),
        ('attributes["none"] == nil', True),
        ('attributes["none"] != nil', False),
        ('attributes["s"] != nil', True),
        ('attributes["none"] != "x"', True),
        ('attributes["none"] < 1', False),
        ("nil <= nil", True),
        ("nil < nil", False),
        ('attributes["empty"] == nil', True),
        ('attributes["empty"] < 0x02', False),
        ('attributes["big"] == 9007199254740992.0', True),
        ('9007199254740992.0 < attributes["big"]', False),
        ('attributes["big"] == 9007199254740992', False),
        ('attributes["s"] <= nil', False),
        ('attributes["raw"] == 0x01', True),
        ('attributes["raw"] < 0x02', True),
        ('attributes["list"] == attributes["list"]', True),
        ('attributes["list"] < attributes["list"]', False),
        ('attributes["s"] < "y"', True),
        ('IsMatch(name, "^GET ")', True),
        ('IsMatch(name, "pay$") == false', False),
        ('IsMatch(attributes["n"], "^5$")', True),
        ('IsMatch(attributes["none"], ".*")', False),
        ("IsRootSpan()", True),
        ("IsRootSpan() and not IsRootSpan()", False),
        ('name=="GET /pay"and true', True),
        ('attributes["n"] == -5 or attributes["n"] == +5', True),
    ],
)
def test_a_condition_is_answered(text: str, answer: bool) -> None:
    assert condition(text, events=False)(SEEN) is answer


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "column 1: the end where a path"),
        ("name", "column 5: the end where a comparison of what stands at column 1"),
        ("name ==", "column 8: the end where a path"),
        ('name == "x" extra', "column 13: 'extra' where the end, and, or"),
        ("(true", r"column 6: the end where '\)'"),
        ("true and", "column 9: the end"),
        ("name == true)", r"column 13: '\)' where the end"),
        ("Len(name) == 1", "column 1: there is no function Len; known are IsMatch"),
        ("IsMatch(name, name)", "column 15: 'name' where a pattern in quotes"),
        ('IsMatch(name, "(")', "column 15: no regular expression"),
        ('IsMatch(name "x")', "column 14: '\"x\"' where ','"),
        ("IsRootSpan(name)", "column 12: 'name' where"),
        ("attributes[name] == 1", "column 12: 'name' where a key in quotes"),
        ('attributes["n"', "column 15: the end where ']'"),
        ("name. == 1", "column 7: '==' where a name"),
        ("kind == SPAN_KIND_X", "column 9: there is no path SPAN_KIND_X"),
        ("kind + 1 == 2", "column 6: '. 1 ==.' is not understood|column 6"),
        ("kind == 9223372036854775808", "does not fit 64 bits"),
        ("(" * 60 + "true" + ")" * 60, "nested over 50 deep"),
        ("true == true == true", "column 14: '==' where the end"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(OttlRefused, match=problem):
        condition(text, events=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("x", "x"),
        (b"\x01\xff", "01ff"),
        (True, "true"),
        (5, "5"),
        (2.0, "2"),
        (2.5, "2.5"),
        (-0.0, "-0"),
        (0.0, "0"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (0.00025, "0.00025"),
        (1e-7, "1e-7"),
        (float("inf"), "inf"),
        (b"", None),
        ({"b": [1, 2.0, 0.5, b"\x02"], "a": "<é>"}, '{"a":"\\u003cé\\u003e","b":[1,2,0.5,"Ag=="]}'),
    ],
)
def test_a_value_is_matched_as_text(value: Any, text: str | None) -> None:  # noqa: ANN401
    assert as_text(value) == text


WORDS = st.sampled_from(
    ["name", "kind", "true", "not", "and", "or", "(", ")", "==", "<", '"x"', "1", "nil", "[", "."]
)


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_any_condition_is_answered_or_refused(text: str) -> None:
    try:
        answer = condition(text, events=False)(SEEN)
    except OttlRefused:
        return
    assert isinstance(answer, bool)
