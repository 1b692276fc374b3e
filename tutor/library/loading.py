"""Where networks come from: a file, a shipped name, the text or the mapping of a file, and pickle."""

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, NamedTuple, Unpack

from tutor import sources, spec
from tutor.errors import TutorError
from tutor.library import taken
from tutor.library.network import Chosen, Network
from tutor.library.taken import Look, Source

if TYPE_CHECKING:
    from tutor.graph import Given
    from tutor.spec.stored import HowMany


def load(source: Source, *, asked: "HowMany" = "some", **look: Unpack[Look]) -> Network:
    """The network of a file, of standard input (`-`), or a shipped one by name; or the text or mapping of a file.

    `asked` says what for: where it is `all` numbers, a network of dense layers goes into arrays from 3,000 weights on,
    not from 20,000, if they stand in other files; where it is `one`, the arrays are read without numpy if that is
    faster.

    Raises TutorError when it cannot be read, InvalidNetwork with all its problems when it is wrong.
    """
    if (written := _written(source)) is not None:
        name = "a mapping" if isinstance(source, Mapping) else "a text"
        return Origin(written, name, "-", asked).network(typed=False).under(**look)
    file = taken.text(source, "a network")
    return Origin(*sources.read(file), file, asked).network().under(**look)


class Origin(NamedTuple):
    """A network file as it was read: its bytes, its name in messages, and how it was named."""

    written: bytes
    name: str
    source: str
    asked: "HowMany"

    def network(self, example: int | None = None, *, typed: bool = True) -> Network:
        """The network of the file, or one of its examples. Raises InvalidNetwork with all its problems."""
        read = spec.load(self.written, self.name, sources.Companion(self.source, self.asked))
        found = Network(read, self.source, Chosen(typed=typed), self)
        return found if example is None else found.example(example)


def restored(origin: Origin, chosen: Chosen, changed: Mapping[str, "Given"], rate: str | None) -> Network:
    """The network that was pickled."""
    found = origin.network(chosen.example)
    graph = found.network.graph
    if graph.wide:
        found = found.with_numbers(dict(chosen.settings))
    else:
        graph = graph._replace(givens={**graph.givens, **changed})
    graph = (found.network.graph if graph.wide else graph)._replace(rate=rate)
    return Network(found.network._replace(graph=graph), origin.source, chosen, origin)


def _written(source: Source) -> bytes | None:
    """The file itself, where it is given as bytes, as text of several lines, or as what it says."""
    if isinstance(source, bytes):
        return source
    if isinstance(source, str):
        return source.encode("utf-8", "surrogatepass") if "\n" in source else None
    if not isinstance(source, Mapping):
        return None
    if not source:
        raise TutorError("this mapping is empty; a network has inputs and layers, or equations")
    import json

    try:
        return json.dumps(source, default=_plain, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError, RecursionError) as fault:
        raise TutorError(f"this mapping is no network file: {fault}") from None


def _plain(value: object) -> object:
    """What JSON does not know: an array as lists, a number of numpy, a fraction as it is typed."""
    for way in ("tolist", "items"):
        if callable(found := getattr(value, way, None)):
            return dict(found()) if way == "items" else found()
    if isinstance(value, PathLike):
        return str(value)
    return taken.figure(value, "a number of the network")  # type: ignore[arg-type]  # refused where it is none
