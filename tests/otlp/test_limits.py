import pytest

from otel_agents.otlp.limits import size


@pytest.mark.parametrize(
    ("count", "text"),
    [(512, "512 bytes"), (100_000, "100,000 bytes"), (64 * 1024 * 1024, "64 MiB")],
)
def test_a_size_is_told_in_the_unit_that_a_person_reads(count: int, text: str) -> None:
    assert size(count) == text
