from collections.abc import Sequence
from typing import Any

import pytest

from otel_agents.pipeline.policies.node import PolicyFailure
from otel_agents.pipeline.policies.ottl_paths import Key, Seen, path
from otel_agents.pipeline.policies.ottl_text import OttlRefused
from otel_agents.record import Event
from tests.pipeline.policies.traces import START_NS, span

RECORD, CONTEXT = span(
    name="checkout",
    kind="SERVER",
    status="ERROR",
    ms=5,
    attributes={"k": "v", "map": {"list": [1, 2]}},
    resource={"service.name": "shop"},
    trace_state="a=b,c=d",
    flags=1,
)
SEEN = Seen(RECORD, CONTEXT, Event("hit", {"e": 5}))


@pytest.mark.parametrize(
    ("names", "keys", "events", "value"),
    [
        ("name", (), False, "checkout"),
        ("span.name", (), False, "checkout"),
        ("kind", (), False, 2),
        ("kind.string", (), False, "Server"),
        ("status.code", (), False, 2),
        ("trace_id.string", (), False, f"{7:032x}"),
        ("span_id.string", (), False, f"{9:016x}"),
        ("parent_span_id.string", (), False, f"{1:016x}"),
        ("start_time_unix_nano", (), False, START_NS),
        ("end_time_unix_nano", (), False, START_NS + 5_000_000),
        ("trace_state", (), False, "a=b,c=d"),
        ("trace_state", ("c",), False, "d"),
        ("trace_state", ("x",), False, ""),
        ("flags", (), False, 1),
        ("attributes", ("k",), False, "v"),
        ("span.attributes", ("map", "list", 1), False, 2),
        ("attributes", ("none", "list", 1), False, None),
        ("attributes", ("map", "none"), False, None),
        ("resource.attributes", ("service.name",), False, "shop"),
        ("scope.name", (), False, "scope"),
        ("instrumentation_scope.version", (), False, "1.0"),
        ("name", (), True, "hit"),
        ("attributes", ("e",), True, 5),
        ("spanevent.attributes", ("e",), True, 5),
        ("span.name", (), True, "checkout"),
        ("span.attributes", ("k",), True, "v"),
        ("resource.attributes", ("service.name",), True, "shop"),
    ],
)
def test_a_path_reads_a_span_or_its_event(
    names: str,
    keys: Sequence[Key],
    events: bool,
    value: Any,  # noqa: ANN401
) -> None:
    assert path(names.split("."), keys, 1, events=events)(SEEN) == value


@pytest.mark.parametrize(
    ("names", "keys", "events", "problem"),
    [
        ("nam", (), False, "did you mean name"),
        ("span.nam", (), False, "of span, known are name"),
        ("status.message", (), False, "no path status.message"),
        ("events", (), False, "no path events"),
        ("resource", (), False, "no path resource"),
        ("scope.attributes", ("k",), False, "no path scope.attributes"),
        ("attributes", (), False, "attributes want a key"),
        ("attributes", (1,), False, "attributes want a key"),
        ("name", ("k",), False, "name takes no key"),
        ("trace_state", (1,), False, "takes one key"),
        ("spanevent.name", (), False, "only by conditions of `spanevent`"),
        ("kind", (), True, "no path kind; of spanevent"),
    ],
)
def test_what_is_no_path_is_refused(
    names: str, keys: Sequence[Key], events: bool, problem: str
) -> None:
    with pytest.raises(OttlRefused, match=f"column 3: .*{problem}"):
        path(names.split("."), keys, 3, events=events)


@pytest.mark.parametrize("keys", [("k", "x"), ("map", 0), ("map", "list", 2), ("map", "list", "x")])
def test_looking_into_what_cannot_be_looked_into_fails(keys: Sequence[Key]) -> None:
    with pytest.raises(PolicyFailure):
        path(["attributes"], keys, 1, events=False)(SEEN)
