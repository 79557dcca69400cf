"""What ``decide`` and ``build`` share: a brief and a date become a decision."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from groundplan import brief as briefs
from groundplan import catalogue
from groundplan.brief.model import Brief
from groundplan.decision import Decision, decide

__all__ = ["as_of_option", "decided"]

Command = TypeVar("Command", bound=Callable[..., Any])


def as_of_option(command: Command) -> Command:
    """Add the option ``--as-of DATE``: the clock stays at the edge, the decision gets a date."""
    text = "Day to decide for; facts age. The same day gives the same bytes.  [default: today]"
    return click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", callback=_iso, help=text)(command)


def _iso(_context: click.Context, _parameter: click.Parameter, value: dt.datetime | None) -> str:
    day = dt.datetime.now().astimezone() if value is None else value
    return day.date().isoformat()


def decided(path: Path, as_of: str) -> tuple[Brief, Decision]:
    """Read a brief and decide. as_of: ISO date."""
    brief = briefs.load(path)
    return brief, decide(brief, catalogue.load(), as_of)
