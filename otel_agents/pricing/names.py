"""What a model name on the wire may mean: paths, ARNs, prefixes and tiers taken apart."""

import re
from collections.abc import Callable

from otel_agents.pricing.sellers import AWS, GOOGLE, Kind, Seller

# What instrumentations write where they know no name.
_NAMELESS = frozenset({"", "unknown", "none", "null", "undefined", "n/a", "unknown-model"})
# No public name comes near it; what is longer is an accident or an attack.
MAX_NAME = 512

_PATH = re.compile(r"(?:^|/)models/([^/]+)$")
# Forms of a name that only one seller uses.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"arn:aws[a-z-]*:bedrock:"), AWS),
    (
        re.compile(
            r"(?:(?:global|us|us-gov|eu|apac|jp|au|ca|sa|me|af)\.)?"
            r"(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|qwen|openai|writer|google"
            r"|nvidia|moonshotai|moonshot|zai|minimax|luma|stability|twelvelabs)\.[a-z]"
        ),
        AWS,
    ),
    (re.compile(r"accounts/fireworks/"), "fireworks"),
    (re.compile(r"@cf/"), "cloudflare"),
    (re.compile(r"(?:projects/.+/|publishers/[^/]+/)models/"), GOOGLE),
)
# An Ollama tag, a distillate, a quantised file, a family that its maker gives away but does
# not serve: open weights that anybody may run.
_ANYBODYS = re.compile(
    r"gpt-oss|gemma|:(?:latest|\d+(?:\.\d+)?[bm]\b)|distill|gguf|gptq|awq|\bq\d_"
)

# What is billed like a call that names no tier.
_STANDARD = frozenset(
    {"", "auto", "default", "standard", "standard_only", "on_demand", "ondemand", "none", "regular"}
)
_TIERS = {
    "batches": "batch",
    "batch_api": "batch",
    "flex_processing": "flex",
    "on_demand_flex": "flex",
    "priority_processing": "priority",
    "on_demand_priority": "priority",
}
STANDARD = "standard"


def named(name: str | None) -> bool:
    """Tell whether a model name says anything."""
    return name is not None and name.strip().lower() not in _NAMELESS


def tier_of(context: str | None) -> str:
    """Normalise a service tier or kind of processing; an unknown one stays itself."""
    word = (context or "").strip().lower().replace("-", "_").replace(" ", "_")
    return STANDARD if word in _STANDARD else _TIERS.get(word, word)[:64]


def spellings(name: str, seller_id: str) -> tuple[str, ...]:
    """List the ways in which a seller's list may spell a name, the likeliest first."""
    name = name.strip().lower()
    tail = name.rpartition("/")[2]
    if found := _PATH.search(name):
        return name, found[1]
    # `arn:…:inference-profile/us.anthropic…`, `us-east-1/anthropic…`, `converse/anthropic…`
    if seller_id == AWS and tail != name:
        return name, tail
    return (name,)


def named_seller(name: str, seller_of: Callable[[str], Seller | None]) -> tuple[Seller, str] | None:
    """Read `openai/gpt-4o` and `bedrock:us.anthropic…`: the prefix names who sells."""
    for separator in "/:":
        head, _, rest = name.partition(separator)
        seller = seller_of(head) if head and rest else None
        if seller is None:
            continue
        # `litellm_proxy/openai/gpt-4o`: who only passes on does not sell.
        return named_seller(rest, seller_of) if seller.kind is Kind.GENERIC else (seller, rest)
    return None


def seller_by_form(name: str) -> str | None:
    """Name the one seller that writes names in this form, if there is one."""
    name = name.strip().lower()
    return next((seller for form, seller in _FORMS if form.match(name)), None)


def anybodys(name: str) -> bool:
    """Tell whether a name is a file of open weights rather than a seller's product."""
    return _ANYBODYS.search(name.lower()) is not None
