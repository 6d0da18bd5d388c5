"""`otel-agents inspect` as a user runs it."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from otel_agents.cli.inspect import SHOWN_REFUSALS
from tests.shell import CAPTURES, answer, chat, document, run, span

CLAUDE = CAPTURES / "claude-agent-sdk__fake-anthropic.traces.json"


@pytest.fixture
def one(tmp_path: Path) -> Path:
    path = tmp_path / "one.json"
    path.write_text(document(chat()))
    return path


def test_the_money_comes_first(one: Path) -> None:
    code, out, err = run("inspect", one)

    assert (code, err) == (0, "")
    assert out.startswith("$0.0035 for 1 model calls · 1,000 tokens in (0 from cache) · 100 out\n")


def test_the_json_of_a_capture_is_what_it_was() -> None:
    golden = Path(__file__).parent / "claude-agent-sdk.json"

    assert answer(CLAUDE) == json.loads(golden.read_text())


def test_several_files_are_read_as_one(one: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(document(chat("gpt-4o-mini", 2), span({}, 3, parentSpanId=f"{1:016x}")))
    totals = answer(one, other)["totals"]

    assert (totals["traces"], totals["spans"], totals["model_calls"]) == (1, 3, 2)


def test_a_call_in_one_file_belongs_to_the_agent_in_another(tmp_path: Path) -> None:
    run_span = span({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a"}, 9)
    call, agent = tmp_path / "call.json", tmp_path / "agent.json"
    call.write_text(document({**chat(), "parentSpanId": f"{9:016x}"}))
    agent.write_text(document(run_span))

    assert [(row["agent"], row["model_calls"]) for row in answer(call, agent)["agents"]] == [
        ("a", 1)
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input_is_a_file_too(one: Path, *, packed: bool) -> None:
    raw = one.read_bytes()
    given = answer("-", stdin=gzip.compress(raw) if packed else raw)

    assert given == answer(one)


def test_a_packed_file_says_the_same(one: Path, tmp_path: Path) -> None:
    packed = tmp_path / "one.json.gz"
    packed.write_bytes(gzip.compress(one.read_bytes()))

    assert answer(packed) == answer(one)


@pytest.mark.parametrize("only", ["agent", "group", "model", "tool", "conversation", "tenant"])
def test_one_table_alone(only: str) -> None:
    code, out, _ = run("inspect", "--group-by", only, CLAUDE)
    titles = [line for line in out.splitlines() if line.endswith("p95")]

    assert code == 0
    assert [title.split()[0].lower() for title in titles] == [only]


def test_groups_and_tenants_by_keys_of_one_s_own(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(document(chat(team="blue", customer="acme"), chat("m", 2, squad="red")))
    given = answer("--group-key", "team", "--group-key", "squad", "--tenant-key", "customer", path)

    assert {row["group"] for row in given["groups"]} == {"blue", "red"}
    assert {row["tenant"] for row in given["tenants"]} == {"acme", ""}


def test_a_ledger_of_one_s_own_prices_what_the_public_list_does_not(tmp_path: Path) -> None:
    ledger, path = tmp_path / "ledger.yaml", tmp_path / "a.json"
    ledger.write_text("prices:\n  - {model: my-llm, input: 1, output: 10}\n")
    path.write_text(document(chat("my-llm")))
    own = answer("--ledger", ledger, path)["totals"]

    assert (own["cost_usd"], own["unpriced_calls"]) == (0.002, 0)
    assert answer(path)["totals"]["unpriced_calls"] == 1


# --- input that cannot be used --------------------------------------------------------------


def usage(tmp_path: Path, content: bytes | None, *options: str) -> tuple[object, str, str]:
    path = tmp_path / "input"
    if content is not None:
        path.write_bytes(content)
    code, out, err = run("inspect", *options, path)
    return code, out, err.replace(str(path), "INPUT")


WHOLE = document(chat(), chat("gpt-4o-mini", 2)).encode()
UNUSABLE: dict[str, tuple[bytes | None, str]] = {
    "no such file": (None, "INPUT: cannot be opened: No such file or directory"),
    "an empty file": (b"", "INPUT: start: the file is empty; expected OTLP traces"),
    "a file of spaces": (b" \n\n ", "INPUT: start: the file is empty; expected OTLP traces"),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(100), "INPUT: byte 0: found a PNG image; expected"),
    "text": (b"hello", "INPUT: byte 0: found the text 'hello'; expected OTLP"),
    "JSON that is cut off": (WHOLE[:-40], "INPUT: line 1, column"),
    "gzip that is cut off": (gzip.compress(WHOLE)[:-20], "INPUT: byte"),
    "protobuf that is cut off": (b"\x0a\x7f\x12", "INPUT: byte"),
}


@pytest.mark.parametrize(("content", "says"), UNUSABLE.values(), ids=list(UNUSABLE))
@pytest.mark.parametrize("output", ["table", "json"])
def test_a_file_that_cannot_be_read_is_told_in_one_line(
    tmp_path: Path, content: bytes | None, says: str, output: str
) -> None:
    code, out, err = usage(tmp_path, content, "--format", output)

    assert (code, out) == (2, "")
    assert err.startswith(f"otel-agents: {says}")
    assert err.count("\n") == 1


def test_one_bad_file_among_good_ones_is_named(one: Path, tmp_path: Path) -> None:
    code, out, err = run("inspect", one, tmp_path / "gone.json", one)

    assert (code, out) == (2, "")
    assert "gone.json: cannot be opened" in err


def test_empty_standard_input_is_told_by_its_name() -> None:
    assert run("inspect", "-").err.startswith("otel-agents: <stdin>: start: the file is empty")


OPTIONS = {
    "a size that is none": (("--max-memory", "lots"), "--max-memory: got 'lots', expected a size"),
    "a size below nothing": (("--max-memory=-1",), "--max-memory: got '-1', expected a size"),
    "a ledger that is not there": (("--ledger", "gone.yaml"), "gone.yaml: got 'No such file"),
}


@pytest.mark.parametrize(("options", "says"), OPTIONS.values(), ids=list(OPTIONS))
def test_an_option_that_cannot_be_used_is_told_in_one_line(
    one: Path, options: tuple[str, ...], says: str
) -> None:
    code, out, err = run("inspect", *options, one)

    assert (code, out) == (2, "")
    assert err.startswith(f"otel-agents: {says}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("ledger", ["prices: [}", "prices: 7", "price: []", "- 1"])
def test_a_ledger_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, ledger: str) -> None:
    path = tmp_path / "ledger.yaml"
    path.write_text(ledger)
    code, out, err = run("inspect", "--ledger", path, CLAUDE)

    assert (code, out) == (2, "")
    assert err.startswith(f"otel-agents: {path}:1")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [(), ("--format", "xml", "a"), ("--group-by", "colour", "a"), ("--wat", "a")]
)
def test_bad_usage_exits_2_and_shows_the_way(arguments: tuple[str, ...]) -> None:
    code, out, err = run("inspect", *arguments)

    assert (code, out) == (2, "")
    assert "Usage: otel-agents inspect" in err


# --- spans that cannot be used --------------------------------------------------------------

TOKENS = "gen_ai.usage.input_tokens"
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
CHILD = f"{2:016x}"
ABSURD: dict[str, tuple[dict[str, Any], str]] = {
    "fewer tokens than none": (chat(**{TOKENS: -1}), "bad_token_count"),
    "more tokens than there are": (chat(**{TOKENS: 2**63 - 1}), "bad_token_count"),
    "a number that no field holds": (
        span({}, attributes=[{"key": "a", "value": {"intValue": str(2**63)}}]),
        "out_of_range",
    ),
    "a start in 1970": (span(CHAT, startTimeUnixNano="1"), "bad_start"),
    "no start": (span(CHAT, startTimeUnixNano=None), "bad_start"),
    "a start in 2100": (span(CHAT, startTimeUnixNano=str(4_102_444_800 * 10**9)), "bad_start"),
    "no span id": (span(CHAT, spanId=""), "bad_span_id"),
    "a trace id of zeros": (span(CHAT, traceId="0" * 32), "bad_trace_id"),
    "attributes that are none": (span(CHAT, attributes={"a": 1}), "wrong_type"),
    "a name that is none": (span(CHAT, name=7), "wrong_type"),
}


@pytest.mark.parametrize(("bad", "reason"), ABSURD.values(), ids=list(ABSURD))
def test_an_impossible_span_is_refused_with_its_reason_and_the_rest_is_read(
    tmp_path: Path, bad: dict[str, Any], reason: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(document(bad, chat("gpt-4o", 2)))
    code, out, err = run("inspect", "--format", "json", path)
    given = json.loads(out)

    assert code == 0
    assert given["refused"] == {reason: 1}
    assert (given["totals"]["model_calls"], given["totals"]["refused_spans"]) == (1, 1)
    assert err.startswith(f"otel-agents: refused: {path}: ")
    assert reason in err
    assert err.count("\n") == 1


def test_of_many_refusals_the_first_few_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    spans = [chat("gpt-4o", number, **{TOKENS: -1}) for number in range(1, 9)]
    path.write_text(document(*spans))
    lines = run("inspect", path).err.splitlines()

    assert len(lines) == SHOWN_REFUSALS + 1
    assert f"span {1:016x} of trace {1:032x}: bad_token_count: {TOKENS} is -1" in lines[0]
    assert lines[-1] == "otel-agents: refused: 3 spans more"


STRANGE: dict[str, tuple[list[dict[str, Any]], int]] = {
    "tokens that nobody knew": ([chat(**{TOKENS: float("nan")})], 1),
    "tokens as text": ([chat(**{TOKENS: "1000"})], 1),
    "a span that is its own parent": ([{**chat(), "parentSpanId": f"{1:016x}"}], 1),
    "a parent that never came": ([{**chat(), "parentSpanId": f"{7:016x}"}], 1),
    "an end before the start": ([span(CHAT, endTimeUnixNano="5")], 1),
    "100,000 attributes": ([chat(**{f"k{number}": number for number in range(100_000)})], 1),
    "half a character": ([chat("m\ud800")], 1),
    "no attributes at all": ([span({}), chat("gpt-4o", 2)], 1),
}


@pytest.mark.parametrize(("spans", "calls"), STRANGE.values(), ids=list(STRANGE))
def test_a_strange_span_is_read(tmp_path: Path, spans: list[dict[str, Any]], calls: int) -> None:
    path = tmp_path / "a.json"
    path.write_text(document(*spans))
    given = answer(path)

    assert given["totals"]["model_calls"] == calls
    assert given["totals"]["refused_spans"] == 0
    assert run("inspect", path).code == 0


def test_a_circle_of_parents_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    spans = [{**chat("gpt-4o", n), "parentSpanId": f"{n % 3 + 1:016x}"} for n in (1, 2, 3)]
    path.write_text(document(*spans))

    assert answer(path)["totals"]["spans"] == 3


def test_bytes_that_are_no_text_are_refused_or_read_and_never_break(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(document(chat("XX")).encode().replace(b"XX", b"\xff\xfe"))
    code, out, err = run("inspect", "--format", "json", path)

    assert "Traceback" not in err
    assert (code == 2 and err.count("\n") == 1) or json.loads(out)["totals"]["model_calls"] == 1


def test_a_span_that_comes_twice_is_counted_once_and_told(one: Path) -> None:
    code, out, err = run("inspect", "--format", "json", one, one)

    assert code == 0
    assert json.loads(out)["totals"]["model_calls"] == 1
    assert err == "otel-agents: 1 spans came again and are counted once\n"


def test_traces_that_did_not_fit_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    spans = [{**chat(), "traceId": f"{number:032x}"} for number in range(1, 51)]
    path.write_text(document(*spans))
    code, out, err = run("inspect", "--max-memory", "10KiB", "--format", "json", path)

    assert code == 0
    assert json.loads(out)["totals"]["model_calls"] == 50
    assert " of 50 traces were closed before the end of input to stay within --max-memory " in err
    assert "10KiB" in err
