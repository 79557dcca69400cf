"""The few questions about weights: an order of the axes by their swings, the gaps, the heaviest inside the top two, two choices."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from groundplan.brief.interview.question import Options, Question, Said
from groundplan.brief.interview.scales import Ends, even_pairs, of_axis, swing
from groundplan.brief.interview.words import AXIS_WORDS
from groundplan.brief.judged import GAPS, PLACES
from groundplan.brief.model import AXES

__all__ = ["WEIGHTS", "order", "preferences", "weight_questions"]

WEIGHTS = "weights"
"""The section of these questions."""

_TOP = 2
_GAP_OPTIONS: Options = (("equal", "about equally"), ("clearly", "clearly more"), ("much", "much more, over twice as much"))


def weight_questions(said: Said, ends: Sequence[Ends]) -> Iterator[Question]:
    """Give the questions about weights; who passes over the first is asked none of the others."""
    yield from _axes(said, ends)
    ordered = order(said)
    for gap, (more, less) in zip(GAPS, pairwise(ordered), strict=False):
        asks = f"How much more does {AXIS_WORDS[more]} count than {AXIS_WORDS[less]}?"
        yield Question(f"priorities.{gap}", WEIGHTS, asks, _GAP_OPTIONS)
    for axis in ordered[:_TOP]:
        yield from _inside(axis, ends)
    if len(ordered) >= _TOP:
        yield from _choices(ends, *ordered[:_TOP])


def _axes(said: Said, ends: Sequence[Ends]) -> Iterator[Question]:
    left = list(AXES)
    for place in PLACES[:-1]:
        asks = "All four are at their worst. Which would you raise first?" if place == "first" else "Which next?"
        yield Question(f"priorities.{place}", WEIGHTS, asks, tuple((axis, swing(ends, axis)) for axis in left))
        chosen = said.get(f"priorities.{place}")
        if chosen not in left:
            return
        left.remove(str(chosen))


def order(said: Said) -> list[str]:
    """Give the axes in the order that was said; the fourth follows from the other three."""
    found: list[str] = []
    for place in PLACES[:-1]:
        axis = said.get(f"priorities.{place}")
        if axis not in AXES or axis in found:
            return found
        found.append(str(axis))
    return [*found, next(axis for axis in AXES if axis not in found)]


def _inside(axis: str, ends: Sequence[Ends]) -> Iterator[Question]:
    inside = of_axis(ends, axis)
    if len(inside) > 1:
        asks = f"Inside {AXIS_WORDS[axis]}, all at their worst: which would you raise first?"
        yield Question(f"priorities.inside_{axis}", WEIGHTS, asks, tuple((one.id, one.swing()) for one in inside))


def _choices(ends: Sequence[Ends], first: str, second: str) -> Iterator[Question]:
    for number, (left, right) in enumerate(even_pairs(ends, first, second), 1):
        options = ((f"{left.id} > {right.id}", f"A  {left.swing()}"), (f"{right.id} > {left.id}", f"B  {right.swing()}"))
        yield Question(f"priorities.choice_{number}", WEIGHTS, "A or B: if you could have only one of these?", options)


def preferences(said: Said, ends: Sequence[Ends]) -> list[str]:
    """Give what was said about single criteria, as the brief writes it: ``coverage > skill``."""
    found: list[str] = []
    for axis in order(said)[:_TOP]:
        first = said.get(f"priorities.inside_{axis}")
        found += [f"{first} > {one.id}" for one in of_axis(ends, axis) if first is not None and one.id != first]
    choices = [said.get(f"priorities.choice_{number}") for number in range(1, _TOP + 1)]
    return [*found, *(str(choice) for choice in choices if choice is not None)]
