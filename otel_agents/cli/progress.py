"""A progress bar on a terminal, nothing elsewhere."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from otel_agents.otlp.files import Progress as Read

OnProgress: TypeAlias = Callable[[Read], None]


def _silent(_: Read) -> None:
    """Show nothing."""


@contextmanager
def reading(files: Sequence[str]) -> Iterator[Callable[[str], OnProgress]]:
    """Show how far each file is read; yields what makes a file's callback."""
    console = Console(stderr=True)
    if not console.is_terminal or "-" in files:
        yield lambda _: _silent
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:

        def callback(source: str) -> OnProgress:
            task = progress.add_task(source, total=None)

            def update(read: Read) -> None:
                progress.update(task, completed=read.bytes_read, total=read.bytes_total)

            return update

        yield callback
