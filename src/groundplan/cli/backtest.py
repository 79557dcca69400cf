"""``groundplan backtest``: the method held against real decisions."""

from collections.abc import Callable
from pathlib import Path

import click

from groundplan import catalogue
from groundplan.backtest import Report, load, study
from groundplan.cli.progress import Talker, Timed
from groundplan.cli.surface import as_json, file_option, format_option, put
from groundplan.report.backtest_json import backtest_json
from groundplan.report.backtest_text import backtest_text

__all__ = ["command"]

_FORMS: dict[str, Callable[[Report], str]] = {
    "text": backtest_text,
    "json": lambda report: as_json(backtest_json(report)),
}


@click.command("backtest")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@format_option(*_FORMS)
@click.option("--draws", type=click.IntRange(0), default=1_000, show_default=True, help="Draws behind the word of confidence.")
@file_option("Write to a file instead of stdout, whole or not at all.")
def command(folder: Path, form: str, draws: int, output: Path | None) -> None:
    """Hold the method against real decisions.

    DIR holds cases such as those of backtest/open. Each is decided from its
    needs alone, as of the end of its year, and the advice is held against
    what was chosen. The same cases give the same bytes.
    """
    put(_FORMS[form](study(load(folder), catalogue.load(), draws, Timed(Talker()))), output)
