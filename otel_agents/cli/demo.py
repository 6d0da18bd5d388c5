"""`otel-agents demo`."""


def demo() -> None:
    """Show a simulated fleet."""
