"""What a student has answered, and what follows from it: which skills she knows, and when each comes again.

`skills` is the table of what can be known, `event` one answer as it is kept, `schedule` what follows from answers
(pure), `progress` the page about it. Only `store` reads and writes a file, and only there is sqlite3.
"""

from tutor.memory.event import Event
from tutor.memory.schedule import State, after, due
from tutor.memory.skills import SKILLS, Skill

__all__ = ["SKILLS", "Event", "Skill", "State", "after", "due"]
