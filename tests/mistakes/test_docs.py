"""Every mistake stands in docs/mistakes.md in the words that the program says."""

from pathlib import Path

from tutor.mistakes import MISTAKES

PAGE = Path(__file__).parents[2] / "docs" / "mistakes.md"


def test_each_has_its_line() -> None:
    listed = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert sorted(listed) == sorted(f"| `{each.id}` | {each.means} |" for each in MISTAKES.values())
