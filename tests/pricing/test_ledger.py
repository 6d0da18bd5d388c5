import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from otel_agents.errors import ConfigError
from otel_agents.pricing.ledger import Entry, Ledger, provider_key
from otel_agents.pricing.tables import Prices, PriceTable

DAY = date(2026, 11, 1)
OWN = PriceTable(Prices(Decimal(1), Decimal(2)))
PUBLIC = PriceTable(Prices(Decimal(10), Decimal(20)))


def public(tier: str, long_cache: bool) -> PriceTable | None:
    """Sell the standard tier and batches at half, and long caches at double."""
    factor = {"standard": Decimal(1), "batch": Decimal("0.5")}.get(tier)
    return PUBLIC.times(factor * 2 if long_cache else factor) if factor else None


@pytest.mark.parametrize(
    ("entry", "tier", "expected"),
    [
        (Entry(own=OWN), "standard", OWN),
        (Entry(own=OWN), "batch", None),
        (Entry(own=OWN, every_tier=True), "batch", OWN),
        (Entry(own=OWN, tiers={"batch": Decimal(3)}), "batch", OWN.times(Decimal(3))),
        (Entry(own=OWN, tiers={"batch": PUBLIC}), "batch", PUBLIC),
        (Entry(multiply=Decimal(2)), "standard", PUBLIC.times(Decimal(2))),
        (Entry(multiply=Decimal(2)), "batch", PUBLIC.times(Decimal(1))),
        (Entry(multiply=Decimal(2)), "flex", None),
        (Entry(multiply=Decimal(2), tiers={"flex": Decimal(3)}), "flex", PUBLIC.times(Decimal(6))),
        (Entry(long_cache=True), "standard", PUBLIC.times(Decimal(2))),
    ],
)
def test_a_tier_costs_what_the_entry_says_and_nothing_it_does_not_say(
    entry: Entry, tier: str, expected: PriceTable | None
) -> None:
    assert entry.table(tier, public) == expected


@pytest.mark.parametrize(
    ("entry", "covered"),
    [
        (Entry(), True),
        (Entry(providers=("openai",)), True),
        (Entry(providers=("azure", "openai")), True),
        (Entry(providers=("azure",)), False),
        (Entry(models=("gpt-4o",)), True),
        (Entry(models=("gpt-4o-*",)), True),
        (Entry(models=("gpt-4",)), False),
        (Entry(models=("o1", "gpt-?o")), True),
        (Entry(first_day=DAY, last_day=DAY), True),
        (Entry(first_day=date(2026, 11, 2)), False),
        (Entry(last_day=date(2026, 10, 31)), False),
    ],
)
def test_an_entry_covers_a_call_by_provider_model_and_day(entry: Entry, *, covered: bool) -> None:
    assert entry.covers({"openai"}, {"gpt-4o", "gpt-4o-2024-08-06"}, DAY) is covered


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("azure.ai.openai", "azure"),
        ("X_AI", "xai"),
        ("hosted_vllm", "hostedvllm"),
        ("Acme", "acme"),
    ],
)
def test_a_provider_is_compared_by_who_it_is(name: str, key: str) -> None:
    assert provider_key(name) == key


def test_a_deployment_is_one_provider_s(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text("deployments: {azure: {Prod: gpt-4o}}", encoding="utf-8")
    ledger = Ledger.load(file)

    assert ledger.deployed({"azure"}, " prod ") == "gpt-4o"
    assert ledger.deployed({"openai"}, "prod") is None
    assert ledger.deployed({"azure"}, "test") is None


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9")
    for name, problem in (
        ("none.yaml", "No such file or directory"),
        ("latin.yaml", "byte 6"),
        ("", "Is a directory"),
    ):
        with pytest.raises(ConfigError, match=problem) as error:
            Ledger.load(tmp_path / name)
        assert error.value.path == str(tmp_path / name)


def test_the_room_is_light_until_it_is_used() -> None:
    code = f"""
import sys
sys.path[:] = {sys.path!r}
import otel_agents.pricing
otel_agents.pricing.PriceBook(otel_agents.pricing.Ledger())
print(sorted({{"yaml", "genai_prices", "pydantic", "httpx2", "socket"}} & {{*sys.modules}}))
"""
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.strip() == "[]"
