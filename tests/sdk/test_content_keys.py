"""Which attributes are content, in every dialect; and which only look like it."""

import pytest

from otel_agents.sdk.content_keys import is_content

CONTENT = """
gen_ai.input.messages  gen_ai.output.messages  gen_ai.system_instructions
gen_ai.tool.definitions  gen_ai.tool.call.arguments  gen_ai.tool.call.result
gen_ai.retrieval.documents  gen_ai.retrieval.query.text  gen_ai.memory.records  gen_ai.prompt
gen_ai.prompt.0.content  gen_ai.prompt.variable.city  gen_ai.completion.0.tool_calls.0.arguments
gen_ai.task.input  llm.input_messages.0.message.content
llm.output_messages.1.message.contents.0.message_content.text  llm.prompts
llm.tools.0.tool.json_schema  llm.request.functions.0.parameters  llm.anthropic.messages
input.value  output.value  retrieval.documents.0.document.content
embedding.embeddings.0.embedding.text  traceloop.entity.input  traceloop.entity.output
ai.prompt  ai.prompt.messages  ai.response.text  ai.response.toolCalls  ai.toolCall.args
ai.toolCall.result  ai.values  langfuse.observation.input  langfuse.observation.output
langfuse.trace.input  mlflow.spanInputs  mlflow.spanOutputs  pydantic_ai.all_messages
all_messages_events  tool_arguments  tool_response  gcp.vertex.agent.llm_request
gcp.vertex.agent.tool_response  crewai.crew.tasks_output  crewai.task.output  crew_tasks
crew_inputs  user_prompt  logfire.msg
"""
HARMLESS = """
gen_ai.operation.name  gen_ai.prompt.name  gen_ai.prompt.version  gen_ai.output.type
gen_ai.tool.name  gen_ai.tool.call.id  gen_ai.usage.input_tokens  gen_ai.completion_tokens
gen_ai.request.model  llm.model_name  llm.token_count.prompt  llm.invocation_parameters
input.mime_type  traceloop.entity.name  traceloop.association.properties.session_id  ai.model.id
ai.usage.inputTokens  ai.response.id  langfuse.observation.type  mlflow.spanType
crewai.agent.role  user.id  http.route
"""


@pytest.mark.parametrize("key", CONTENT.split())
def test_content_is_known_on_any_span(key: str) -> None:
    assert is_content(key, about_agents=False)


@pytest.mark.parametrize("key", HARMLESS.split())
def test_what_only_describes_stays(key: str) -> None:
    assert not is_content(key, about_agents=True)


@pytest.mark.parametrize(
    "key", ["input", "output", "message", "response", "exception.message", "exception.stacktrace"]
)
def test_a_common_name_is_content_only_on_a_span_about_agents(key: str) -> None:
    assert is_content(key, about_agents=True)
    assert not is_content(key, about_agents=False)
