"""What an exception says about the block that it ends."""

import asyncio
import concurrent.futures

import pytest

from otel_agents.instrument.failure import failure, qualified


class APITimeoutError(Exception):
    """As clients of providers name it."""


class NotAllowed(PermissionError):
    """A guard's own."""


class ApprovalRequired(Exception):
    """As frameworks name it."""


class ParentCommand(Exception):
    """As LangGraph names it."""


@pytest.mark.parametrize(
    ("error", "failed", "outcome", "status"),
    [
        (ValueError(), True, "failed", "error"),
        (ExceptionGroup("x", [ValueError()]), True, "failed", "error"),
        (TimeoutError(), True, "timed_out", "timeout"),
        (APITimeoutError(), True, "timed_out", "timeout"),
        (NotAllowed(), True, "failed", "denied"),
        (asyncio.CancelledError(), True, "cancelled", "cancelled"),
        (concurrent.futures.CancelledError(), True, "cancelled", "cancelled"),
        (KeyboardInterrupt(), True, "cancelled", "cancelled"),
        (SystemExit(), True, "cancelled", "cancelled"),
        (GeneratorExit(), False, "cancelled", "cancelled"),
        (ApprovalRequired(), False, "suspended", "ok"),
        (ParentCommand(), False, None, "ok"),
    ],
)
def test_an_exception_says_how_it_ended(
    error: BaseException, failed: bool, outcome: str | None, status: str
) -> None:
    found = failure(error)

    assert (bool(found.error_type), found.outcome, found.status) == (failed, outcome, status)


def test_a_class_is_named_with_its_module_unless_it_is_built_in() -> None:
    assert qualified(ValueError) == "ValueError"
    assert qualified(asyncio.CancelledError) == "asyncio.exceptions.CancelledError"
