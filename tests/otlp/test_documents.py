import json
from collections.abc import Iterator

import pytest

from otel_agents.errors import InputError, SpanRefused
from otel_agents.otlp import text
from otel_agents.otlp.documents import DocumentReader
from otel_agents.otlp.source import ByteStream
from tests.otlp.forms import a_json_span, document


def named(*names: str) -> dict[str, object]:
    return document(*(a_json_span(name=name) for name in names))


def told(written: str) -> str:
    """The spans by name, what was skipped or refused, and the error that ended them."""
    said: list[str] = []

    def refuse(refused: SpanRefused) -> None:
        said.append(f"<{refused.reason}>")

    def skipped(signal: str) -> None:
        said.append(f"({signal})")

    raw = written.encode()
    chunks: Iterator[bytes] = (raw[at : at + 50] for at in range(0, len(raw), 50))
    try:
        for record in DocumentReader(ByteStream("file", chunks, str), refuse, skipped).read():
            said.append(record.name)  # noqa: PERF401 those before an error count
    except InputError as error:
        said.append(f" ! {error}")
    return "".join(said)


@pytest.fixture(params=["at once", "entered"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "entered":
        monkeypatch.setattr(text, "WHOLE_BYTES", 0)


AB = json.dumps(named("a", "b"))
LOGS = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [{}, {}]}]}]})


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize(
    ("written", "said"),
    [
        pytest.param(AB, "ab", id="document"),
        pytest.param(json.dumps(named("a", "b"), indent=4), "ab", id="pretty"),
        pytest.param(f"{AB}\n{AB}\n", "abab", id="lines"),
        pytest.param(AB + AB, "abab", id="without a line's end"),
        pytest.param(f"[{AB},{AB}]", "abab", id="array"),
        pytest.param(f"[{AB}]\n[{AB}]", "abab", id="lines of arrays"),
        pytest.param("[]", "", id="empty array"),
        pytest.param('{"resourceSpans": []}', "", id="no spans"),
        pytest.param('{"resourceSpans": null}', "", id="null"),
        pytest.param(AB.replace("resourceSpans", "batches"), "ab", id="Tempo"),
        pytest.param(AB.replace("resourceSpans", "resource_spans"), "ab", id="snake case"),
        pytest.param(f"{LOGS}\n{AB}\n{LOGS}", "(logs)ab(logs)", id="other signals"),
        pytest.param(json.dumps(named("a", "b"), sort_keys=True), "ab", id="sorted"),
        pytest.param('{"more": {"a": [1]}, ' + AB[1:], "ab", id="further key"),
        pytest.param(json.dumps(document(1, a_json_span(name="a"))), "<wrong_type>a", id="refused"),
        pytest.param(
            '{"resourceSpans": [{"resource": {}, "schemaUrl": "u", "scopeSpans": '
            '[{"schemaUrl": "u", "spans": []}, {}]}, {}]}',
            "",
            id="nearly nothing",
        ),
    ],
)
def test_documents_are_read(written: str, said: str) -> None:
    assert told(written) == said


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (
            '{"foo": 1, "bar": 2}',
            "line 1, column 1: $: found an object with 'foo', 'bar'; expected",
        ),
        (f'{{"long": "{"x" * 99}"}}', "line 1, column 1: $: found an object with 'long'; expected"),
        ("{}", "found an object with no keys"),
        ('{"data": []}', "looks like Jaeger's JSON"),
        ('[{"traceId": "1", "localEndpoint": {}}]', "looks like Zipkin's JSON"),
        ('[{"scopeSpans": []}]', "looks like a ResourceSpans without its request"),
        ("[1]", "line 1, column 2: found '1]', expected OTLP/JSON"),
        ("[", "line 1, column 2: the file is truncated"),
        (f"{AB}\nnonsense", "ab ! file: line 2, column 1: found 'nonsense', expected OTLP/JSON"),
        ('{"resourceSpans": 3}', "resourceSpans"),
        ('{"resourceSpans": [3]}', "resourceSpans[0]"),
        ('{"resourceSpans": [{"resource": 3}]}', "resourceSpans[0].resource: got 3"),
        ('{"resourceSpans": [{"scopeSpans": 3}]}', "resourceSpans[0].scopeSpans"),
        ('{"resourceSpans": [{"scopeSpans": [3]}]}', "resourceSpans[0].scopeSpans[0]"),
        ('{"resourceSpans": [{"scopeSpans": [{"scope": 3}]}]}', "scopeSpans[0].scope: got 3"),
        (AB.replace('"b"', "b"), "a ! file: line 1, column "),
        ('{"a": ' * 9999, "nested too deeply"),
    ],
)
def test_what_is_no_document_is_an_error_with_its_place(written: str, problem: str) -> None:
    assert problem in told(written)


@pytest.mark.usefixtures("_either_way")
def test_every_truncation_gives_what_is_whole_and_then_says_where() -> None:
    whole = [AB.index("}", AB.index(f'"{name}"')) for name in "ab"]
    for end in range(1, len(AB)):
        assert told(AB[:end]).startswith("ab"[: sum(at < end for at in whole)] + " ! file: line 1")


@pytest.mark.parametrize(
    ("late", "what"),
    [
        ('{"resourceSpans": [{"scopeSpans": [{"spans": []}], "resource": {}}]}', "resource"),
        ('{"resourceSpans": [{"scopeSpans": [{"spans": [], "scope": {}}]}]}', "scope"),
    ],
)
def test_a_large_document_must_say_first_whose_spans_follow(
    late: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(late) == ""

    monkeypatch.setattr(text, "WHOLE_BYTES", 0)
    assert f"names its {what} behind its spans" in told(late)
