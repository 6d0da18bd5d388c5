"""From a `tail_sampling` block to its policies."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from otel_agents.errors import ConfigError
from otel_agents.pipeline.policies import attributes, combinators, ours, probabilistic, rates, spans
from otel_agents.pipeline.policies import ottl as ottl_policy
from otel_agents.pipeline.policies import timers as timing
from otel_agents.pipeline.policies.block import Block, hint
from otel_agents.pipeline.policies.node import Build, Builder, Node, Slots
from otel_agents.pipeline.policies.policy_set import NonAgent, Policy, PolicySet, Rules

MAX_DEPTH: Final = 16
"""How deep policies may stand in policies; a YAML alias can stand in itself."""


class Type(NamedTuple):
    """A type of policy.

    Attributes:
        build: Makes one.
        keys: The keys of its own block; none where it has no block.
        collector: Whether the Collector has it.
    """

    build: Builder
    keys: tuple[str, ...]
    collector: bool = True


TYPES: Final[Mapping[str, Type]] = {
    "always_sample": Type(spans.always_sample, ()),
    "latency": Type(spans.latency, spans.LATENCY_KEYS),
    "numeric_attribute": Type(attributes.numeric_attribute, attributes.NUMERIC_KEYS),
    "probabilistic": Type(probabilistic.probabilistic, probabilistic.KEYS),
    "status_code": Type(spans.status_code, spans.STATUS_KEYS),
    "string_attribute": Type(attributes.string_attribute, attributes.STRING_KEYS),
    "rate_limiting": Type(rates.rate_limiting, rates.RATE_KEYS),
    "bytes_limiting": Type(rates.bytes_limiting, rates.BYTES_KEYS),
    "span_count": Type(spans.span_count, spans.COUNT_KEYS),
    "trace_state": Type(spans.trace_state, spans.TRACE_STATE_KEYS),
    "trace_flags": Type(spans.trace_flags, ()),
    "boolean_attribute": Type(attributes.boolean_attribute, attributes.BOOLEAN_KEYS),
    "ottl_condition": Type(ottl_policy.ottl_condition, ottl_policy.KEYS),
    "and": Type(combinators.all_of("and_sub_policy", "and"), ("and_sub_policy",)),
    "not": Type(combinators.negation, ("not_sub_policy",)),
    "drop": Type(combinators.drop, ("drop_sub_policy",)),
    "composite": Type(rates.composite, rates.COMPOSITE_KEYS),
    "failure": Type(ours.failure, (), collector=False),
    "step_latency": Type(ours.step_latency, ours.STEP_LATENCY_KEYS, collector=False),
    "cost": Type(ours.cost, ours.COST_KEYS, collector=False),
    "tokens": Type(ours.tokens, ours.TOKENS_KEYS, collector=False),
    "steps": Type(ours.steps, ours.STEPS_KEYS, collector=False),
    "loop": Type(ours.loop, ours.LOOP_KEYS, collector=False),
    "tool_error": Type(ours.tool_error, ours.TOOL_ERROR_KEYS, collector=False),
    "external_tool": Type(ours.external_tool, ours.EXTERNAL_TOOL_KEYS, collector=False),
    "outcome": Type(ours.outcome, ours.OUTCOME_KEYS, collector=False),
    "model": Type(ours.model, ours.MODEL_KEYS, collector=False),
    "agent": Type(ours.agent, ours.AGENT_KEYS, collector=False),
    "any_of": Type(combinators.any_of, ("any_of_sub_policy",), collector=False),
    "all_of": Type(
        combinators.all_of("all_of_sub_policy", "all_of"), ("all_of_sub_policy",), collector=False
    ),
    "all_spans": Type(combinators.all_spans, ("all_spans_sub_policy",), collector=False),
}
"""Every type, by its name, which is also the key of its own block."""

ALONE: Final = ("drop", "composite")
"""Types that stand only at the top: they decide on the whole."""

NOT_IN_COLLECTORS: Final = {
    "and": ("and",),
    "drop": ("and",),
    "not": ("and", "not"),
    "composite": ("not",),
}
"""What the Collector does not take inside its own types, beside those that stand alone."""


def load(
    block: Mapping[str, object],
    *,
    where: str = "tail_sampling",
    compat: bool = False,
    external_tools: Sequence[str] = (),
    non_agent: NonAgent = NonAgent.POLICIES,
) -> PolicySet:
    """Make the policies of a block, as the Collector's `tail_sampling` takes it.

    Args:
        block: The block.
        where: Its path, for messages.
        compat: Whether to reproduce the Collector's quirks.
        external_tools: Names or globs of tools that are external whatever their spans say.
        non_agent: What becomes of traces without an agent.

    Raises:
        ConfigError: If anything in it cannot be used, with the full path of the key.
    """
    root = Block(where, block, ("policies", *timing.KEYS))
    timers = timing.timers(where, root.keys, compat=compat)
    slots = Slots()
    loader = _Loader(slots, tuple(external_tools), compat=compat)
    policies = loader.policies(root)
    if timers.strategy is timing.Strategy.SPAN_INGEST:
        for index, policy in enumerate(policies):
            if policy.node.stateful:
                path = f"{root.at('policies')}[{index}]"
                expected = "no policy that span-ingest cannot ask before a trace is complete"
                raise ConfigError(path, policy.name, expected)
    return PolicySet(
        policies,
        slots,
        Rules(
            timers=timers,
            compat=compat,
            first_match=root.flag("sample_on_first_match"),
            non_agent=non_agent,
        ),
    )


class _Loader:
    def __init__(self, slots: Slots, external_tools: tuple[str, ...], *, compat: bool) -> None:
        self.compat = compat
        self.depth = 0
        self.build = Build(
            compat=compat, slots=slots, external_tools=external_tools, child=self.child
        )

    def policies(self, root: Block) -> list[Policy]:
        found: list[Policy] = []
        for index, item in enumerate(root.items("policies", "a list of policies, not empty")):
            path = f"{root.at('policies')}[{index}]"
            name, kind, node = self.policy(path, item, "")
            if not name:
                raise ConfigError(f"{path}.name", name, "a name that is not empty")
            if name in [policy.name for policy in found]:
                raise ConfigError(f"{path}.name", name, "a name that no other policy has")
            found.append(Policy(name=name, type=kind, node=node))
        return found

    def child(self, path: str, item: object, parent: str) -> tuple[str, Node]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ConfigError(path, "…", f"policies nested at most {MAX_DEPTH} deep")
        name, _, node = self.policy(path, item, parent)
        self.depth -= 1
        return name, node

    def policy(self, path: str, item: object, parent: str) -> tuple[str, str, Node]:
        if item is None:
            raise ConfigError(path, item, "a policy: a mapping with name and type")
        block = Block(path, item, ("name", "type", *TYPES))
        kind = block.need("type", f"one of {', '.join(TYPES)}")
        if not isinstance(kind, str) or kind not in TYPES:
            raise block.refuse("type", f"one of {', '.join(TYPES)}{hint(kind, TYPES)}")
        self.fits(block, kind, parent)
        found = TYPES[kind]
        own = Block(block.at(kind), block.keys.get(kind), found.keys)
        name = block.text("name", "") if block.keys.get("name") is not None else ""
        return name, kind, found.build(own, self.build)

    def fits(self, block: Block, kind: str, parent: str) -> None:
        """Refuse a type where it cannot stand, and blocks that belong to other types."""
        if parent and kind in ALONE:
            raise block.refuse("type", f"a type that may stand in {parent}; {kind} stands alone")
        if self.compat and kind in NOT_IN_COLLECTORS.get(parent, ()):
            raise block.refuse("type", f"a type that the Collector takes in {parent}")
        for key in block.keys:
            if key not in ("name", "type", kind) and not self.compat:
                expected = f"no block of another type: this policy's type is {kind}"
                raise ConfigError(block.at(key), key, expected)
