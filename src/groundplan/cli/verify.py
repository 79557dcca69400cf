"""``groundplan verify``: whether a record says what follows from its own inputs."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from groundplan import __version__
from groundplan.cli.surface import as_json, format_option, result
from groundplan.errors import InputError, Problem
from groundplan.report.decision_verify import Verification, verified

__all__ = ["command"]

DIFFERS = 1


@click.command("verify")
@click.argument("record", type=click.Path(path_type=Path))
@format_option("text", "json")
@click.pass_context
def command(context: click.Context, record: Path, form: str) -> None:
    """Derive every number of a decision record again.

    RECORD is a Markdown file that decide or build wrote. It stores the brief,
    the facts, the day and the seed it was decided with; the decision is made
    again from these alone, and each number that differs is named. Lines that
    people added are counted and not checked.

    Exit codes: 0 all the same; 1 a number or a line differs; 2 not a record.
    """
    found = verified(_text(record), str(record))
    told = {"record": str(record), "same": not found.differences, **asdict(found)}
    result(as_json(told) if form == "json" else "\n".join(_lines(record, found)))
    context.exit(DIFFERS if found.differences else 0)


def _text(record: Path) -> str:
    try:
        return record.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError(str(Problem(str(record), "the file", "must be text in UTF-8", "give a record in Markdown"))) from None


def _lines(record: Path, found: Verification) -> Iterator[str]:
    yield from (f"{record}: {difference}." for difference in found.differences)
    count = len(found.differences)
    told = "all follow" if not count else "one does not follow" if count == 1 else f"{count} do not follow"
    yield f"{found.numbers:,} numbers in {found.lines:,} lines derived again from the stored inputs (as of {found.as_of}): {told}."
    if found.added:
        many = "line is not Groundplan's and was" if found.added == 1 else "lines are not Groundplan's and were"
        yield f"{found.added} {many} not checked."
    if count and found.version != __version__:
        yield (
            f"groundplan {found.version} wrote this record, this is {__version__}: where the method itself changed, "
            f"groundplan=={found.version} tells whether the record was changed too."
        )
