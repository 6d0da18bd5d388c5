"""The policies on what every span has: status, times, number, tracestate, flags."""

from otel_agents.errors import ConfigError
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.normalize import MAX_DURATION_NS
from otel_agents.pipeline.policies.block import Block, hint
from otel_agents.pipeline.policies.decision import NO, YES, Ballot, SpanContext
from otel_agents.pipeline.policies.node import Build, Moment, Node, Observe, Score, any_span
from otel_agents.pipeline.policies.randomness import vendor_value
from otel_agents.record import SpanRecord, StatusCode

LATENCY_KEYS = ("threshold_ms", "upper_threshold_ms")
STATUS_KEYS = ("status_codes",)
COUNT_KEYS = ("min_spans", "max_spans")
TRACE_STATE_KEYS = ("key", "values")

_MS = 10**6
_MEMBER = 256
_MAX_COUNT = 2**31 - 1


def always_sample(_block: Block, _build: Build) -> Node:
    """Build `always_sample`."""
    return Node(ballot=lambda _score, _moment: YES, test=lambda _record, _said, _context: True)


def status_code(block: Block, build: Build) -> Node:
    """Build `status_code`."""
    words = [code.name for code in StatusCode]
    wanted = set()
    for index, word in enumerate(block.items("status_codes", f"a list of {', '.join(words)}")):
        if word not in words:
            expected = f"one of {', '.join(words)}{hint(word, words)}"
            raise ConfigError(f"{block.at('status_codes')}[{index}]", word, expected)
        wanted.add(int(StatusCode[str(word)]))
    codes = frozenset(wanted)
    return any_span(build.slots, lambda record, _said, _context: record.status in codes)


def trace_flags(_block: Block, build: Build) -> Node:
    """Build `trace_flags`: any span that says it is sampled."""
    return any_span(build.slots, lambda _record, _said, context: bool(context.flags & 1))


def trace_state(block: Block, build: Build) -> Node:
    """Build `trace_state`: any span whose tracestate has one of the values."""
    key = block.text("key", "" if build.compat else None)
    values = block.texts("values", empty=build.compat)
    wanted = frozenset(text for text in values if text and len(key) + len(text) < _MEMBER)
    if not wanted and not build.compat:
        raise block.refuse("values", f"values that fit a tracestate of {_MEMBER} characters")

    def test(_record: SpanRecord, _said: AgentSpan | None, context: SpanContext) -> bool:
        state = context.trace_state
        return key in state and vendor_value(state, key) in wanted

    return any_span(build.slots, test)


def span_count(block: Block, build: Build) -> Node:
    """Build `span_count`."""
    least = None if build.compat else 0
    low = block.whole("min_spans", 0, least)
    high = block.whole("max_spans", 0, least)
    if not build.compat and (low > _MAX_COUNT or high > _MAX_COUNT or (high and high < low)):
        raise block.refuse("max_spans", f"0 for no bound, or at least min_spans, which is {low}")
    slot = build.slots.shared("span_count", 1, _count)

    def ballot(score: Score, _moment: Moment) -> Ballot:
        count = score[slot]
        return YES if count >= low and (not high or count <= high) else NO

    unsure = "further spans may pass max_spans" if high else ""
    return Node(ballot=ballot, unsure=unsure, stateful=high > 0)


def _count(slot: int) -> Observe:
    def observe(
        score: Score,
        _record: SpanRecord,
        _said: AgentSpan | None,
        _cost: float | None,
        _context: SpanContext,
    ) -> None:
        score[slot] += 1

    return observe


def latency(block: Block, build: Build) -> Node:
    """Build `latency`: from the first start to the last end."""
    least = None if build.compat else 0
    low = block.whole("threshold_ms", 0 if build.compat else None, least)
    high = block.whole("upper_threshold_ms", 0, least)
    if build.compat:
        return _latency_as_collector(build, low, high)
    if high and high <= low:
        raise block.refuse("upper_threshold_ms", f"more than threshold_ms, which is {low}")
    first = build.slots.shared("latency", 2, _extent)
    low_ns, high_ns = low * _MS, high * _MS

    def ballot(score: Score, _moment: Moment) -> Ballot:
        duration_ns = score[first + 1] - score[first]
        return YES if duration_ns > low_ns and (not high or duration_ns <= high_ns) else NO

    unsure = "the trace may grow past upper_threshold_ms" if high else ""
    return Node(ballot=ballot, unsure=unsure, stateful=high > 0)


def _extent(first: int) -> Observe:
    last = first + 1

    def observe(
        score: Score,
        record: SpanRecord,
        _said: AgentSpan | None,
        _cost: float | None,
        _context: SpanContext,
    ) -> None:
        start_ns = end_ns = record.start_ns
        # An end that is impossible adds nothing, so that it cannot make a trace slow.
        if 0 <= record.end_ns - start_ns <= MAX_DURATION_NS:
            end_ns = record.end_ns
        if not score[first]:
            score[first], score[last] = start_ns, end_ns
            return
        score[first] = min(score[first], start_ns)
        score[last] = max(score[last], end_ns)

    return observe


def _latency_as_collector(build: Build, low: int, high: int) -> Node:
    """Compare whole milliseconds after each span, and stop at the first that matches.

    So a trace matches a band if it was within it after any of its spans.
    """
    extent = [build.slots.new() for _ in range(2)]
    first, last = extent
    matched = build.slots.new()

    def observe(
        score: Score,
        record: SpanRecord,
        _said: AgentSpan | None,
        _cost: float | None,
        _context: SpanContext,
    ) -> None:
        if not score[first] or record.start_ns < score[first]:
            score[first] = record.start_ns
        score[last] = max(score[last], record.end_ns)
        duration_ns = score[last] - score[first]
        # Go's division cuts towards zero.
        whole_ms = duration_ns // _MS if duration_ns >= 0 else -(-duration_ns // _MS)
        if low < whole_ms and (not high or whole_ms <= high):
            score[matched] = 1

    build.slots.observers.append(observe)
    return Node(
        ballot=lambda score, _moment: YES if score[matched] else NO,
        unsure="the trace may grow past upper_threshold_ms" if high else "",
        stateful=high > 0,
    )
