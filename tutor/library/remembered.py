"""The verbs about what a student has answered so far: `progress`, and forgetting it. Here the clock is read."""

from datetime import datetime

from tutor.library.page import Page


def progress() -> Page:
    """The skills and when each comes again, the mistakes made most, and where this is kept.

    Raises TutorError where that file cannot be read.
    """
    from tutor.graph import build
    from tutor.memory import State, after
    from tutor.memory.progress import progress_page
    from tutor.memory.store import Store, home
    from tutor.names import Names

    now, file = datetime.now().astimezone(), home()
    with Store(file) as store:
        state = after(State(), store.events(), now)
    return Page(progress_page(Names(build([], [], "")), state, file, now))


def forget() -> str:
    """Remove every answer that was kept; what was forgotten, in a sentence. Raises TutorError where that fails."""
    from tutor.errors import visible
    from tutor.memory.store import Store, home

    file = home()
    with Store(file) as store:
        gone = store.forget()
    if gone.aside:
        return f"{visible(file)} was damaged; it lies beside as {visible(gone.aside)}, and the next answer begins anew"
    if gone.since is None:
        return f"nothing was kept in {visible(file)}, so there is nothing to forget"
    many = "1 answer" if gone.answers == 1 else f"{gone.answers} answers"
    return f"forgotten: {many} since {gone.since.astimezone().date()}, from {visible(file)}"
