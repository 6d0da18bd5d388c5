"""The policies on attributes: `string_attribute`, `numeric_attribute`, `boolean_attribute`.

Each looks at the resource's and the span's attributes.
"""

from collections.abc import Callable
from functools import lru_cache

from otel_agents.errors import ConfigError
from otel_agents.pipeline.agent_span import AgentSpan
from otel_agents.pipeline.policies.block import Block
from otel_agents.pipeline.policies.decision import SpanContext
from otel_agents.pipeline.policies.node import Build, Node, Test, any_span, no_span
from otel_agents.pipeline.policies.regex import UnreadablePattern, compile_re2
from otel_agents.record import SpanRecord, Value

STRING_KEYS = ("key", "values", "enabled_regex_matching", "cache_max_size", "invert_match")
NUMERIC_KEYS = ("key", "min_value", "max_value", "invert_match")
BOOLEAN_KEYS = ("key", "value", "invert_match")

_CACHE = 128


def string_attribute(block: Block, build: Build) -> Node:
    """Build `string_attribute`."""
    values = block.texts("values", empty=True)
    # The Collector has a default of its own for a size that is not positive.
    size = block.whole("cache_max_size", 0, None if build.compat else 0)
    if block.flag("enabled_regex_matching"):
        matches = _any_pattern(block, values, size if size > 0 else _CACHE)
    else:
        exact = frozenset(value for value in values if value)
        matches = exact.__contains__
    if build.compat:
        return _attribute(
            block,
            build,
            on_span=lambda value: isinstance(value, str) and value != "" and matches(value),
            on_resource=lambda value: matches(value if isinstance(value, str) else ""),
        )
    return _attribute(
        block,
        build,
        on_span=lambda value: isinstance(value, str) and value != "" and matches(value),
    )


def _any_pattern(block: Block, values: list[str], size: int) -> Callable[[str], bool]:
    patterns = []
    for index, value in enumerate(values):
        try:
            patterns.append(compile_re2(value))
        except UnreadablePattern as error:
            expected = f"a regular expression ({error})"
            raise ConfigError(f"{block.at('values')}[{index}]", value, expected) from None

    @lru_cache(size)
    def matches(text: str) -> bool:
        return any(pattern.search(text) for pattern in patterns)

    return matches


def numeric_attribute(block: Block, build: Build) -> Node:
    """Build `numeric_attribute`."""
    if build.compat:
        return _numeric_as_collector(block, build)
    bounds = {
        key: None if block.keys.get(key) is None else block.number(key, None)
        for key in ("min_value", "max_value")
    }
    low, high = bounds["min_value"], bounds["max_value"]
    if low is None and high is None:
        raise ConfigError(block.at("min_value"), None, "min_value or max_value, or both")
    if low is not None and high is not None and low > high:
        raise block.refuse("max_value", f"at least min_value, which is {low:g}")

    def within(value: Value) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (low is None or value >= low) and (high is None or value <= high)

    return _attribute(block, build, on_span=within)


def _numeric_as_collector(block: Block, build: Build) -> Node:
    """Read a bound of 0 as none, and every value that is no integer as 0."""
    low = block.whole("min_value", 0, None)
    high = block.whole("max_value", 0, None)
    if not low and not high:
        raise ConfigError(block.at("min_value"), low, "min_value or max_value other than 0")

    def within(value: Value) -> bool:
        number = value if isinstance(value, int) and not isinstance(value, bool) else 0
        return (not low or number >= low) and (not high or number <= high)

    return _attribute(block, build, on_span=within)


def boolean_attribute(block: Block, build: Build) -> Node:
    """Build `boolean_attribute`."""
    wanted = block.flag("value", default=False if build.compat else None)
    if build.compat:
        # What is no boolean reads as false.
        return _attribute(block, build, on_span=lambda value: (value is True) is wanted)
    return _attribute(block, build, on_span=lambda value: value is wanted)


def _attribute(
    block: Block,
    build: Build,
    *,
    on_span: Callable[[Value], bool],
    on_resource: Callable[[Value], bool] | None = None,
) -> Node:
    key = block.text("key", "" if build.compat else None)
    test = _test(key, on_span, on_resource or on_span)
    if block.flag("invert_match"):
        return no_span(build.slots, test, plain=build.compat)
    return any_span(build.slots, test)


def _test(key: str, on_span: Callable[[Value], bool], on_resource: Callable[[Value], bool]) -> Test:
    def test(record: SpanRecord, _said: AgentSpan | None, _context: SpanContext) -> bool:
        value = record.get(key)
        if value is not None and on_span(value):
            return True
        value = record.resource.attributes.get(key)
        return value is not None and on_resource(value)

    return test
