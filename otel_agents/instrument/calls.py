"""`model_call`: a request to a model, for clients that no instrumentation knows."""

from typing import Any, Final, Literal, TypeAlias, TypedDict, Unpack

from opentelemetry.trace import SpanKind, Tracer

from otel_agents import semconv
from otel_agents.instrument import content, providers
from otel_agents.instrument.agents import OpenRun
from otel_agents.instrument.block import Block
from otel_agents.instrument.events import tell_exceeded
from otel_agents.instrument.opened import Attributes, Opened, innermost
from otel_agents.semconv import GenAiOperationName as Op

REQUEST: Final = {
    "choice_count": semconv.GEN_AI_REQUEST_CHOICE_COUNT,
    "encoding_formats": semconv.GEN_AI_REQUEST_ENCODING_FORMATS,
    "frequency_penalty": semconv.GEN_AI_REQUEST_FREQUENCY_PENALTY,
    "max_tokens": semconv.GEN_AI_REQUEST_MAX_TOKENS,
    "output_type": semconv.GEN_AI_OUTPUT_TYPE,
    "presence_penalty": semconv.GEN_AI_REQUEST_PRESENCE_PENALTY,
    "reasoning_level": semconv.GEN_AI_REQUEST_REASONING_LEVEL,
    "seed": semconv.GEN_AI_REQUEST_SEED,
    "server_address": semconv.SERVER_ADDRESS,
    "server_port": semconv.SERVER_PORT,
    "stream": semconv.GEN_AI_REQUEST_STREAM,
    "temperature": semconv.GEN_AI_REQUEST_TEMPERATURE,
    "top_k": semconv.GEN_AI_REQUEST_TOP_K,
    "top_p": semconv.GEN_AI_REQUEST_TOP_P,
}
"""What may be said of a request, and its name on the wire."""


Operation: TypeAlias = Op | Literal["chat", "generate_content", "text_completion", "embeddings"]


class Request(TypedDict, total=False):
    """What may be said of a request."""

    choice_count: int
    encoding_formats: list[str]
    frequency_penalty: float
    max_tokens: int
    output_type: str
    presence_penalty: float
    reasoning_level: str
    seed: int
    server_address: str
    server_port: int
    stream: bool
    temperature: float
    top_k: int
    top_p: float


class OpenCall(Opened):
    """A model call that is going on."""

    __slots__ = ("_head", "_limit", "_model", "_started_ns", "_tokens", "_told", "_used")

    kind = SpanKind.CLIENT

    def __init__(self, model: str = "", limit: int | None = None) -> None:
        """Begin without usage."""
        super().__init__()
        self._model = model
        self._limit = limit
        self._used: int | None = None
        self._told = False
        self._tokens = 0
        self._head = self
        self._started_ns = providers.CLOCK.monotonic_ns() if model else 0

    def usage(
        self,
        *,
        input_tokens: int | None = None,
        output_tokens: int | None = None,
        cache_read_input_tokens: int | None = None,
        cache_write_input_tokens: int | None = None,
        reasoning_output_tokens: int | None = None,
    ) -> None:
        """Say what the call used; said again, as streams do, the last word counts.

        Input includes cache reads and writes, and output includes reasoning. A client of
        an API that counts cached tokens apart, such as Anthropic's, adds them to the input.
        """
        if not self.live:
            return
        self._set(semconv.GEN_AI_USAGE_INPUT_TOKENS, input_tokens)
        self._set(semconv.GEN_AI_USAGE_OUTPUT_TOKENS, output_tokens)
        self._set(semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS, cache_read_input_tokens)
        self._set(semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS, cache_write_input_tokens)
        self._set(semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, reasoning_output_tokens)
        tokens = (input_tokens or 0) + (output_tokens or 0)
        self.spend(tokens)
        if self._used is None and self._limit is not None:
            self._window(tokens, self._limit)

    def response(
        self,
        *,
        id: str | None = None,  # noqa: A002 the API's own word
        model: str | None = None,
        finish_reasons: list[str] | None = None,
        service_tier: str | None = None,
    ) -> None:
        """Say what answered: the response's id, the model's exact name, why it stopped."""
        if not self.live:
            return
        self._set(semconv.GEN_AI_RESPONSE_ID, id)
        self._set(semconv.GEN_AI_RESPONSE_MODEL, model)
        self._set(semconv.GEN_AI_RESPONSE_FINISH_REASONS, finish_reasons)
        self._set(semconv.OPENAI_RESPONSE_SERVICE_TIER, service_tier)

    def first_chunk(self) -> None:
        """Say that the first chunk of the answer has come now."""
        if self.live:
            waited_ns = providers.CLOCK.monotonic_ns() - self._started_ns
            self._set(semconv.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, waited_ns / 1e9)

    def context_window(self, used: int, limit: int) -> None:
        """Say how many tokens of the model's context window the call fills."""
        if self.live:
            self._used = used
            self._window(used, limit)

    def messages(
        self,
        *,
        system: object | None = None,
        input: object | None = None,  # noqa: A002 upstream's word
        output: object | None = None,
    ) -> None:
        """Say what was said: content, recorded only where that is allowed."""
        if not self.live or not content.on_spans():
            return
        for key, value in (
            (semconv.GEN_AI_SYSTEM_INSTRUCTIONS, system),
            (semconv.GEN_AI_INPUT_MESSAGES, input),
            (semconv.GEN_AI_OUTPUT_MESSAGES, output),
        ):
            if value is not None:
                self._set(key, content.as_text(value))

    def spend(self, tokens: int) -> None:
        """Add what the run did not know of yet; nested reports of one call are one call."""
        head = self._head
        more = tokens - head._tokens  # noqa: SLF001 its own class
        if more > 0 and self.account is not None:
            head._tokens = tokens  # noqa: SLF001 its own class
            self.account.add(tokens=more)

    def settle(self) -> None:
        """Join the call around it, or count as a step of the run."""
        above = self.above
        if isinstance(above, OpenCall):
            self._head = above._head  # noqa: SLF001 its own class
        elif self.account is not None:
            self.account.add(steps=1, iterations=1)

    def _window(self, used: int, limit: int) -> None:
        self._set(semconv.OTEL_AGENTS_CONTEXT_USED_TOKENS, used)
        self._set(semconv.OTEL_AGENTS_CONTEXT_LIMIT_TOKENS, limit)
        if used > limit and not self._told:
            self._told = True
            tell_exceeded(self, self._model, used, limit)


