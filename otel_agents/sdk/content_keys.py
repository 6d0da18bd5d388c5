"""Which attributes hold content: messages, prompts, arguments, results, documents, memories.

Gathered from the conventions and from what the instrumentations of each dialect emit. Names
that any library could use count only on spans about agents.
"""

import re
from functools import lru_cache
from typing import Final

from otel_agents import semconv

ERROR_TEXTS: Final = frozenset(
    (semconv.EXCEPTION_MESSAGE, semconv.EXCEPTION_STACKTRACE, semconv.ERROR_MESSAGE)
)
"""Texts of errors, which on spans about agents may quote a person or a model."""

_UPSTREAM: Final = (
    semconv.GEN_AI_INPUT_MESSAGES,
    semconv.GEN_AI_OUTPUT_MESSAGES,
    semconv.GEN_AI_SYSTEM_INSTRUCTIONS,
    semconv.GEN_AI_TOOL_DEFINITIONS,
    semconv.GEN_AI_TOOL_CALL_ARGUMENTS,
    semconv.GEN_AI_TOOL_CALL_RESULT,
    semconv.GEN_AI_RETRIEVAL_DOCUMENTS,
    semconv.GEN_AI_RETRIEVAL_QUERY_TEXT,
    semconv.GEN_AI_MEMORY_QUERY_TEXT,
    semconv.GEN_AI_MEMORY_RECORDS,
    semconv.GEN_AI_EVALUATION_EXPLANATION,
)
"""Whole keys, and everything below them."""

_DISTINCT: Final = r"""
  gen_ai\.(prompt(\.\d+(\..*)?|\.variable\..*)?|completion(\.\d+(\..*)?)?|headers)
| gen_ai\.(task\.(input|output)|content\..*|tool\.\d+\..*|tool\.json_schema)
| llm\.((input|output)_messages|prompts|completions|prompt_template|tools|function_call)(\..*)?
| llm\.(request\.functions\..*|\w+\.(content|messages|choices|output|tools))
| (input|output)\.value
| (retrieval|reranker|embedding)\.(documents|query|(input|output)_documents|embeddings)(\..*)?
| traceloop\.entity\.(input|output)
| (traceloop\.prompt|traceloop\.association\.properties\.(input|output)).*
| ai\.(prompt|response\.(text|toolCalls|object|reasoning|files)|toolCall\.(args|result))(\..*)?
| ai\.(result|values|value|embeddings|embedding|input|output)(\..*)?
| langfuse\.(observation|trace)\.(input|output|status_message)(\..*)?
| langsmith\.(span|trace|run)?\.?(inputs|outputs)(\..*)?
| mlflow\.(spanInputs|spanOutputs|traceInputs|traceOutputs|chat\.(messages|tools))
| pydantic_ai\.(all_messages|new_messages|final_result)
| all_messages_events | tool_arguments | tool_response | model_request_parameters
| gcp\.vertex\.agent\.(llm_request|llm_response|tool_call_args|tool_response|data)
| anthropic\.tool_result\.content
| crewai\.(crew|task|agent|flow|tool|llm)\.(inputs?|outputs?|result|tasks|tasks_output|agents
    |messages|tools|description|expected_output|goal|backstory|callbacks|args|arguments|response|prompt)
| crew_(agents|tasks|inputs|output|result|tasks_output) | user_prompt | workflow\.definition
| logfire\.msg
"""

_GENERIC: Final = r"""
  input | output | inputs | outputs | prompt | completion | messages? | content | response
| request_data | response_data | raw_input | final_result | metadata | error | text | body
| message_context | participant_descriptions | tool\.(arguments|parameters|output|result|input)
| (system|user|assistant)_(prompt|message) | arguments | result | query | documents | answer
"""

_distinct = re.compile(
    "|".join(rf"{re.escape(key)}(\..*)?" for key in _UPSTREAM) + f"|{_DISTINCT}", re.VERBOSE
)
_generic = re.compile(_GENERIC, re.VERBOSE)


@lru_cache(4096)
def is_content(key: str, *, about_agents: bool) -> bool:
    """Whether an attribute holds content.

    Args:
        key: The attribute's key.
        about_agents: Whether it stands on a span about agents.
    """
    if _distinct.fullmatch(key):
        return True
    return about_agents and (key in ERROR_TEXTS or _generic.fullmatch(key) is not None)
