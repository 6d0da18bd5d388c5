"""Error types by class."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents.pipeline.error_class import MAX_CHARS, error_class
from otel_agents.semconv import ErrorClass

CLASSES = {
    "TimeoutError": ErrorClass.TIMEOUT,
    "httpx.ConnectTimeout": ErrorClass.TIMEOUT,
    "DEADLINE_EXCEEDED": ErrorClass.TIMEOUT,
    "504": ErrorClass.TIMEOUT,
    "openai.RateLimitError": ErrorClass.RATE_LIMITED,
    "ThrottlingException": ErrorClass.RATE_LIMITED,
    "insufficient_quota": ErrorClass.RATE_LIMITED,
    "429": ErrorClass.RATE_LIMITED,
    "context_length_exceeded": ErrorClass.CONTEXT_EXCEEDED,
    "content_filter": ErrorClass.CONTENT_FILTER,
    "AuthenticationError": ErrorClass.AUTHENTICATION,
    "PermissionDeniedError": ErrorClass.PERMISSION,
    "NotFoundError": ErrorClass.NOT_FOUND,
    "asyncio.CancelledError": ErrorClass.CANCELLED,
    "AbortError": ErrorClass.CANCELLED,
    "APIConnectionError": ErrorClass.CONNECTION,
    "ConnectionAbortedError": ErrorClass.CONNECTION,
    "ServerDisconnectedError": ErrorClass.CONNECTION,
    "InternalServerError": ErrorClass.SERVER_ERROR,
    "UNAVAILABLE": ErrorClass.SERVER_ERROR,
    "529": ErrorClass.SERVER_ERROR,
    "BadRequestError": ErrorClass.INVALID_REQUEST,
    "ValueError": ErrorClass.INVALID_REQUEST,
    "_OTHER": ErrorClass.OTHER,
    "ToolFailed": ErrorClass.OTHER,
    "": ErrorClass.OTHER,
    None: ErrorClass.OTHER,
    "app.server.tools.Foo": ErrorClass.OTHER,
    "app.tools.SearchTimeout": ErrorClass.TIMEOUT,
    "Error code: 429 - rate limited. Try again.": ErrorClass.RATE_LIMITED,
}


@pytest.mark.parametrize(("error_type", "expected"), CLASSES.items())
def test_classes(error_type: str | None, expected: ErrorClass) -> None:
    assert error_class(error_type) is expected


@given(st.text())
def test_every_type_has_a_class(error_type: str) -> None:
    assert error_class(error_type) in ErrorClass


def test_of_a_whole_message_only_the_beginning_is_looked_at() -> None:
    assert error_class("x" * MAX_CHARS + "timeout") is ErrorClass.OTHER
