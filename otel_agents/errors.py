"""What can go wrong, drawn as a tree.

    OtelAgentsError
    ├── ConfigError        a setting that cannot be used, found at start only
    ├── InputError         a file, or a part of it, that cannot be read
    └── SpanRefused        one span that says something impossible; the rest goes on

Messages are made here, so that a caller names only what varies.
"""


class OtelAgentsError(Exception):
    """Every error of this package derives from this one."""


class ConfigError(OtelAgentsError):
    """A setting that cannot be used.

    Attributes:
        path: The user's own key, as a dotted path or ``file:line: key``.
        got: What was there.
        expected: What is taken, as a phrase that follows "expected".
    """

    def __init__(self, path: str, got: object, expected: str) -> None:
        """Make the message from the key, the value and what was expected."""
        super().__init__(f"{path}: got {got!r}, expected {expected}")
        self.path = path
        self.got = got
        self.expected = expected


class InputError(OtelAgentsError):
    """A file, or a part of one, that cannot be read as telemetry.

    Attributes:
        source: The file's path, or ``<stdin>``.
        position: Where in it, such as ``byte 120`` or ``line 3``; empty for the whole.
        problem: What is wrong and what was expected.
    """

    def __init__(self, source: str, position: str, problem: str) -> None:
        """Make the message from the place and the problem."""
        where = f"{source}: {position}" if position else source
        super().__init__(f"{where}: {problem}")
        self.source = source
        self.position = position
        self.problem = problem


class SpanRefused(OtelAgentsError):
    """One span that says something impossible, such as a negative token count.

    Attributes:
        reason: A short closed word for the counter, such as ``bad_token_count``.
        problem: What is wrong, for the person who looks for the emitter.
    """

    def __init__(self, reason: str, problem: str) -> None:
        """Make the message from the reason and the problem."""
        super().__init__(f"{reason}: {problem}")
        self.reason = reason
        self.problem = problem
