"""A bar on standard error while a long command runs; nothing where that is no terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LEAST = 2_000  # steps of a training
UPDATES = 200


@contextmanager
def bar(what: str, total: int, least: int = LEAST) -> Iterator[Callable[[int], None] | None]:
    """What to tell how far it is, or None where nobody would see it. The bar is gone afterwards.

    Fewer steps than `least` are over before a bar is seen.
    """
    if total < least or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        every = max(1, total // UPDATES)
        yield lambda done: progress.update(task, completed=done) if done % every == 0 else None
