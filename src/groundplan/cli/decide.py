"""``groundplan decide``: an architecture, and why."""

from collections.abc import Callable
from pathlib import Path

import click

from groundplan.cli.deciding import as_of_option, told
from groundplan.cli.surface import as_json, colorful, file_option, format_option, put, width
from groundplan.report.decision_adr import decision_adr
from groundplan.report.decision_json import telling_json
from groundplan.report.decision_text import decision_text
from groundplan.report.telling import Telling

__all__ = ["command"]

_FORMS: dict[str, Callable[[Telling], str]] = {
    "text": lambda telling: decision_text(telling, width()),
    "json": lambda telling: as_json(telling_json(telling)),
    "adr": decision_adr,
}


@click.command("decide")
@click.argument("brief", type=click.Path(path_type=Path))
@format_option(*_FORMS)
@as_of_option
@click.option("--all", "everything", is_flag=True, help="Tell what one screen has no room for, too.")
@click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also write a report with pictures."
)
@file_option("Write to a file instead of stdout, whole or not at all.")
def command(brief: Path, form: str, as_of: str, page: Path | None, output: Path | None, *, everything: bool) -> None:
    """Decide which architecture fits a brief, and say why.

    The answer names a framework for each part and how the parts are laid out
    in processes, with reasons for and against, what was screened out by which
    fact, and what is not known. adr is a decision record in Markdown (MADR 4).
    """
    telling = told(brief, as_of)
    if page is not None:
        put(_page(telling), page)
    if form == "text":
        put(decision_text(telling, width(), color=output is None and colorful(), everything=everything), output)
    else:
        put(_FORMS[form](telling), output)


def _page(telling: Telling) -> str:
    """Draw the page; only who asks for it waits for the drawing library, and for each weight to be moved up and down."""
    from groundplan.decision.weight_flips import weight_flips  # noqa: PLC0415 -- loaded when it is used
    from groundplan.report.decision_html import decision_html, drawing  # noqa: PLC0415 -- the same

    drawing()
    return decision_html(telling, weight_flips(telling.brief, telling.catalogue, telling.decision, complete=True))
