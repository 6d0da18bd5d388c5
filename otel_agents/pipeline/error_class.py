"""Error types by class: an open vocabulary becomes a closed label."""

from functools import lru_cache

from otel_agents.semconv import ErrorClass

_WORDS: tuple[tuple[ErrorClass, tuple[str, ...]], ...] = (
    (ErrorClass.TIMEOUT, ("timeout", "timedout", "deadline", "408", "504")),
    (ErrorClass.RATE_LIMITED, ("ratelimit", "throttl", "toomanyrequests", "quota", "429")),
    (ErrorClass.CONTEXT_EXCEEDED, ("contextlength", "contextwindow", "maxtokens", "toolong")),
    (ErrorClass.CONTENT_FILTER, ("contentfilter", "contentpolicy", "safety", "refusal")),
    (ErrorClass.AUTHENTICATION, ("authentication", "unauthorized", "unauthenticated", "401")),
    (ErrorClass.PERMISSION, ("permission", "forbidden", "denied", "403")),
    (ErrorClass.NOT_FOUND, ("notfound", "404")),
    (ErrorClass.CONNECTION, ("connect", "network", "dns", "socket", "unreachable")),
    (ErrorClass.CANCELLED, ("cancel", "abort", "499")),
    (ErrorClass.SERVER_ERROR, ("server", "internal", "unavailable", "overloaded", "500", "502")),
    (ErrorClass.SERVER_ERROR, ("503", "529")),
    (ErrorClass.INVALID_REQUEST, ("badrequest", "invalid", "validation", "unprocessable", "400")),
    (ErrorClass.INVALID_REQUEST, ("422", "valueerror", "typeerror", "jsondecode")),
)
"""Parts of an error type, without punctuation and in lower case; the first that fits wins."""


MAX_CHARS = 200
"""So much of an error type is looked at: some emitters put the whole message there."""


def error_class(error_type: str | None) -> ErrorClass:
    """Return the class of an `error.type`: an exception's name, a status code."""
    return _class_of(error_type[:MAX_CHARS]) if error_type else ErrorClass.OTHER


@lru_cache(maxsize=1024)
def _class_of(error_type: str) -> ErrorClass:
    # Of a qualified name only the class counts: a module may be called `server`.
    said = error_type if " " in error_type else error_type.rpartition(".")[2]
    plain = "".join(c for c in said.lower() if c.isalnum())
    for found, words in _WORDS:
        if any(word in plain for word in words):
            return found
    return ErrorClass.OTHER
