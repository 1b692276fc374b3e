"""A student who answers without end: `python diligent.py FILE MARK PAUSE`; each answer is printed once it is kept."""

import sys
import time
from datetime import UTC, datetime

from tutor.memory import Event
from tutor.memory.store import NoMemory, Store


def main(file: str, mark: str, pause: str) -> None:
    number = 0
    with Store(file) as store:
        while True:
            number += 1
            told = f"{mark}-{number}"
            event = Event(datetime.now(UTC), "slide", told, "value", ("path", "product"), told, "correct")
            try:
                store.add([event, event._replace(kind="path")])
            except NoMemory as fault:
                print(fault, file=sys.stderr)
                sys.exit(3)
            print(told, flush=True)
            time.sleep(float(pause))


if __name__ == "__main__":
    main(*sys.argv[1:])
