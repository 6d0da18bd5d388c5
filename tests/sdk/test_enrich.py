"""A changed span says all that the first one said, and that one stays as it is."""

from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Link, SpanContext, TraceFlags

from otel_agents.sdk.enrich import Changes, changed

OTHER = SpanContext(7, 8, is_remote=True, trace_flags=TraceFlags(1))


def ended() -> ReadableSpan:
    """A span whose SDK had no room for two of its attributes."""
    provider = TracerProvider(
        sampler=ALWAYS_ON, shutdown_on_exit=False, span_limits=SpanLimits(max_span_attributes=2)
    )
    span = provider.get_tracer("lib", "1.0").start_span("call", links=[Link(OTHER, {"a": 1})])
    span.set_attributes({"a": 1, "b": 2, "c": 3, "d": 4})
    span.add_event("tried", {"n": 1})
    span.end()
    assert isinstance(span, ReadableSpan)
    return span


def test_a_span_without_changes_goes_as_it_came() -> None:
    span, changes = ended(), Changes()
    changes.add(span, {})

    assert changed(span, changes) is span


def test_what_is_added_never_replaces_what_the_span_says() -> None:
    span, changes = ended(), Changes()
    before = span.to_json()

    changes.add(span, {"c": "theirs", "new": True})
    made = changed(span, changes)

    assert dict(made.attributes or {}) == {"c": 3, "d": 4, "new": True}
    assert span.to_json() == before


def test_all_else_is_as_it_was() -> None:
    span, changes = ended(), Changes()
    changes.trace_state = "ot=th:8"
    made = changed(span, changes)

    context, came = made.get_span_context(), span.get_span_context()
    assert context is not None
    assert came is not None
    assert context.trace_state.to_header() == "ot=th:8"
    assert (context.trace_id, context.span_id) == (came.trace_id, came.span_id)
    assert (context.trace_flags, context.is_remote) == (came.trace_flags, came.is_remote)
    for part in (
        "name",
        "parent",
        "resource",
        "attributes",
        "events",
        "links",
        "kind",
        "status",
        "start_time",
        "end_time",
        "instrumentation_scope",
        "dropped_attributes",
        "dropped_events",
        "dropped_links",
    ):
        assert getattr(made, part) == getattr(span, part), part
    assert made.dropped_attributes == 2
