"""What must hold between the answers and priorities of a brief: no axis twice, no gap beside nothing, no going round in circles."""

from collections.abc import Callable, Iterator

from groundplan.brief.judged import GAPS, MOST_CHOICES, PLACES, split_choice
from groundplan.brief.mistakes import GrammarError, Mistake, listed, shown
from groundplan.brief.model import AXES
from groundplan.brief.raw import Raw, table
from groundplan.brief.shapes import UNKNOWN

__all__ = ["JUDGED_RULES"]

_OF_EXISTING_CODE = {"keep_existing": 0, "leave_incumbent": 0, "existing_data_layer": "none"}
"""Answers that speak of code that exists -> what they must be where there is none."""


def _without_code(data: Raw) -> Iterator[Mistake]:
    answers = table(data, "answers")
    if answers.get("existing_code") != "none":
        return
    for question, nothing in _OF_EXISTING_CODE.items():
        if answers.get(question, nothing) not in (nothing, UNKNOWN):
            rule = 'speaks of code that exists, and existing_code = "none" says that there is none'
            remedy = f"write {shown(nothing)}, or say how the code is written"
            yield Mistake(("answers", question), shown(answers[question]), rule, remedy)
    if table(data, "incumbent"):
        rule = 'names what exists today, and existing_code = "none" says that nothing does'
        yield Mistake(
            ("incumbent",), "the table", rule, 'take it out, or say how the code is written, as in existing_code = "sync"'
        )


def _axes_once(data: Raw) -> Iterator[Mistake]:
    priorities = table(data, "priorities")
    seen: dict[str, str] = {}
    for place in PLACES:
        axis = priorities.get(place)
        if axis in AXES and axis in seen:
            yield Mistake(
                ("priorities", place), shown(axis), f"comes {seen[axis]} already", f"name one of {listed(_left(priorities))} here"
            )
        elif isinstance(axis, str):
            seen[axis] = place


def _left(priorities: Raw) -> list[str]:
    return [axis for axis in AXES if axis not in [priorities.get(place) for place in PLACES]]


def _gaps_between(data: Raw) -> Iterator[Mistake]:
    priorities = table(data, "priorities")
    for index, gap in enumerate(GAPS):
        lacking = [place for place in PLACES[index : index + 2] if priorities.get(place, UNKNOWN) == UNKNOWN]
        if priorities.get(gap, UNKNOWN) != UNKNOWN and lacking:
            rule = f"lies between {PLACES[index]} and {PLACES[index + 1]}, and the brief does not name {listed(lacking, 'and')}"
            yield Mistake(("priorities", gap), shown(priorities[gap]), rule, f"add {lacking[0]} = an axis, or take the gap out")


def _choices_in_circles(data: Raw) -> Iterator[Mistake]:
    pairs = dict(_pairs(table(data, "priorities").get("choices")))
    for index, (more, less) in pairs.items():
        way = _way(less, more, [pair for place, pair in pairs.items() if place < index])
        if way:
            rule = f"contradicts {listed([f'{above} > {below}' for above, below in way], 'and')}"
            yield Mistake(("priorities", "choices", index), shown(f"{more} > {less}"), rule, "take one of them out")


def _pairs(found: object) -> Iterator[tuple[int, tuple[str, str]]]:
    """Give place -> pair for the choices that can be read."""
    for index, text in enumerate(found[:MOST_CHOICES] if isinstance(found, list) else []):
        try:
            yield index, split_choice(text if isinstance(text, str) else "")
        except GrammarError:
            continue


def _way(start: str, end: str, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give the shortest way of pairs from one criterion down to another; none: an empty list."""
    ways: dict[str, list[tuple[str, str]]] = {start: []}
    waiting = [start]
    while waiting and end not in ways:
        here = waiting.pop(0)
        for pair in pairs:
            if pair[0] == here and pair[1] not in ways:
                ways[pair[1]] = [*ways[here], pair]
                waiting.append(pair[1])
    return ways.get(end, [])


JUDGED_RULES: tuple[Callable[[Raw], Iterator[Mistake]], ...] = (_without_code, _axes_once, _gaps_between, _choices_in_circles)
