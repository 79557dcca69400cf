"""A linear program solved exactly: the simplex method with fractions and Bland's rule. For small programs in tests."""

from collections.abc import Sequence
from fractions import Fraction

Row = list[Fraction]


def least(cost: Sequence[Fraction], equations: Sequence[tuple[Sequence[Fraction], Fraction]]) -> Fraction | None:
    """Give the least ``cost . x`` over x >= 0 with ``row . x = right`` for each equation; None when there is no such x.

    Bland's rule ends also on degenerate programs. Unbounded ones are refused: there are none where it is used.
    """
    rows = [
        [*map(Fraction, row), right] if right >= 0 else [*(-Fraction(value) for value in row), -right] for row, right in equations
    ]
    count, width = len(rows), len(cost)
    table = [[*row[:-1], *(Fraction(int(place == index)) for place in range(count)), row[-1]] for index, row in enumerate(rows)]
    basis = list(range(width, width + count))
    first = [Fraction(0)] * width + [Fraction(1)] * count
    if _run(table, basis, first, width + count) != 0:
        return None
    _drive_out(table, basis, width)
    return _run(table, basis, [*map(Fraction, cost), *([Fraction(0)] * count)], width)


def _run(table: list[Row], basis: list[int], cost: Row, usable: int) -> Fraction:
    """Pivot until nothing gets cheaper; give the cost."""
    while True:
        reduced = [
            cost[place] - sum(cost[held] * row[place] for held, row in zip(basis, table, strict=True)) for place in range(usable)
        ]
        entering = next((place for place, value in enumerate(reduced) if value < 0), None)
        if entering is None:
            return sum((cost[held] * row[-1] for held, row in zip(basis, table, strict=True)), Fraction(0))
        ratios = [(row[-1] / row[entering], basis[index], index) for index, row in enumerate(table) if row[entering] > 0]
        assert ratios, "the program is unbounded"
        _pivot(table, basis, min(ratios)[2], entering)


def _pivot(table: list[Row], basis: list[int], leaving: int, entering: int) -> None:
    divisor = table[leaving][entering]
    table[leaving] = [value / divisor for value in table[leaving]]
    for index, row in enumerate(table):
        if index != leaving and row[entering]:
            factor = row[entering]
            table[index] = [value - factor * base for value, base in zip(row, table[leaving], strict=True)]
    basis[leaving] = entering


def _drive_out(table: list[Row], basis: list[int], width: int) -> None:
    """Take helping variables, now 0, out of the basis; a row without any other variable says nothing and is dropped."""
    for index in reversed(range(len(table))):
        if basis[index] >= width:
            entering = next((place for place in range(width) if table[index][place]), None)
            if entering is None:
                del table[index], basis[index]
            else:
                _pivot(table, basis, index, entering)
