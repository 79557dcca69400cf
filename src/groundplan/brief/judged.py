"""The tables that only people can fill: answers that tell near-twins apart, and what weighs more. Rows only."""

import re

from groundplan.brief.mistakes import GrammarError
from groundplan.brief.model import ANSWERS, AXES
from groundplan.brief.shapes import UNKNOWN, Choice, Key, ListOf, OrUnknown, Shape, Table, Text, Whole

__all__ = ["ANSWERS_TABLE", "GAPS", "GAP_WORDS", "MOST_CHOICES", "PLACES", "PREFERENCE", "PRIORITIES_TABLE", "split_choice"]

PLACES = ("first", "second", "third", "fourth")
"""Keys of [priorities] that order the axes."""

GAPS = ("gap_1", "gap_2", "gap_3")
"""Keys of [priorities] for the distance between neighbours: gap_1 lies between first and second."""

GAP_WORDS = ("equal", "clearly", "much")
"""Ratio of two neighbouring weights: below 1.25, from 1.25 to 2, above 2."""

PREFERENCE = r"^[a-z][a-z_]* > [a-z][a-z_]*$"

MOST_CHOICES = 40
"""Twice as many as there are criteria."""

_QUESTIONS = {
    "existing_code": "How the code is written that has to stay or be joined: there is none, synchronous, asynchronous, both.",
    "keep_existing": "How much of it stays: 0 nothing, 1 its logic, 2 all but the web layer, 3 it goes on as it is.",
    "leave_incumbent": "How much the team wants to leave today's framework: 0 not at all, 3 it must go.",
    "existing_data_layer": "What the code that stays keeps its data with.",
    "staff_screens": "What staff work with: nothing of their own, screens generated from the tables, or custom ones.",
    "typed_clients": "How far clients rely on a description: 0 none, 1 to read, 2 schema for several clients, 3 generated clients.",
    "embedded": "Where it lives: by itself, in a library that others install, in a running event loop, on a device or desktop.",
    "third_party_extensions": "What others add: 0 nothing, 1 hooks, 2 routes or pages now and then, 3 whole applications.",
    "identity": "Who signs in: nobody, users of its own, users of another provider, or it signs people in to other services.",
    "background_jobs": "Work outside requests: 0 none, 1 some, 2 a part of its own, 3 the product is about it.",
}


def _one_of(options: tuple[int | str, ...]) -> Shape:
    words = tuple(option for option in options if isinstance(option, str))
    return Choice("answer to this question", (*words, UNKNOWN)) if words else OrUnknown(Whole(0, len(options) - 1, "level"))


ANSWERS_TABLE = Table(
    {question: Key(_one_of(options), _QUESTIONS[question]) for question, options in ANSWERS.items()}, "question of [answers]"
)


def split_choice(text: str) -> tuple[str, str]:
    """Read ``coverage > skill`` as what counts at least as much, and what it is held against. Raises GrammarError."""
    if not re.fullmatch(PREFERENCE, text):
        raise GrammarError("does not say which of two criteria counts more", 'write "coverage > skill" or the like')
    more, less = text.split(" > ")
    if more == less:
        raise GrammarError("holds a criterion against itself", "name two criteria")
    return more, less


_AXIS = Choice("axis", (*AXES, UNKNOWN))
_GAP = Choice("gap", (*GAP_WORDS, UNKNOWN))

PRIORITIES_TABLE = Table(
    {place: Key(_AXIS, f"The axis that comes {place} when all four are at their worst and one may be raised.") for place in PLACES}
    | {
        gap: Key(_GAP, f"How much more the {PLACES[index]} counts than the {PLACES[index + 1]}: about equal, clearly or much more.")
        for index, gap in enumerate(GAPS)
    }
    | {
        "choices": Key(
            ListOf(Text("a choice", "coverage > skill", split_choice, PREFERENCE), at_most=MOST_CHOICES),
            "Pairs of criteria: the first, raised from its worst to its best, is worth at least as much as the second.",
        )
    },
    "key of [priorities]",
)
