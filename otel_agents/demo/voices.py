"""How an instrumentation tells what happens: the same fleet in several dialects.

`GenAiVoice` follows the newest OpenTelemetry GenAI conventions; `OpenInferenceVoice` writes
as Arize's instrumentations do, whose names the pipeline reads as well.
"""

import json
from typing import NamedTuple, Protocol

from opentelemetry.trace import SpanKind

from otel_agents import semconv
from otel_agents.demo.fleet import Agent, Model, Release, Tool
from otel_agents.demo.stage import Attributes, Told
from otel_agents.pipeline.dialects.table import HANDOFF
from otel_agents.record import Usage
from otel_agents.semconv import GenAiOperationName as Op
from otel_agents.semconv import McpMethodName

APP_SCOPE = "otel_agents.instrument"
MCP_SCOPE = "mcp-python-sdk"
HTTP_SCOPE = "opentelemetry.instrumentation.httpx"
OPENINFERENCE_SCOPE = "openinference.instrumentation.langchain"

_NOBODY = Usage()


class Task(NamedTuple):
    """What the fleet is asked to do.

    Attributes:
        type: The kind of task.
        tenant: For whom, "" for the house itself.
        conversation: The conversation's id, "" for none.
        start_ns: When it comes.
    """

    type: str
    tenant: str
    conversation: str
    start_ns: int


class Call(NamedTuple):
    """One request to a model.

    Attributes:
        model: Which one.
        usage: Tokens; none for a request that failed.
        response_id: The provider's id of the response, "" for a request that failed.
        first_chunk_s: How long the first chunk took.
    """

    model: Model
    usage: Usage = _NOBODY
    response_id: str = ""
    first_chunk_s: float = 0.0


class Voice(Protocol):
    """What a dialect must be able to tell."""

    def workflow(self, name: str, task: Task) -> Told:
        """Tell of the work of several agents on one task."""

    def run(self, agent: Agent, release: Release, task: Task) -> Told:
        """Tell of an agent's run."""

    def call(self, call: Call, task: Task) -> Told:
        """Tell of a request to a model."""

    def tool(self, tool: Tool, call_id: str) -> Told:
        """Tell of a tool call."""

    def retrieval(self, source: str) -> Told:
        """Tell of a look-up."""


class GenAiVoice:
    """The newest OpenTelemetry GenAI conventions."""

    def workflow(self, name: str, task: Task) -> Told:
        """Tell of the work of several agents on one task."""
        attributes = {
            semconv.GEN_AI_OPERATION_NAME: Op.INVOKE_WORKFLOW.value,
            semconv.GEN_AI_WORKFLOW_NAME: name,
            **_conversation(semconv.GEN_AI_CONVERSATION_ID, task),
            **_of_task(task),
        }
        return Told(APP_SCOPE, f"invoke_workflow {name}", SpanKind.INTERNAL, attributes)

    def run(self, agent: Agent, release: Release, task: Task) -> Told:
        """Tell of an agent's run."""
        attributes = {
            semconv.GEN_AI_OPERATION_NAME: Op.INVOKE_AGENT.value,
            semconv.GEN_AI_AGENT_NAME: agent.name,
            semconv.GEN_AI_AGENT_VERSION: release.version,
            semconv.OTEL_AGENTS_CHANNEL: release.channel.value,
            **_conversation(semconv.GEN_AI_CONVERSATION_ID, task),
            **_of_task(task),
        }
        return Told(APP_SCOPE, f"invoke_agent {agent.name}", SpanKind.INTERNAL, attributes)

    def call(self, call: Call, task: Task) -> Told:
        """Tell of a request to a model."""
        model = call.model
        said: dict[str, str | int | float | bool | None] = {
            semconv.GEN_AI_OPERATION_NAME: Op.CHAT.value,
            semconv.GEN_AI_PROVIDER_NAME: str(model.provider),
            semconv.GEN_AI_REQUEST_MODEL: model.name,
            semconv.SERVER_ADDRESS: model.host,
            **_conversation(semconv.GEN_AI_CONVERSATION_ID, task),
        }
        if call.response_id:
            said |= {
                semconv.GEN_AI_REQUEST_STREAM: True,
                semconv.GEN_AI_RESPONSE_MODEL: model.answers_as,
                semconv.GEN_AI_RESPONSE_ID: call.response_id,
                semconv.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK: round(call.first_chunk_s, 6),
                semconv.OPENAI_RESPONSE_SERVICE_TIER: model.tier or None,
                **dict(zip(_GEN_AI_USAGE, call.usage, strict=True)),
            }
        scope = f"opentelemetry.instrumentation.genai.{model.provider.replace('.', '_')}"
        return Told(scope, f"chat {model.name}", SpanKind.CLIENT, _known(said))

    def tool(self, tool: Tool, call_id: str) -> Told:
        """Tell of a tool call."""
        attributes = {
            semconv.GEN_AI_OPERATION_NAME: Op.EXECUTE_TOOL.value,
            semconv.GEN_AI_TOOL_NAME: tool.name,
            semconv.GEN_AI_TOOL_TYPE: "function",
            semconv.GEN_AI_TOOL_CALL_ID: call_id,
            semconv.OTEL_AGENTS_TOOL_EFFECT: tool.effect.value,
        }
        return Told(APP_SCOPE, f"execute_tool {tool.name}", SpanKind.INTERNAL, attributes)

    def retrieval(self, source: str) -> Told:
        """Tell of a look-up."""
        attributes: Attributes = {
            semconv.GEN_AI_OPERATION_NAME: Op.RETRIEVAL.value,
            semconv.GEN_AI_DATA_SOURCE_ID: source,
            semconv.GEN_AI_RETRIEVAL_TOP_K: 5,
        }
        return Told(APP_SCOPE, f"retrieval {source}", SpanKind.CLIENT, attributes)


