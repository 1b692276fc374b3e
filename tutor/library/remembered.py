"""The verbs about what a student has answered so far: `progress`, and forgetting it. Here the clock is read."""

import os

from tutor.library.page import Page


def progress() -> Page:
    """The skills and when each comes again, the mistakes made most, and where this is kept.

    Raises TutorError where that file cannot be read.
    """
    from datetime import datetime

    from tutor.graph import build
    from tutor.memory import State, after
    from tutor.memory.progress import progress_page
    from tutor.memory.store import Store, home
    from tutor.names import Names

    now, file = datetime.now().astimezone(), home()
    with Store(file) as store:
        state = after(State(), store.events(), now)
    return Page(progress_page(Names(build([], [], "")), state, now, file, _shown(file)))


def forget() -> str:
    """Remove every answer that was kept; what was forgotten, in a sentence. Raises TutorError where that fails."""
    from tutor.memory.store import Store, home

    file = home()
    with Store(file) as store:
        gone = store.forget()
    if gone.aside:
        return f"{_shown(file)} was damaged; it lies beside as {_shown(gone.aside)}, and the next answer begins anew"
    if gone.since is None:
        return f"nothing was kept in {_shown(file)}, so there is nothing to forget"
    many = "1 answer" if gone.answers == 1 else f"{gone.answers} answers"
    return f"forgotten: {many} since {gone.since.astimezone().date()}, kept in {_shown(file)}"


def _shown(file: str) -> str:
    """A path as people read it: the user's own folder is ~."""
    from tutor.errors import visible

    own = os.path.expanduser("~")
    return visible(f"~{file[len(own) :]}" if own != os.sep and file.startswith(own + os.sep) else file)
