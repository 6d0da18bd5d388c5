"""Who a provider name means: a seller with a price list, a local server, a framework.

Names are compared by their letters and digits alone, so `x_ai`, `x-ai` and `xAI` are one.
A name is not searched for a part of another: `azure.ai.openai` is not OpenAI. Azure alone is
searched for, because a name of it that nobody foresaw would else begin with another seller.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple

OPENAI, ANTHROPIC, AWS, AZURE, GOOGLE = "openai", "anthropic", "aws", "azure", "google"


class Kind(Enum):
    """What a provider name stands for."""

    SELLER = auto()  # it has a public price list
    UNLISTED = auto()  # it sells, at prices that no public list has
    LOCAL = auto()  # a server on the user's own machines
    GENERIC = auto()  # no name, or a framework or gateway that sells for others
    SIMULATED = auto()  # a test double: it costs nothing and must not look as if it did
    UNKNOWN = auto()


class Seller(NamedTuple):
    """A provider name, understood.

    Attributes:
        kind: What it stands for.
        id: The id in genai-prices for a seller, else the name's letters and digits.
    """

    kind: Kind
    id: str


# Ids of genai-prices, and what the OpenTelemetry conventions and the dialects call them.
_ALIASES: dict[str, str] = {
    OPENAI: "openai_chat openai_responses openai_codex",
    ANTHROPIC: "claude anthropic_messages",
    AZURE: "azure.ai.openai azure.ai.inference az.ai.openai az.ai.inference azure_openai azure_ai"
    " microsoft_azure azure_ai_foundry azure_foundry microsoft_foundry",
    AWS: "aws.bedrock aws_bedrock bedrock amazon amazon_bedrock bedrock_converse amazon_nova",
    GOOGLE: "gcp gcp.gen_ai gcp.genai gcp.gemini gcp.vertex_ai gemini vertex vertex_ai google_ai"
    " google_genai google_gla google_vertex google_vertexai google_vertex_ai google_generative_ai"
    " google_generativeai google_ai_studio vertex_ai_beta google_anthropic_vertex anthropic_vertex"
    " google_cloud gcp_vertex",
    "mistral": "mistral_ai",
    "cohere": "cohere_chat cohere_ai",
    "x-ai": "xai",
    "moonshotai": "moonshot moonshot_ai kimi",
    "perplexity": "perplexity_ai",
    "together": "together_ai",
    "fireworks": "fireworks_ai",
    "deepseek": "deepseek_ai_platform",
    "groq": "groq_cloud",
    "zai": "z.ai",
    "zhipuai": "zhipu",
    "voyageai": "voyage",
    "github-copilot": "github_copilot copilot",
    "novita": "novita_ai",
    "cloudflare": "cloudflare_workers_ai workers_ai",
    "ovhcloud": "ovh_cloud",
}
_OTHERS: dict[Kind, str] = {
    Kind.UNLISTED: "ibm.watsonx.ai ibm.watson.ai watsonx ibm huggingface hugging_face nvidia"
    " nvidia_nim replicate oracle oci snowflake sagemaker amazon_sagemaker alibaba dashscope qwen"
    " deepinfra hyperbolic sambanova nebius lambda friendli ai21 aleph_alpha writer upstage sap"
    " stability reka volcengine bytedance tencent baidu siliconflow github github_models"
    " microsoft",
    Kind.LOCAL: "ollama ollama_chat vllm hosted_vllm llama.cpp llama_cpp_python llamacpp_server"
    " llama_server llamafile lm_studio lmstudio_local tgi text_generation_inference sglang"
    " local_ai gpt4all mlx mlx_lm koboldcpp jan local localhost self_hosted xinference oobabooga"
    " tabby_api docker_model_runner triton lmdeploy tensorrt_llm ramalama exo transformers",
    Kind.GENERIC: "langchain langgraph langsmith strands strands_agents autogen ag2 litellm"
    " litellm_proxy crewai llama_index haystack dspy semantic_kernel agent_framework"
    " microsoft.agent_framework openai_agents openai_agents_sdk"
    " pydantic_ai google_adk gcp.vertex.agent adk smolagents agno mastra vercel vercel_ai ai_sdk"
    " vercel_ai_gateway gateway ai_gateway pydantic_ai_gateway portkey helicone kong langfuse"
    " langdock traceloop openllmetry openlit openinference logfire mlflow instructor marvin"
    " claude_agent_sdk beeai letta camel openai_compatible custom_openai unknown other _other"
    " custom none null undefined default",
    Kind.SIMULATED: "test function test_model function_model fake fake_llm mock",
}


def squash(name: str) -> str:
    """Reduce a name to its letters and digits."""
    return "".join(filter(str.isalnum, name.lower()))


def _named() -> dict[str, Seller]:
    table = {squash(n): Seller(kind, n) for kind, names in _OTHERS.items() for n in names.split()}
    for id_, names in _ALIASES.items():
        table |= dict.fromkeys(map(squash, (id_, *names.split())), Seller(Kind.SELLER, id_))
    return table


_NAMED: Mapping[str, Seller] = _named()
_NOBODY = Seller(Kind.GENERIC, "")


def known_seller(name: str, listed: Mapping[str, str]) -> Seller | None:
    """Tell what exactly this name means, if it is known.

    Args:
        name: A provider's name.
        listed: Ids in the public price list, by their letters and digits.
    """
    key = squash(name)
    if known := _NAMED.get(key):
        return known
    return Seller(Kind.SELLER, listed[key]) if key in listed else None


def seller_of(provider: str | None, listed: Mapping[str, str]) -> Seller:
    """Tell what a provider name on a span means; arguments as above."""
    key = squash(provider or "")
    if not provider or not key:
        return _NOBODY
    if found := known_seller(provider, listed):
        return found
    if AZURE in key:
        return Seller(Kind.SELLER, AZURE)
    # A dialect may append the kind of call, as in `openai.chat` and `google.vertex.chat`.
    head = provider.partition(".")[0]
    return known_seller(head, listed) or Seller(Kind.UNKNOWN, key)
