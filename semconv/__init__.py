"""The convention of otel-agents: its registry, and the tools that check and generate from it."""
