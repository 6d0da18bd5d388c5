"""The OpenTelemetry GenAI conventions: `gen_ai.system` era, 1.37, newest.

Older upstream names of a field stand beside its newest name in
`otel_agents.pipeline.fields`, since every dialect may carry them.
Source: open-telemetry/semantic-conventions-genai.
"""

from otel_agents import semconv
from otel_agents.pipeline.dialects.table import HANDOFF, Dialect, when
from otel_agents.record import SpanRecord
from otel_agents.semconv import GenAiOperationName as Op

BEDROCK = (
    "opentelemetry.instrumentation.genai.bedrock",
    "opentelemetry.instrumentation.botocore.bedrock-runtime",
)
"""Instrumentations that pass Bedrock's count on, which leaves out cache reads and writes."""


def _bedrock(record: SpanRecord) -> bool:
    return record.scope.name in BEDROCK


GENAI = Dialect(
    name="otel-genai",
    scopes=(
        "opentelemetry.instrumentation.genai.*",
        "opentelemetry.instrumentation.google_genai",
        "opentelemetry.instrumentation.openai_v2",
        "opentelemetry.instrumentation.botocore.bedrock-runtime",
        "opentelemetry.util.genai.handler",
        "com.anthropic.sdk.python*",
        "otel_agents*",
    ),
    markers=(
        semconv.GEN_AI_OPERATION_NAME,
        semconv.GEN_AI_PROVIDER_NAME,
        semconv.GEN_AI_SYSTEM,
        semconv.GEN_AI_REQUEST_MODEL,
        semconv.GEN_AI_TOOL_NAME,
        semconv.GEN_AI_AGENT_NAME,
        semconv.OTEL_AGENTS_HANDOFF_TO,
        semconv.OTEL_AGENTS_DECISION_TYPE,
        semconv.OTEL_AGENTS_ESCALATION_REASON,
    ),
    operations=(
        # Our own spans, which upstream has no operation for, carry what makes them so.
        when(semconv.OTEL_AGENTS_HANDOFF_TO, HANDOFF),
        when(semconv.OTEL_AGENTS_DECISION_TYPE, Op.PLAN),
        # Emitters of before 1.27 named no operation.
        when(semconv.GEN_AI_USAGE_PROMPT_TOKENS, Op.CHAT),
        when(semconv.GEN_AI_USAGE_INPUT_TOKENS, Op.CHAT),
        when(semconv.GEN_AI_REQUEST_MODEL, Op.CHAT),
    ),
    native_excludes_cache=_bedrock,
)
