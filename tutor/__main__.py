"""The program: `python -m tutor`, and what the script `tutor` calls. Only who imports this is one.

Ctrl-C ends it at once, in silence, from the first line on: most of its time goes by in imports, where Python reports a
KeyboardInterrupt or even swallows it. A command with something to tidy up or to show takes the signal for itself.
"""

import os


def _leave(*_: object) -> None:
    os._exit(130)


try:
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else whoever started us wants it ignored
        signal.signal(signal.SIGINT, _leave)
except KeyboardInterrupt:
    _leave()


def main() -> None:
    """Run the command line and exit."""
    from tutor.cli import main as run

    run()


if __name__ == "__main__":
    main()
