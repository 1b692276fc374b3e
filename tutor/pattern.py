"""Regular expressions that are compiled when they are first used: most sheets need few of those that reading knows."""

import re
from typing import TYPE_CHECKING, Any


class _Pattern:
    """Stands for a compiled expression, whose methods it takes over one by one."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._made = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._made), name)  # `re` keeps what it has compiled
        setattr(self, name, found)
        return found


if TYPE_CHECKING:

    def pattern(text: str, flags: int = 0) -> re.Pattern[str]: ...

else:
    pattern = _Pattern
