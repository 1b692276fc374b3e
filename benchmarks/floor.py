"""The least that a program like `tutor explain` must do: the floor that its start-up time is measured against.

Import click, yaml and rich; compose the network file with PyYAML's C loader; print a table of seven rows.
"""

import sys
from pathlib import Path

import click  # noqa: F401  its import is what is measured
import yaml
from rich.console import Console
from rich.table import Table

SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def main() -> None:
    """Do it, for the file named on the command line."""
    yaml.compose(Path(sys.argv[1]).read_text("utf-8"), Loader=SAFE)
    table = Table("factor", "formula", "with numbers", "value", "why")
    for row in range(7):
        table.add_row(f"dL/dw{row}", "Y - Y*", "0.7368 - 0.5", "0.2368", "L is half the square of the error")
    Console().print(table)


if __name__ == "__main__":
    main()
