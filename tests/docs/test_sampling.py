"""Every block in docs/sampling.md loads, and what the page says of policies is so."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from otel_agents.pipeline.policies import DEFAULT, load
from otel_agents.pipeline.policies.load import TYPES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sampling.md").read_text()
BLOCKS: list[dict[str, Any]] = [
    yaml.safe_load(body)
    for body in re.findall(r"^```yaml tail_sampling\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
]


@pytest.mark.parametrize("block", BLOCKS)
def test_an_example_loads(block: dict[str, Any]) -> None:
    assert load(block).names


def test_the_first_example_is_the_default() -> None:
    assert BLOCKS[0] == DEFAULT


def test_every_type_and_option_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert set(TYPES) - named == set()
    ours = {key for kind in TYPES.values() if not kind.collector for key in kind.keys}
    assert ours - named == set()