class CallBlock(Block[OpenCall]):
    """Tell of a request to a model, for clients that no instrumentation knows.

    Around a client that another instrumentation reports as well, the call counts once.
    """

    __slots__ = ("_conversation", "_limit", "_operation", "_provider", "_request")

    idle = OpenCall()

    def __init__(
        self,
        provider: str,
        model: str,
        *,
        operation: Operation = "chat",
        context_limit: int | None = None,
        conversation: str = "",
        **request: Unpack[Request],
    ) -> None:
        """Tell nothing yet.

        Args:
            provider: Who serves the model, such as `openai`, `anthropic` or `aws.bedrock`.
            model: The model that is asked for.
            operation: What is asked of it.
            context_limit: How many tokens its context window holds, where that is known.
            conversation: The conversation's id, where the run around it does not say.
            request: What else is said of the request, such as `temperature`; see `Request`.

        Raises:
            TypeError: If `request` holds what cannot be said of a request.
        """
        self.name = model
        self._uses = []
        self._provider = provider
        self._operation = operation
        self._limit = context_limit
        self._conversation = conversation
        if request:
            _check(request)
        self._request = request

    def start(self, tracer: Tracer) -> OpenCall:
        """Start the call's span, below what is current."""
        use = OpenCall(self.name, self._limit)
        attributes: Attributes = {
            semconv.GEN_AI_OPERATION_NAME: str(self._operation),
            semconv.GEN_AI_PROVIDER_NAME: self._provider,
            semconv.GEN_AI_REQUEST_MODEL: self.name,
        }
        if self._conversation:
            attributes[semconv.GEN_AI_CONVERSATION_ID] = self._conversation
        attributes.update(_said(self._request))
        use.begin(tracer, self, f"{self._operation} {self.name}", attributes)
        use.settle()
        return use


model_call = CallBlock


def current_call() -> OpenCall:
    """Return the model call of the moment, for `usage` inside a decorated function.

    Outside every model call, what it is told is lost.
    """
    here = innermost()
    # A call around the run is another agent's.
    while here is not None and not isinstance(here, OpenRun):
        if isinstance(here, OpenCall):
            return here
        here = here.above
    return CallBlock.idle


def _said(request: Request) -> Attributes:
    given: dict[str, Any] = {**request}
    return {REQUEST[name]: value for name, value in given.items() if value is not None}


def _check(request: Request) -> None:
    if not request.keys() <= REQUEST.keys():
        strange = [name for name in request if name not in REQUEST]
        raise TypeError(
            f"model_call: got {', '.join(map(repr, strange))}, expected one of {', '.join(REQUEST)}"
        )
