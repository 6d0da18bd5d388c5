"""The Model Context Protocol: client and server spans, the Python SDK's, FastMCP's."""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import NO_OPERATION, Dialect, after_name
from otel_agents.record import SpanRecord, Value
from otel_agents.semconv import GenAiOperationName as Op
from otel_agents.semconv import McpMethodName


def _operation(record: SpanRecord) -> Value:
    called = record.get(semconv.MCP_METHOD_NAME) == McpMethodName.TOOLS_CALL
    return Op.EXECUTE_TOOL if called else NO_OPERATION


MCP = Dialect(
    name="mcp",
    scopes=("mcp-python-sdk", "fastmcp"),
    markers=(semconv.MCP_METHOD_NAME,),
    operations=(_operation,),
    fields={
        semconv.GEN_AI_TOOL_NAME: after_name("MCP send tools/call ", "tools/call "),
    },
)
