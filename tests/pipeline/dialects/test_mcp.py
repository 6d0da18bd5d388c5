"""Spans of the Model Context Protocol's clients and servers."""

import pytest

from otel_agents.record import SpanKind, Value
from tests.readings import capture, counted, reading, readings, spoken

CALL: dict[str, Value] = {"mcp.method.name": "tools/call"}
NAMED: dict[str, Value] = {**CALL, "gen_ai.tool.name": "get_weather"}


@pytest.mark.parametrize(
    ("scope", "name", "kind", "attributes", "says"),
    [
        ("mcp-python-sdk", "MCP send tools/call x", SpanKind.CLIENT, CALL, ("x", True)),
        (
            "mcp-python-sdk",
            "tools/call get_weather",
            SpanKind.SERVER,
            NAMED,
            ("get_weather", False),
        ),
        ("fastmcp", "tools/call get_weather", SpanKind.CLIENT, NAMED, ("get_weather", True)),
        ("fastmcp", "tools/call", SpanKind.SERVER, CALL, (None, False)),
        ("my.own", "tools/call get_weather", SpanKind.CLIENT, CALL, ("get_weather", True)),
    ],
)
def test_a_tool_call(
    scope: str, name: str, kind: int, attributes: dict[str, Value], says: tuple[str | None, bool]
) -> None:
    read = reading(spoken(scope, attributes, name=name, kind=kind), "mcp")

    assert read["role"] == "tool"
    assert (read.get("tool"), read.get("external", False)) == says


@pytest.mark.parametrize("method", ["initialize", "tools/list", "resources/read", "prompts/get"])
def test_other_methods_are_no_calls(method: str) -> None:
    record = spoken("mcp-python-sdk", {"mcp.method.name": method}, name=f"MCP send {method}")

    assert reading(record, "mcp")["role"] == "other"


def test_calls_of_the_python_sdk() -> None:
    told = [line for lines in counted(capture("mcp__python-sdk")) for line in lines]

    assert told == [f"tool {tool} external @-" for tool in ("get_weather", "bad", "nope")]


@pytest.mark.parametrize("name", ["mcp__python-sdk", "mcp__fastmcp-guard-proxy"])
def test_saying_it_twice_adds_nothing(name: str) -> None:
    assert readings(name, "mcp")
