"""Two decisions side by side, for a terminal."""

import textwrap
from collections.abc import Iterable, Iterator

from groundplan.decision.comparing import Compared, CriterionPair
from groundplan.decision.model import Decision, Stack
from groundplan.report.blocks import Block, Item, written
from groundplan.report.wording import headline, named, percent, stack_name

__all__ = ["compare_text"]

_NONE = "-"
_CRITERIA = 8
_GAP = 2

Row = tuple[str, str, str]


def compare_text(
    compared: Compared, width: int = 80, *, color: bool = False, files: tuple[str, str] = ("the first", "the second")
) -> str:
    """Give both decisions in columns, and below what changed: answers, criteria, facts. files: of two briefs of one name."""
    return written(list(_blocks(compared, width, files)), width, color=color)


def _blocks(compared: Compared, width: int, files: tuple[str, str]) -> Iterator[Block]:
    first, *rest = _lines([("", *_names(compared, files))], width)
    yield Block("", [Item("", line, "bold") for line in (first, *rest)])
    yield Block("", _table(_rows(compared), width))
    if compared.answers:
        yield Block("Answers", _table(((pair.place, _said(pair.left), _said(pair.right)) for pair in compared.answers), width))
    if compared.criteria:
        shown = [(pair.title, *_weighed(pair)) for pair in compared.criteria[:_CRITERIA]]
        yield Block("Criteria, weight x value", _table(shown, width))
    yield from _facts(compared, width)
    yield from _left_out(compared)


def _names(compared: Compared, files: tuple[str, str]) -> tuple[str, str]:
    """Name the columns by what tells the decisions apart: brief, file of the brief, date, or brief and date."""
    one, other = compared.left, compared.right
    if one.as_of == other.as_of:
        return (one.brief_name, other.brief_name) if one.brief_name != other.brief_name else files
    return f"{one.brief_name}, {one.as_of}", f"{other.brief_name}, {other.as_of}"


def _rows(compared: Compared) -> Iterator[Row]:
    sides = (compared.left, compared.right)
    yield "", *_both(headline(side.chosen.architecture) for side in sides)
    for part in dict.fromkeys(part for side in sides for part in side.chosen.architecture.stacks):
        yield part, *_both(_stack(side.chosen.architecture.stacks.get(part)) for side in sides)
    yield "value", *_both(f"{side.chosen.value:.3f}" for side in sides)
    yield "lead", *_both(_lead(side) for side in sides)
    if any(side.robustness for side in sides):
        yield "how sure", *_both(side.robustness.word if side.robustness else _NONE for side in sides)


def _both(words: Iterable[str]) -> tuple[str, str]:
    left, right = words
    return left, right


def _stack(stack: Stack | None) -> str:
    return _NONE if stack is None else f"{stack_name(stack)} ({named(stack.interface)})"


def _lead(decision: Decision) -> str:
    """Say by how much the recommendation leads the best on other frameworks."""
    rival = decision.rival
    return _NONE if rival is None else f"{decision.chosen.value - rival.value:+.3f} over {headline(rival.architecture)}"


def _said(value: str | float | None) -> str:
    return _NONE if value is None else f"{value:,.10g}" if isinstance(value, float) else str(value)


def _weighed(pair: CriterionPair) -> tuple[str, str]:
    return _both(
        _NONE if value is None else f"{percent(weight, 1)} x {value:.2f} = {weight * value:.3f}"
        for weight, value in zip(pair.weights, pair.values, strict=True)
    )


def _facts(compared: Compared, width: int) -> Iterator[Block]:
    both = [pair for pair in compared.facts if pair.left is not None and pair.right is not None]
    if both:
        rows = ((f"{pair.subject}: {pair.fact} {pair.unit}".strip(), _said(pair.left), _said(pair.right)) for pair in both)
        yield Block("Facts that changed", _table(rows, width))


def _left_out(compared: Compared) -> Iterator[Block]:
    """Say what is not shown, or that there is nothing to show."""
    if not (compared.answers or compared.criteria or compared.facts):
        yield Block("Nothing differs.", style="dim")
    hidden = len(compared.criteria) - _CRITERIA
    if hidden > 0:
        yield Block(f"{hidden} more criteria differ, less than these; --format json has them.", style="dim")
    single = sum(pair.left is None or pair.right is None for pair in compared.facts)
    if single:
        yield Block(f"{single} facts count on one side only; --format json has them.", style="dim")


def _table(rows: Iterable[Row], width: int) -> list[Item]:
    return [Item("", line) for line in _lines(rows, width)]


def _lines(rows: Iterable[Row], width: int) -> Iterator[str]:
    """Lay rows out in three columns of the same width, each cell wrapped."""
    column = (width - 2) // 3
    for row in rows:
        cells = [textwrap.wrap(cell, column - _GAP) or [""] for cell in row]
        for line in range(max(map(len, cells))):
            yield "  " + "".join((cell[line] if line < len(cell) else "").ljust(column) for cell in cells).rstrip()
