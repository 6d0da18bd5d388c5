"""What an exception says about the block that it ends.

Exceptions are told apart by the names of their classes: nothing here imports a framework,
and `asyncio` is only imported by an application that uses it.
"""

from typing import NamedTuple

from otel_agents.semconv import RunOutcome, ToolStatus


class Failure(NamedTuple):
    """How a block ended that an exception left.

    Attributes:
        error_type: The exception's class, qualified as the SDK does; "" for no failure.
        outcome: How a run ended so; None where the exception does not say.
        status: How a tool call ended so.
    """

    error_type: str
    outcome: RunOutcome | None
    status: ToolStatus


_SUSPENDED = frozenset(("GraphInterrupt", "NodeInterrupt", "CallDeferred", "ApprovalRequired"))
_STEERING = frozenset(("GraphBubbleUp", "ParentCommand"))
_CANCELLED = frozenset(("CancelledError", "Cancelled", "KeyboardInterrupt", "SystemExit"))


def failure(error: BaseException) -> Failure:
    """Return what an exception says.

    A consumer that closes a stream, and a framework that steers by an exception, are no
    failures.
    """
    names = [kind.__name__ for kind in type(error).__mro__]
    if isinstance(error, GeneratorExit):
        return Failure("", RunOutcome.CANCELLED, ToolStatus.CANCELLED)
    if not _SUSPENDED.isdisjoint(names):
        return Failure("", RunOutcome.SUSPENDED, ToolStatus.OK)
    if not _STEERING.isdisjoint(names):
        return Failure("", None, ToolStatus.OK)
    return Failure(qualified(type(error)), *_ending(error, names))


def _ending(error: BaseException, names: list[str]) -> tuple[RunOutcome, ToolStatus]:
    if not _CANCELLED.isdisjoint(names):
        return RunOutcome.CANCELLED, ToolStatus.CANCELLED
    if any("timeout" in name.lower() for name in names):
        return RunOutcome.TIMED_OUT, ToolStatus.TIMEOUT
    denied = isinstance(error, PermissionError)
    return RunOutcome.FAILED, ToolStatus.DENIED if denied else ToolStatus.ERROR


def qualified(kind: type[BaseException]) -> str:
    """Return a class's name with its module, unless it is built in."""
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"
