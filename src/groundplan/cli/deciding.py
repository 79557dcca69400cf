"""What ``decide`` and ``build`` share: a brief and a date become a decision."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from groundplan import brief as briefs
from groundplan import catalogue
from groundplan.report.telling import PIECES, Telling, tell

__all__ = ["as_of_option", "told"]

_YEAR = 4

Command = TypeVar("Command", bound=Callable[..., Any])


def as_of_option(command: Command) -> Command:
    """Add the option ``--as-of DATE``: the clock stays at the edge, the decision gets a date."""
    text = (
        "Day to decide for, or a year (its last day): what came later is not known. The same day gives the same bytes."
        "  [default: today]"
    )
    return click.option("--as-of", metavar="DATE", callback=_day, help=text)(command)


def _day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    """Give the ISO date of a day as people write it: 2026-11-22, or a year, which means its last day; without one, today."""
    if value is None:
        return dt.datetime.now().astimezone().date().isoformat()
    try:
        year = len(value) == _YEAR and value.isascii() and value.isdecimal()
        return dt.date.fromisoformat(f"{value}-12-31" if year else value).isoformat()
    except ValueError:
        raise click.BadParameter(f"{value!r} is neither a day nor a year; write 2026-11-22 or 2016.") from None


def told(path: Path, as_of: str) -> Telling:
    """Read a brief and decide, with everything a report needs. as_of: ISO date."""
    return tell(briefs.load(path), catalogue.load(), as_of, tuple(PIECES))
