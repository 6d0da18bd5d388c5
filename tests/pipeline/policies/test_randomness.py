import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.policies.randomness import (
    MAX_MEMBERS,
    NO_OT,
    Ot,
    members,
    of_conversation,
    of_trace,
    ot_of,
    with_threshold,
)
from otel_agents.pipeline.policies.threshold import NEVER, th_parse

RV = "rv:0123456789abcd"


@pytest.mark.parametrize(
    ("trace_state", "said"),
    [
        ("", NO_OT),
        ("vendor=ot", NO_OT),
        ("notot=rv:0123456789abcd", NO_OT),
        (f"a=b, ot={RV};th:8", Ot(0x0123456789ABCD, 1 << 55)),
        ("ot=th:8;rv:short", Ot(None, 1 << 55)),
        ("ot=th:xyz", NO_OT),
        ("ot=" + "x:y;" * 80 + RV, NO_OT),
        (f"ot={RV},ot=th:8", Ot(0x0123456789ABCD, None)),
    ],
)
def test_the_ot_member_is_read(trace_state: str, said: Ot) -> None:
    assert ot_of(trace_state) == said


@pytest.mark.parametrize(
    ("came", "threshold", "rv", "leaves"),
    [
        ("", "8", None, "ot=th:8"),
        ("", "0", None, "ot=th:0"),
        ("", None, None, ""),
        ("ot=th:8", "4", None, "ot=th:8"),
        ("ot=th:8", "c", None, "ot=th:c"),
        ("ot=th:8", None, None, ""),
        ("ot=th:bad!", "4", None, "ot=th:4"),
        (f"a=b,ot={RV};th:8;x:y", None, None, f"ot={RV};x:y,a=b"),
        ("a=b", "8", 1, "ot=rv:00000000000001;th:8,a=b"),
        (f"ot={RV}", "8", 1, f"ot={RV};th:8"),
        ("ot=rv:short", "8", 1, "ot=rv:00000000000001;th:8"),
        ("ot=rv:short", "8", None, "ot=th:8"),
        ("a=b,,c", "8", None, "ot=th:8,a=b"),
    ],
)
def test_a_kept_span_says_what_it_was_kept_by(
    came: str, threshold: str | None, rv: int | None, leaves: str
) -> None:
    number = None if threshold is None else th_parse(threshold)
    assert with_threshold(came, number, rv) == leaves


def test_a_full_tracestate_loses_its_last_member() -> None:
    full = ",".join(f"k{number}=v" for number in range(MAX_MEMBERS))

    written = members(with_threshold(full, 0))

    assert len(written) == MAX_MEMBERS
    assert (written[0], written[-1]) == (("ot", "th:0"), (f"k{MAX_MEMBERS - 2}", "v"))


@given(st.text(max_size=60), st.none() | st.integers(0, NEVER - 1))
def test_writing_twice_changes_nothing_more(came: str, threshold: int | None) -> None:
    once = with_threshold(came, threshold)
    assert with_threshold(once, threshold) == once
    if threshold is not None:
        written = ot_of(once).th
        assert written is not None
        assert written >= threshold


@given(st.text())
def test_a_conversation_has_one_randomness(conversation: str) -> None:
    assert 0 <= of_conversation(conversation) == of_conversation(conversation) < NEVER


def test_randomness_is_the_same_in_every_language() -> None:
    # printf conv-1 | sha256sum | cut -c 51-64
    assert f"{of_conversation('conv-1'):014x}" == "9106460a79899f"
    assert of_trace(0x4BF92F3577B34DA6A3CE929D0E0E4736) == 0xCE929D0E0E4736


def test_what_is_remembered_of_the_wire_is_bounded() -> None:
    for number in range(5_000):
        assert ot_of(f"ot=rv:{number:014x}").rv == number
