"""Shares and averages of what stands out."""

from otel_agents.demo.highlights import Side


def test_a_side_tells_its_share_of_lost_runs_and_what_a_run_costs() -> None:
    side = Side(("1.0",), runs=8, unsuccessful=2, cost_usd=0.4)

    assert (side.unsuccessful_share, side.run_cost_usd) == (0.25, 0.05)
