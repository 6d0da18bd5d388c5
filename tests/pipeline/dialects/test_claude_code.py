"""Spans of Claude Code."""

import pytest

from otel_agents.record import Value
from tests.readings import reading, readings, spoken

SCOPE = "com.anthropic.claude_code.tracing"


def test_a_call_whose_input_leaves_out_what_was_cached() -> None:
    call: dict[str, Value] = {
        "span.type": "llm_request",
        "model": "claude-sonnet-4-5",
        "input_tokens": 27,
        "output_tokens": 7,
        "cache_read_tokens": 10,
        "cache_creation_tokens": 5,
        "ttft_ms": 250,
        "session.id": "s1",
    }

    assert reading(spoken(SCOPE, call, name="claude_code.llm_request"), "claude-code") == {
        "role": "inference",
        "operation": "chat",
        "request_model": "claude-sonnet-4-5",
        "conversation": "s1",
        "input_tokens": 42,
        "output_tokens": 7,
        "cache_read_input_tokens": 10,
        "cache_write_input_tokens": 5,
        "time_to_first_chunk_s": 0.25,
    }


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ({"span.type": "interaction"}, {"role": "agent", "agent": "claude-code"}),
        (
            {"span.type": "tool", "tool_name": "Bash", "tool_use_id": "t1"},
            {"role": "tool", "tool": "Bash", "call_id": "t1"},
        ),
        (
            {"span.type": "tool", "tool_name": "x", "anthropic.mcp.server.name": "s"},
            {"role": "tool", "tool": "x", "external": True},
        ),
        ({"span.type": "tool.execution", "success": False}, {"role": "tool", "failed": True}),
        ({"span.type": "tool.blocked_on_user"}, {"role": "other"}),
        ({"span.type": "hook"}, {"role": "other"}),
    ],
)
def test_what_a_span_is(attributes: dict[str, Value], says: dict[str, object]) -> None:
    assert reading(spoken(SCOPE, attributes), "claude-code").items() >= says.items()


def test_saying_it_twice_adds_nothing() -> None:
    assert readings("claude-agent-sdk__fake-anthropic", "claude-code")
