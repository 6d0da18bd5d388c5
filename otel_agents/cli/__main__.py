"""`python -m otel_agents.cli`: the command line without its script."""

from otel_agents.cli import main

main()
