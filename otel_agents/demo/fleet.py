"""The simulated fleet as data: models, tools, agents, and who is in which group.

Prices are not here: the price book knows the models by their names, as it does anyone's.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from otel_agents.semconv import Channel, GenAiProviderName, ToolEffect


class Model(NamedTuple):
    """A model as a provider serves it.

    Attributes:
        provider: `gen_ai.provider.name`.
        host: Where it is served.
        name: What is asked for.
        answers_as: What the response says that it was.
        first_chunk_s: How long it usually takes to begin.
        tokens_per_s: How fast it usually writes.
        reasons: Tokens that it thinks for each that it writes.
        rate_limited: Share of requests that are sent back for their number.
        tier: The service tier that is paid for, "" for the usual one.
    """

    provider: str
    host: str
    name: str
    answers_as: str
    first_chunk_s: float
    tokens_per_s: float
    reasons: float = 0.0
    rate_limited: float = 0.0
    tier: str = ""


class Tool(NamedTuple):
    """A tool of an agent.

    Attributes:
        name: Its name.
        typical_s: How long it usually takes.
        result_tokens: How much it usually adds to the context.
        error_type: How it fails when it does.
        error_share: How often that is.
        timeout_s: How long it is waited for.
        timeout_share: How often in vain.
        effect: What it does to the world.
        mcp_server: The MCP server that has it, "" for a function of the process.
        host: The host that a function calls, "" for none.
    """

    name: str
    typical_s: float
    result_tokens: int
    error_type: str = "ValueError"
    error_share: float = 0.01
    timeout_s: float = 30.0
    timeout_share: float = 0.0
    effect: ToolEffect = ToolEffect.READ
    mcp_server: str = ""
    host: str = ""


class Release(NamedTuple):
    """A version of an agent that is out.

    Attributes:
        version: Its version.
        channel: Stable or canary.
        share: Its share of the agent's runs.
        error_factor: How much more often its tool calls fail.
        step_factor: How many more steps it takes.
    """

    version: str
    channel: Channel = Channel.STABLE
    share: float = 1.0
    error_factor: float = 1.0
    step_factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent of the fleet.

    Attributes:
        name: Its name.
        model: What it thinks with.
        prompt_tokens: Its instructions and tool definitions.
        steps: Tools that it usually uses in a run.
        answer_tokens: How long its answer usually is.
        tools: What it may use.
        releases: What is out; the shares add up to 1.
        knowledge: What it looks things up in before it begins, "" for nothing.
    """

    name: str
    model: Model
    prompt_tokens: int
    steps: float
    answer_tokens: int
    tools: tuple[Tool, ...] = ()
    releases: tuple[Release, ...] = (Release("1.0.0"),)
    knowledge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Agents that one service runs.

    Attributes:
        name: The group's name.
        service: The service's name.
        share: Its share of the fleet's tasks.
        agents: Who is in it.
        tenants: For whom it works, none for its own house.
    """

    name: str
    service: str
    share: float
    agents: tuple[Agent, ...]
    tenants: tuple[str, ...] = ()


_OPENAI: Final = (GenAiProviderName.OPENAI, "api.openai.com")
_ANTHROPIC: Final = (GenAiProviderName.ANTHROPIC, "api.anthropic.com")
_GEMINI: Final = (GenAiProviderName.GCP_GEMINI, "generativelanguage.googleapis.com")

GPT_4O = Model(*_OPENAI, "gpt-4o", "gpt-4o-2024-11-20", 0.55, 85, rate_limited=0.02)
GPT_4O_MINI = Model(*_OPENAI, "gpt-4o-mini", "gpt-4o-mini-2024-07-18", 0.4, 110)
GPT_5_MINI_FLEX = Model(
    *_OPENAI, "gpt-5-mini", "gpt-5-mini-2025-08-07", 4.0, 60, reasons=0.8, tier="flex"
)
SONNET = Model(
    *_ANTHROPIC, "claude-sonnet-4-5", "claude-sonnet-4-5-20250929", 1.1, 70, rate_limited=0.015
)
HAIKU = Model(*_ANTHROPIC, "claude-haiku-4-5", "claude-haiku-4-5-20251001", 0.5, 130)
GEMINI_PRO = Model(
    *_GEMINI, "gemini-2.5-pro", "gemini-2.5-pro", 2.2, 90, reasons=1.2, rate_limited=0.06
)
GEMINI_FLASH = Model(*_GEMINI, "gemini-2.5-flash", "gemini-2.5-flash", 0.6, 180, reasons=0.3)
LLAMA = Model(
    "vllm", "llm.ops.internal", "llama-3.3-70b-instruct", "llama-3.3-70b-instruct", 0.3, 45
)

TRIAGE = Agent(
    name="triage",
    model=GPT_4O_MINI,
    prompt_tokens=1_400,
    steps=0,
    answer_tokens=90,
    releases=(Release("2.3.0"),),
)
BILLING = Agent(
    name="billing",
    model=GPT_4O,
    prompt_tokens=3_200,
    steps=2.2,
    answer_tokens=220,
    tools=(
        Tool("lookup_invoice", 0.25, 350, error_share=0.03),
        Tool("get_customer", 0.6, 500, error_share=0.04, mcp_server="crm.internal"),
        Tool("issue_refund", 0.9, 120, "PaymentDeclined", 0.05, effect=ToolEffect.WRITE),
    ),
    releases=(
        Release("3.1.0", share=0.8),
        Release("3.2.0-rc1", Channel.CANARY, 0.2, error_factor=6, step_factor=1.4),
    ),
)
TECH_SUPPORT = Agent(
    name="tech-support",
    model=SONNET,
    prompt_tokens=4_800,
    steps=2.6,
    answer_tokens=380,
    tools=(
        Tool("run_diagnostics", 3.5, 900, timeout_s=20, timeout_share=0.12),
        Tool("get_device", 0.3, 300),
        Tool("open_ticket", 0.8, 150, mcp_server="tickets.internal", effect=ToolEffect.WRITE),
    ),
    releases=(Release("5.0.2"),),
    knowledge="help-center",
)
PLANNER = Agent(
    name="planner",
    model=GEMINI_PRO,
    prompt_tokens=2_600,
    steps=0,
    answer_tokens=420,
    releases=(Release("0.9.4"),),
)
WEB_RESEARCHER = Agent(
    name="web-researcher",
    model=GEMINI_FLASH,
    prompt_tokens=1_900,
    steps=4,
    answer_tokens=500,
    tools=(
        Tool("web_search", 0.9, 1_400, host="api.search.example", timeout_s=15, timeout_share=0.04),
        Tool("fetch_page", 1.6, 3_200, "HTTPError", 0.09, 15, 0.07, host="www.example.org"),
    ),
    releases=(Release("0.9.4"),),
)
WRITER = Agent(
    name="writer",
    model=SONNET,
    prompt_tokens=3_000,
    steps=0,
    answer_tokens=1_500,
    releases=(Release("0.9.4"),),
)
INCIDENT_RESPONDER = Agent(
    name="incident-responder",
    model=HAIKU,
    prompt_tokens=5_500,
    steps=4,
    answer_tokens=300,
    tools=(
        Tool("query_metrics", 1.2, 1_100, mcp_server="prometheus.internal", timeout_share=0.02),
        Tool("list_deploys", 0.4, 600),
        Tool("restart_service", 6.0, 80, "PermissionDenied", 0.12, effect=ToolEffect.DESTRUCTIVE),
    ),
    releases=(Release("1.7.1"),),
    knowledge="runbooks",
)
LOG_ANALYST = Agent(
    name="log-analyst",
    model=LLAMA,
    prompt_tokens=1_100,
    steps=2,
    answer_tokens=260,
    tools=(Tool("search_logs", 2.4, 2_600, "QuerySyntaxError", 0.06),),
    releases=(Release("1.2.0"),),
)

SUPPORT = Group(
    name="support",
    service="support-desk",
    share=0.6,
    agents=(TRIAGE, BILLING, TECH_SUPPORT),
    tenants=("acme-corp", "globex", "initech", "umbrella"),
)
RESEARCH = Group(
    name="research",
    service="research-crew",
    share=0.22,
    agents=(PLANNER, WEB_RESEARCHER, WRITER),
    tenants=("acme-corp", "globex"),
)
OPERATIONS = Group(
    name="operations",
    service="ops-automation",
    share=0.18,
    agents=(INCIDENT_RESPONDER, LOG_ANALYST),
)

FLEET: Final = (SUPPORT, RESEARCH, OPERATIONS)
"""Every group."""
