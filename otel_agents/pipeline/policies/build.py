"""What a builder of policies is told, beside its own block."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from otel_agents.pipeline.policies.block import Block
from otel_agents.pipeline.policies.node import Node, Slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """The setting in which a policy is built.

    Attributes:
        compat: Whether the Collector's quirks are wanted.
        slots: Where places in the score come from.
        external_tools: Names or globs of tools that are external whatever their spans say.
        child: Builds a sub-policy from its path, its block and the parent's type; returns
            its name, "" where it has none, with it.
    """

    compat: bool
    slots: Slots
    external_tools: tuple[str, ...]
    child: Callable[[str, object, str], tuple[str, Node]]


Builder: TypeAlias = Callable[[Block, Build], Node]
"""From a policy's own block to the policy."""
