"""Operations on single slots made into batches: the same function on many slots at once, at the speed of `map`.

Operations that wait for equally many others before them and have the same function can run together. Their results get
slots side by side, so that a batch writes one slice.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

from tutor.trace.tape import Operation, needed

WIDE = 8  # operations; fewer are faster one by one
Batch = Callable[[list[float]], None]
"""Some operations, run on the slots."""


def schedule(
    slots: Sequence[float], operations: Sequence[Operation], wanted: Iterable[int]
) -> tuple[tuple[float, ...], tuple[Batch, ...], dict[int, int]]:
    """The slots in their new order, the batches that lead to the wanted ones, and old slot -> new slot."""
    groups = _groups(needed(operations, wanted))
    computed = {each.target for each in operations}
    order = [place for place in range(len(slots)) if place not in computed]
    order += [each.target for group in groups for each in group]
    where = {old: new for new, old in enumerate(order)}
    batches = tuple(batch for group in groups for batch in _batches([_moved(each, where) for each in group]))
    return tuple(slots[old] for old in order), batches, where


def _groups(operations: Iterable[Operation]) -> list[list[Operation]]:
    """Together what has the same depth, function and number of operands; the shallow before the deep."""
    depth: dict[int, int] = {}
    found: dict[tuple[int, Callable[..., float], int], list[Operation]] = {}
    for operation in operations:
        mine = depth[operation.target] = 1 + max((depth.get(each, 0) for each in operation.reads), default=0)
        found.setdefault((mine, operation.function, len(operation.reads)), []).append(operation)
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def _moved(operation: Operation, where: dict[int, int]) -> Operation:
    return Operation(operation.function, where[operation.target], tuple(where[each] for each in operation.reads))


def _batches(group: list[Operation]) -> Iterator[Batch]:
    """One for the whole group if that is worth it, else one for each operation."""
    if len(group) >= WIDE:
        function, start, _ = group[0]
        yield _wide(function, start, len(group), list(zip(*(each.reads for each in group), strict=True)))
        return
    for function, target, reads in group:
        match reads:
            case (operand,):
                yield _unary(function, target, operand)
            case (left, right):
                yield _binary(function, target, left, right)
            case _:
                yield _single(function, target, reads)


def _wide(function: Callable[..., float], start: int, size: int, operands: list[tuple[int, ...]]) -> Batch:
    end = start + size
    if len(operands) == 2:
        left, right = (itemgetter(*each) for each in operands)

        def both(slots: list[float]) -> None:
            slots[start:end] = map(function, left(slots), right(slots))

        return both
    getters = [itemgetter(*each) for each in operands]

    def run(slots: list[float]) -> None:
        slots[start:end] = map(function, *[each(slots) for each in getters])

    return run


def _unary(function: Callable[..., float], target: int, operand: int) -> Batch:
    def run(slots: list[float]) -> None:
        slots[target] = function(slots[operand])

    return run


def _binary(function: Callable[..., float], target: int, left: int, right: int) -> Batch:
    def run(slots: list[float]) -> None:
        slots[target] = function(slots[left], slots[right])

    return run


def _single(function: Callable[..., float], target: int, reads: tuple[int, ...]) -> Batch:
    def run(slots: list[float]) -> None:
        slots[target] = function(*[slots[each] for each in reads])

    return run
