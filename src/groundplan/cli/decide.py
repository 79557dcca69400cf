"""``groundplan decide``: an architecture, and why."""

from collections.abc import Callable
from pathlib import Path

import click

from groundplan.brief.model import Brief
from groundplan.cli.deciding import as_of_option, decided
from groundplan.cli.surface import as_json, colorful, file_option, format_option, put, width
from groundplan.decision import Decision
from groundplan.report.decision_adr import decision_adr
from groundplan.report.decision_json import decision_json
from groundplan.report.decision_text import decision_text

__all__ = ["command"]

_FORMS: dict[str, Callable[[Decision, Brief, Path | None], str]] = {
    "text": lambda decision, brief, output: decision_text(decision, brief, width(), color=output is None and colorful()),
    "json": lambda decision, _brief, _output: as_json(decision_json(decision)),
    "adr": lambda decision, brief, _output: decision_adr(decision, brief),
}


@click.command("decide")
@click.argument("brief", type=click.Path(path_type=Path))
@format_option(*_FORMS)
@as_of_option
@file_option("Write to a file instead of stdout, whole or not at all.")
def command(brief: Path, form: str, as_of: str, output: Path | None) -> None:
    """Decide which architecture fits a brief, and say why.

    The answer names a framework for each part and how the parts are laid out
    in processes, with reasons for and against, what was screened out by which
    fact, and what is not known. adr is a decision record in Markdown (MADR 4).
    """
    told, decision = decided(brief, as_of)
    put(_FORMS[form](decision, told, output), output)
