"""A YAML document read as it was written: exact numbers, and the line of every key.

Numbers are taken from the text, never through a float, so 0.1 stays 0.1.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import NoReturn

import yaml

from otel_agents.errors import ConfigError

_NUMBER = re.compile(r"\$?([0-9]{1,15}(?:\.[0-9]{0,24})?(?:[eE]-[0-9]{1,2})?)")
_MAX_DECIMALS = 24
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read(text: str, where: str) -> "Node":
    """Read one YAML document.

    Args:
        text: The document.
        where: What errors call it, such as the file's path.

    Raises:
        ConfigError: If it is not YAML, or empty.
    """
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = error.problem or "a mistake"
        raise ConfigError(f"{where}:{line}", problem, "one YAML document") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(where, type(error).__name__, "one YAML document") from None
    if root is None:
        raise ConfigError(where, "an empty document", "a mapping with the key prices")
    return Node(where, "", root)


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document, with its place.

    Attributes:
        where: The document.
        path: The dotted path of keys that leads here.
        yaml: The value as PyYAML composed it.
    """

    where: str
    path: str
    yaml: yaml.Node

    @property
    def place(self) -> str:
        """Say where this is, as `file:line: key`."""
        at = f"{self.where}:{self.yaml.start_mark.line + 1}"
        return f"{at}: {self.path}" if self.path else at

    def refuse(self, expected: str) -> NoReturn:
        """Raise the error that names this place.

        Raises:
            ConfigError: Always.
        """
        if isinstance(self.yaml, yaml.ScalarNode):
            raise ConfigError(self.place, self.yaml.value, expected)
        raise ConfigError(self.place, "a mapping" if self.is_mapping() else "a list", expected)

    def entries(self) -> Iterator[tuple[str, "Node"]]:
        """Read a mapping whose keys are the user's own."""
        if not isinstance(self.yaml, yaml.MappingNode):
            self.refuse("a mapping")
        seen = set()
        for key, value in self.yaml.value:
            name = Node(self.where, self.path, key).text()
            node = Node(self.where, f"{self.path}.{name}".lstrip("."), value)
            if name in seen:
                Node(self.where, node.path, key).refuse("each key once")
            seen.add(name)
            yield name, node

    def fields(self, known: Iterable[str]) -> dict[str, "Node"]:
        """Read a mapping whose keys are ours; an unknown one is an error."""
        found = dict(self.entries())
        names = tuple(known)
        for key, node in found.items():
            if key not in names:
                near = get_close_matches(key, names, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise ConfigError(node.place, key, f"one of {', '.join(names)}{hint}")
        return found

    def items(self) -> list["Node"]:
        """Read a list."""
        if not isinstance(self.yaml, yaml.SequenceNode):
            self.refuse("a list")
        path = self.path
        return [Node(self.where, f"{path}[{i}]", node) for i, node in enumerate(self.yaml.value)]

    def is_mapping(self) -> bool:
        """Tell whether this is a mapping."""
        return isinstance(self.yaml, yaml.MappingNode)

    def text(self) -> str:
        """Read a text."""
        if not isinstance(self.yaml, yaml.ScalarNode) or not self.yaml.value.strip():
            self.refuse("a text")
        return str(self.yaml.value).strip()

    def texts(self) -> tuple[str, ...]:
        """Read one text or a list of them."""
        if isinstance(self.yaml, yaml.SequenceNode):
            return tuple(node.text() for node in self.items()) or self.refuse("at least one text")
        return (self.text(),)

    def number(self, expected: str, *, positive: bool = False, suffix: str = "") -> Decimal:
        """Read a number exactly; it is 0 or more, or more than 0."""
        text = self.text()
        found = _NUMBER.fullmatch(text.removesuffix(suffix)) if text.endswith(suffix) else None
        number = Decimal(found[1]) if found else Decimal(-1)
        too_fine = -int(number.as_tuple().exponent) > _MAX_DECIMALS
        if number < 0 or too_fine or (positive and number == 0):
            self.refuse(expected)
        return number

    def day(self) -> date:
        """Read a day such as 2026-01-31."""
        text = self.text()
        try:
            return date.fromisoformat(text) if _DAY.fullmatch(text) else self.refuse(_A_DAY)
        except ValueError:
            self.refuse(_A_DAY)


_A_DAY = "a day such as 2026-01-31"
