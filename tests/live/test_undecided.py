"""What the Collector does with traces that are late, large, too many, or pending at its end.

The cases of conformance.yaml that are about the time of a decision, where it can be had without
waiting: under `span-ingest` a policy that matches decides at once, and so does a trace's size.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tests.live.collector import Collector
from tests.live.sampled import ROUTE, Block, configuration
from tests.live.spans import batch, requests, span

pytestmark = pytest.mark.timeout(60)

Words = dict[str, Any]

ALL: Final = {"policies": [{"name": "all", "type": "always_sample"}]}
ERRORS: Final = {
    "sampling_strategy": "span-ingest",
    "policies": [
        {"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}}
    ],
}
CACHE: Final = {"decision_cache": {"sampled_cache_size": 9, "non_sampled_cache_size": 9}}
OK: Final[Words] = {}
ERROR: Final[Words] = {"status": "ERROR"}
LARGE: Final[Words] = {"attributes": [("text", "x" * 2000)]}


class Story(NamedTuple):
    """What comes, and what goes on.

    Attributes:
        block: The block.
        spans: The traces and spans that come, each in a request of its own.
        passed: Which of them go on, by their place; trace by trace.
    """

    block: Block
    spans: Sequence[tuple[int, Words]]
    passed: list[int]


STORIES: Final = {
    "late_same-sampled": Story(ERRORS, [(1, ERROR), (1, OK), (2, OK)], [1, 2]),
    "late_same-not_sampled": Story(
        ALL | {"maximum_trace_size_bytes": 1000}, [(1, LARGE), (1, OK), (2, OK)], [3]
    ),
    "cache_late-sampled": Story(
        ERRORS | CACHE | {"num_traces": 1}, [(1, ERROR), (2, OK), (1, OK)], [1, 3]
    ),
    "cache_late-not_sampled": Story(
        ALL | CACHE | {"num_traces": 1, "maximum_trace_size_bytes": 1000},
        [(1, LARGE), (2, OK), (1, OK)],
        [2],
    ),
    "no_cache_resplit": Story(
        ERRORS | {"num_traces": 1}, [(1, ERROR), (2, OK), (1, OK), (1, ERROR)], [1, 3, 4]
    ),
    "overflow": Story(ALL | {"num_traces": 2}, [(1, OK), (2, OK), (3, OK)], [2, 3]),
    "too_large": Story(
        ALL | {"maximum_trace_size_bytes": 1000}, [(1, OK), (1, LARGE), (2, OK)], [3]
    ),
    "shutdown": Story(ALL, [(1, OK)], [1]),
    "shutdown-discarded": Story(ALL | {"drop_pending_traces_on_shutdown": True}, [(1, OK)], []),
    "ingest_release": Story(ERRORS, [(1, OK), (1, OK), (1, ERROR)], [1, 2, 3]),
    "ingest_tick": Story(ERRORS, [(1, OK), (1, OK)], []),
}
NAMES: Final = {name: f"s{place}" for place, name in enumerate(STORIES)}


@pytest.fixture(scope="module")
def passed(
    require_server: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Any]]:
    """Tell every story in one Collector, a pipeline each; return what went on."""
    program, folder = require_server("otelcol"), tmp_path_factory.mktemp("undecided")
    blocks = {NAMES[name]: story.block for name, story in STORIES.items()}
    with Collector(program, configuration(blocks, folder, routed=True), folder) as collector:
        for name, story in STORIES.items():
            for place, (trace_id, words) in enumerate(story.spans, 1):
                one = batch([span(trace_id, place, **words)], [(ROUTE, NAMES[name])])
                one.schema_url = one.scope_spans[0].schema_url = "https://schema/1.0"
                collector.post(requests([one])[0])
    return {
        name: [json.loads(line) for line in (folder / f"{file}.json").read_text().splitlines()]
        for name, file in NAMES.items()
    }


@pytest.mark.parametrize("name", STORIES)
def test_what_goes_on_is_what_the_story_says(passed: dict[str, list[Any]], name: str) -> None:
    found = [
        each
        for document in passed[name]
        for resource in document["resourceSpans"]
        for scope in resource["scopeSpans"]
        for each in scope["spans"]
    ]
    # Traces that are decided together come in any order, the spans of each in their own.
    found.sort(key=lambda each: str(each["traceId"]))

    assert [int(each["spanId"], 16) for each in found] == STORIES[name].passed


def test_the_collector_forgets_the_schema(passed: dict[str, list[Any]]) -> None:
    assert "schemaUrl" not in json.dumps(passed)
