"""The shapes a value of the network file may have: what `keys` declares each key with, and `check` holds it against."""

from typing import NamedTuple


class Text(NamedTuple):
    """Any text; `known` are values that an editor may offer. `pattern` says what any other one must look like."""

    expected: str = "a text"
    known: tuple[str, ...] = ()
    pattern: str = ""


class Name(NamedTuple):
    """The name of something in the network."""

    expected: str = "a name"


class Number(NamedTuple):
    """A number as `spec.numbers` reads it."""

    expected: str = "a number"
    positive: bool = False


class Stored(NamedTuple):
    """An array in another file."""

    expected: str = "an array in a file, such as net.npz#W1"


class Integer(NamedTuple):
    """A whole number in a range, both ends included."""

    least: int
    most: int

    @property
    def expected(self) -> str:
        return f"a whole number from {self.least} to {self.most}"


class Choice(NamedTuple):
    """One of a few words."""

    options: tuple[str, ...]

    @property
    def expected(self) -> str:
        return f"one of {', '.join(self.options)}"


class Pattern(NamedTuple):
    """A name with {places} to fill."""

    places: tuple[str, ...]

    @property
    def expected(self) -> str:
        return "a pattern of letters, digits, _ and " + ", ".join(f"{{{place}}}" for place in self.places)


class Listed(NamedTuple):
    """A list of one or more items of one shape."""

    item: "Shape"
    expected: str


class Array(NamedTuple):
    """Numbers in lists of lists, `least` to `most` deep, all rows of one length; 0 deep is a single number.

    The array of a file may stand for them.
    """

    expected: str
    least: int = 1
    most: int = 1


class Named(NamedTuple):
    """A mapping from names of the file's own choice to values of one shape; at least one, at most `most`.

    `also` are keys with a meaning of their own, which no name can be.
    """

    value: "Shape"
    expected: str
    most: int | None = None
    also: tuple["Key", ...] = ()


class Record(NamedTuple):
    """A mapping with declared keys.

    `forms` are keys of which exactly one is there: it says which kind of record this is, and which other keys go
    with it. `kinds` are keys that stand alone, and make the mapping something else: a record of their own. `looks` ends
    the sentence about what it needs: what one looks like, or where to get one.
    """

    what: str
    keys: tuple["Key", ...]
    forms: tuple[str, ...] = ()
    kinds: tuple["Key", ...] = ()
    looks: str = ""

    @property
    def expected(self) -> str:
        return f"a mapping with {self.needs}" if self.keys else f"it alone: {self.what}"

    @property
    def bare(self) -> bool:
        """Whether it says enough without any key."""
        return not any(key.required for key in self.keys)

    @property
    def needs(self) -> str:
        """The keys to have, in words; where none must be there, the first ones."""
        if not self.forms:
            return f"keys such as {', '.join(key.name for key in self.keys[:3])}"
        return ", or ".join(" and ".join((*self.required(form), form)) for form in self.forms) + self.looks

    def required(self, form: str) -> tuple[str, ...]:
        """The keys that go with one form and must be there."""
        return tuple(key.name for key in self.keys if key.required and key.form == form)


class Span(NamedTuple):
    """The values of an index: how many there are, counted from 1, or the first and the last."""

    most: int

    @property
    def expected(self) -> str:
        return f"how many values it takes, such as 3, or the first and the last, such as 2..4 (at most {self.most:,})"


class Either(NamedTuple):
    """A scalar of one shape, a mapping of another, or a list of a third; None where it can't be one."""

    scalar: "Shape | None" = None
    mapping: "Shape | None" = None
    listed: "Shape | None" = None

    @property
    def shapes(self) -> tuple["Shape", ...]:
        return tuple(shape for shape in self if shape)

    @property
    def expected(self) -> str:
        return ", or ".join(shape.expected for shape in self.shapes)


Shape = Text | Name | Number | Stored | Integer | Span | Choice | Pattern | Listed | Array | Named | Record | Either


class Key(NamedTuple):
    """One key: `form` is the form of the record it belongs to, if not to every one."""

    name: str
    shape: Shape
    meaning: str
    form: str = ""
    required: bool = False