class OpenInferenceVoice:
    """OpenInference, with what the application adds of its own under `otel_agents.*`."""

    def workflow(self, name: str, task: Task) -> Told:
        """Tell of the work of several agents on one task."""
        said = {**_conversation("session.id", task), **_of_task(task)}
        return _openinference("CHAIN", name, said)

    def run(self, agent: Agent, release: Release, task: Task) -> Told:
        """Tell of an agent's run."""
        said = {
            "agent.name": agent.name,
            semconv.GEN_AI_AGENT_VERSION: release.version,
            semconv.OTEL_AGENTS_CHANNEL: release.channel.value,
            **_conversation("session.id", task),
            **_of_task(task),
        }
        return _openinference("AGENT", agent.name, said)

    def call(self, call: Call, task: Task) -> Told:
        """Tell of a request to a model."""
        model = call.model
        said: dict[str, str | int | float | bool | None] = {
            "llm.provider": "google" if model.provider.startswith("gcp.") else str(model.provider),
            "llm.invocation_parameters": json.dumps({"model": model.name}),
            **_conversation("session.id", task),
        }
        if call.response_id:
            said |= {
                "llm.model_name": model.answers_as,
                **dict(zip(_OPENINFERENCE_USAGE, call.usage, strict=True)),
            }
        return _openinference("LLM", "ChatModel", _known(said))

    def tool(self, tool: Tool, call_id: str) -> Told:
        """Tell of a tool call."""
        return _openinference("TOOL", tool.name, {"tool.name": tool.name, "tool.id": call_id})

    def retrieval(self, source: str) -> Told:
        """Tell of a look-up."""
        return _openinference("RETRIEVER", source, {})


def handoff(agent: Agent) -> Told:
    """Tell of a task that passes to another agent."""
    attributes = {
        semconv.GEN_AI_OPERATION_NAME: HANDOFF,
        semconv.OTEL_AGENTS_HANDOFF_TO: agent.name,
    }
    return Told(APP_SCOPE, f"handoff {agent.name}", SpanKind.INTERNAL, attributes)


def escalation(reason: str) -> Told:
    """Tell of a question to a person."""
    attributes = {semconv.OTEL_AGENTS_ESCALATION_REASON: reason}
    return Told(APP_SCOPE, f"escalation {reason}", SpanKind.INTERNAL, attributes)


def mcp_call(tool: Tool) -> Told:
    """Tell of a tool call as the MCP client inside it does."""
    attributes = {
        semconv.MCP_METHOD_NAME: McpMethodName.TOOLS_CALL.value,
        semconv.GEN_AI_OPERATION_NAME: Op.EXECUTE_TOOL.value,
        semconv.GEN_AI_TOOL_NAME: tool.name,
        semconv.SERVER_ADDRESS: tool.mcp_server,
    }
    return Told(MCP_SCOPE, f"tools/call {tool.name}", SpanKind.CLIENT, attributes)


def http_call(host: str) -> Told:
    """Tell of a request to another host, as an HTTP client's instrumentation does."""
    attributes = {semconv.HTTP_REQUEST_METHOD: "GET", semconv.SERVER_ADDRESS: host}
    return Told(HTTP_SCOPE, "GET", SpanKind.CLIENT, attributes)


_GEN_AI_USAGE = (
    semconv.GEN_AI_USAGE_INPUT_TOKENS,
    semconv.GEN_AI_USAGE_OUTPUT_TOKENS,
    semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
    semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
    semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
)
_OPENINFERENCE_USAGE = (
    "llm.token_count.prompt",
    "llm.token_count.completion",
    "llm.token_count.prompt_details.cache_read",
    "llm.token_count.prompt_details.cache_write",
    "llm.token_count.completion_details.reasoning",
)


def _of_task(task: Task) -> dict[str, str]:
    said = {
        semconv.OTEL_AGENTS_TASK_TYPE: task.type,
        semconv.OTEL_AGENTS_TENANT: task.tenant,
    }
    return {key: value for key, value in said.items() if value}


def _conversation(key: str, task: Task) -> dict[str, str]:
    return {key: task.conversation} if task.conversation else {}


def _known(said: dict[str, str | int | float | bool | None]) -> Attributes:
    return {key: value for key, value in said.items() if value is not None}


def _openinference(kind: str, name: str, said: Attributes) -> Told:
    attributes = {"openinference.span.kind": kind, **said}
    return Told(OPENINFERENCE_SCOPE, name, SpanKind.INTERNAL, attributes)
