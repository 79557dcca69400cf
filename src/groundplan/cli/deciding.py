"""What ``decide`` and ``build`` share: a brief and a date become a decision."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from groundplan import brief as briefs
from groundplan import catalogue
from groundplan.brief import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.decision.names import name_rules
from groundplan.events import Listener, ignore
from groundplan.records import dataclass
from groundplan.report.telling import USUAL, Telling, tell

__all__ = ["Question", "as_of_option", "day_option", "read", "told"]

_YEAR = 4

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Question:
    """What ``decide`` is asked instead of deciding.

    versus: a favourite. other, other_day: brief and day to compare with. With none of them, the ledger.
    """

    path: Path
    as_of: str
    json: bool
    color: bool
    versus: str | None = None
    other: Path | None = None
    other_day: str | None = None


def as_of_option(command: Command) -> Command:
    """Add the option ``--as-of DATE``: the clock stays at the edge, the decision gets a date."""
    text = (
        "Day to decide for, or a year (its last day): what came later is not known. The same day gives the same bytes."
        "  [default: today]"
    )
    return day_option("--as-of", text, today=True)(command)


def day_option(name: str, text: str, *, today: bool) -> Callable[[Command], Command]:
    """Give an option for a day, as an ISO date. today: whether it is today when it is not given; otherwise it is None."""

    def day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
        if value is None:
            return dt.datetime.now().astimezone().date().isoformat() if today else None
        return _day(value)

    return click.option(name, metavar="DATE", callback=day, help=text)


def _day(value: str) -> str:
    """Give the ISO date of a day as people write it: 2026-11-22, or a year, which means its last day."""
    try:
        year = len(value) == _YEAR and value.isascii() and value.isdecimal()
        return dt.date.fromisoformat(f"{value}-12-31" if year else value).isoformat()
    except ValueError:
        raise click.BadParameter(f"{value!r} is neither a day nor a year; write 2026-11-22 or 2016.") from None


def told(path: Path, as_of: str, pieces: tuple[str, ...] = USUAL, listener: Listener = ignore) -> Telling:
    """Read a brief and decide, with everything a report needs. as_of: ISO date. pieces: keys of ``PIECES``."""
    known = catalogue.load()
    return tell(read(path, known), known, as_of, pieces, listener=listener)


def read(path: Path, known: Catalogue) -> Brief:
    """Read a brief, names held against the catalogue. Raises BriefError with every mistake at once."""
    return briefs.load(path, name_rules(known))
