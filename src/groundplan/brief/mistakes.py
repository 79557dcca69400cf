"""One mistake of a brief, before it has a line, and how values are shown in its message."""

from collections.abc import Iterable
from datetime import date, datetime, time

from groundplan.brief.positions import Path
from groundplan.records import dataclass

__all__ = ["GrammarError", "Mistake", "listed", "noun_of", "shown"]

_LONGEST = 60


class GrammarError(ValueError):
    """A text breaks its grammar. rule: what must hold; remedy: what to write instead."""

    def __init__(self, rule: str, remedy: str) -> None:
        """Keep both for the message; the caller knows place and value."""
        self.rule, self.remedy = rule, remedy
        super().__init__(f"{rule}; {remedy}")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at one path. The parts of the sentence are those of ``groundplan.errors.Problem``."""

    path: Path
    value: str
    rule: str
    remedy: str


def listed(options: Iterable[str], last: str = "or") -> str:
    """Write options as people list them: ``a, b or c``."""
    names = list(options)
    return f" {last} ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def noun_of(value: object) -> str:
    """Say what a TOML value is: ``a text``, ``a whole number``, ``a list`` ..."""
    nouns = (
        ((bool,), "true or false"),
        ((str,), "a text"),
        ((int,), "a whole number"),
        ((float,), "a number"),
        ((list,), "a list"),
        ((dict,), "a table"),
        ((datetime, date, time), "a date or time"),
    )
    return next(noun for types, noun in nouns if isinstance(value, types))


def shown(value: object) -> str:
    """Show a value as its writer would recognise it: short, on one line, nothing that a terminal would obey."""
    if isinstance(value, str):
        text = "".join(character if character.isprintable() else repr(character)[1:-1] for character in value[: _LONGEST + 1])
        return f'"{text}"' if len(text) <= _LONGEST else f'"{text[:_LONGEST]}…"'
    if isinstance(value, bool):
        return str(value).lower()
    return noun_of(value) if isinstance(value, list | dict) else str(value)[:_LONGEST]
