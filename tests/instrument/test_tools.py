"""Tool calls: what they do to the world, how they end, what was said to them."""

import pytest

from otel_agents.instrument import agent, tool
from otel_agents.instrument.content import VARIABLE
from tests.instrument.told import Told


def test_a_tool_call_says_what_it_is(told: Told) -> None:
    with tool("refund", effect="destructive", external=True, type="extension", call_id="c1"):
        pass

    assert told.span("execute_tool refund") == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "refund",
        "gen_ai.tool.type": "extension",
        "gen_ai.tool.call.id": "c1",
        "otel_agents.tool.effect": "destructive",
        "otel_agents.tool.external": True,
        "otel_agents.tool.status": "ok",
    }
    call = told.read()["execute_tool refund"]
    assert (call.role, call.tool, call.tool_effect, call.external, call.call_id) == (
        "tool",
        "refund",
        "destructive",
        True,
        "c1",
    )


EVENT = "otel_agents.tool.call.failed on execute_tool refund: "


@pytest.mark.parametrize(
    ("error", "tree", "says"),
    [
        (OSError(), "ERROR error=OSError status=error", "status=error type=OSError"),
        (TimeoutError(), "ERROR error=TimeoutError status=timeout", "status=timeout"),
        (PermissionError(), "ERROR error=PermissionError status=denied", "status=denied"),
        (KeyboardInterrupt(), "ERROR error=KeyboardInterrupt status=cancelled", "cancelled"),
    ],
)
def test_a_failed_call_is_told_by_its_status_and_an_event(
    told: Told, error: BaseException, tree: str, says: str
) -> None:
    with pytest.raises(type(error)), tool("refund", call_id="c1"):
        raise error

    (event,) = told.events()
    assert told.tree() == f"execute_tool refund {tree}"
    assert event.startswith(f"{EVENT}group=none name=refund ")
    assert says in event
    assert event.endswith("id=c1")


@pytest.mark.parametrize("status", ["error", "timeout", "denied", "cancelled"])
def test_a_call_may_fail_without_an_exception(told: Told, status: str) -> None:
    with tool("refund") as call:
        call.status(status)  # type: ignore[arg-type] # one of them
        call.call_id("c1")

    assert told.tree() == f"execute_tool refund ERROR error={status} status={status}"
    assert told.read()["execute_tool refund"].failed
    assert told.events() == [f"{EVENT}group=none name=refund status={status} type={status} id=c1"]


def test_a_strange_word_is_logged_and_not_recorded(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    with tool("refund", effect="wirte") as call:  # type: ignore[arg-type]
        call.status("fine")  # type: ignore[arg-type]

    assert told.tree() == "execute_tool refund status=ok"
    assert "otel_agents.tool.effect" not in told.span("execute_tool refund")
    assert "tool effect: got 'wirte', expected one of read, write" in caplog.text
    assert "tool status: got 'fine', expected one of ok, error" in caplog.text


class Desk:
    @tool("refund")
    def refund(self, order: str, *, amount: int = 1) -> dict[str, object]:
        return {"order": order, "paid": amount}


@pytest.mark.parametrize(
    ("setting", "arguments", "result"),
    [
        ("", None, None),
        ("NO_CONTENT", None, None),
        ("true", None, None),
        ("EVENT_ONLY", None, None),
        ("span_only", '{"order":"o1","amount":2}', '{"order":"o1","paid":2}'),
        ("SPAN_AND_EVENT", '{"order":"o1","amount":2}', '{"order":"o1","paid":2}'),
    ],
)
def test_arguments_and_results_are_recorded_only_where_that_is_allowed(
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    arguments: str | None,
    result: str | None,
) -> None:
    monkeypatch.setenv(VARIABLE, setting)
    Desk().refund("o1", amount=2)
    said = told.span("execute_tool refund")

    assert said.get("gen_ai.tool.call.arguments") == arguments
    assert said.get("gen_ai.tool.call.result") == result


def test_a_block_says_its_content_itself(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "SPAN_ONLY")
    with tool("refund") as call:
        call.arguments("o1")
        call.result([object])

    said = told.span("execute_tool refund")
    assert said["gen_ai.tool.call.arguments"] == "o1"
    assert said["gen_ai.tool.call.result"] == "[\"<class 'object'>\"]"


def test_wrong_arguments_are_the_functions_own_error(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "SPAN_ONLY")
    with pytest.raises(TypeError, match="refund"):
        Desk().refund()  # type: ignore[call-arg]

    assert told.tree() == "execute_tool refund ERROR error=TypeError status=error"


def test_around_an_instrumented_tool_the_call_counts_once(told: Told) -> None:
    tracer = told.tracing.get_tracer("opentelemetry.instrumentation.genai.langchain")
    inner = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}
    span = tracer.start_as_current_span("execute_tool search", attributes=inner)
    with agent("triage"), tool("search", effect="read"), span:
        pass

    assert told.counts() == [
        "tool search ×2 @triage",
        "run 0 calls 1 tools 0 tokens (0/1 own) @triage",
    ]
