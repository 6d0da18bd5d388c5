"""What goes wrong here never reaches the application, and is seldom told of."""

import pytest

from otel_agents.sdk.guard import QUIET_NS, Guard, Where
from tests.instrument.told import FakeClock


def fail(guard: Guard, where: Where) -> None:
    with guard.at(where):
        raise ValueError("broken")


def test_an_error_is_swallowed_and_counted_by_its_step() -> None:
    guard = Guard(FakeClock())

    for where in (Where.END, Where.END, Where.EXPORT):
        fail(guard, where)

    assert guard.errors() == {Where.END: 2, Where.EXPORT: 1}


def test_what_ends_a_program_is_not_swallowed() -> None:
    guard = Guard(FakeClock())

    with pytest.raises(KeyboardInterrupt), guard.at(Where.END):
        raise KeyboardInterrupt

    assert guard.errors() == {}


def test_the_log_hears_of_it_once_in_20_seconds(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    guard = Guard(clock)

    for seconds in (0, 1, 18.9, 0.2):
        clock.advance(seconds)
        fail(guard, Where.END)
        guard.say("%d spans are lost", 3)

    assert QUIET_NS == 20 * 10**9
    assert len(caplog.records) == 2


def test_a_forked_child_starts_with_no_errors_and_a_lock_that_nobody_holds() -> None:
    guard = Guard(FakeClock())
    fail(guard, Where.END)
    guard._lock.acquire()  # noqa: SLF001 as another thread may have at the fork

    guard.forked()

    assert guard.errors() == {}
