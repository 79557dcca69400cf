"""``groundplan decide``: an architecture, why, and what would change it."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from groundplan.cli.deciding import Question, as_of_option, day_option, told
from groundplan.cli.progress import Talker, Timed
from groundplan.cli.surface import as_json, colorful, file_option, format_option, put, width
from groundplan.report.decision_text import decision_text
from groundplan.report.telling import USUAL, Telling

__all__ = ["command"]


def _json(telling: Telling) -> str:
    from groundplan.report.decision_json import telling_json  # noqa: PLC0415 -- loaded when it is used

    return as_json(telling_json(telling))


def _adr(telling: Telling) -> str:
    from groundplan.report.decision_adr import decision_adr  # noqa: PLC0415 -- loaded when it is used

    return decision_adr(telling)


_FORMS: dict[str, Callable[[Telling], str]] = {
    "text": lambda telling: decision_text(telling, width()),
    "json": _json,
    "adr": _adr,
}

_FLIPS = ("every_weight", "facts", "answers", "growth")
_DEEP = ("every_weight", "facts", "answers", "pairs", "growth")


@click.command("decide")
@click.argument("brief", type=click.Path(path_type=Path))
@format_option(*_FORMS)
@as_of_option
@click.option("--all", "everything", is_flag=True, help="Tell what one screen has no room for, too.")
@click.option("--flips", is_flag=True, help="Also try every weight, figure and single answer, and growth in stages (a minute).")
@click.option("--deep", is_flag=True, help="As --flips, and every pair of answers (minutes).")
@click.option("--ledger", is_flag=True, help="Only list every single answer given otherwise, with what it leads to.")
@click.option("--versus", metavar="NAME[+NAME]", help="Only tell what a favourite framework, or several, would lose and gain.")
@click.option("--compare", type=click.Path(path_type=Path), metavar="BRIEF", help="Only hold the decision against another brief's.")
@day_option("--compare-as-of", "Only hold the decision against that of another day.", today=False)
@click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also write a report with pictures."
)
@file_option("Write to a file instead of stdout, whole or not at all.")
def command(
    brief: Path,
    *,
    form: str,
    as_of: str,
    page: Path | None,
    output: Path | None,
    everything: bool,
    flips: bool,
    deep: bool,
    ledger: bool,
    versus: str | None,
    compare: Path | None,
    compare_as_of: str | None,
) -> None:
    """Decide which architecture fits a brief, and say why.

    The answer names a framework for each part and how the parts are laid out
    in processes, with reasons for and against, what would change it, what was
    screened out by which fact, and what is not known. adr is a decision record
    in Markdown (MADR 4).
    """
    _one_thread()
    asked = {"--ledger": ledger, "--versus": versus is not None, "--compare": bool(compare or compare_as_of)}
    beside = {"--flips": flips, "--deep": deep, "--all": everything, "--html": page is not None, "--format adr": form == "adr"}
    color = output is None and colorful()
    if _mode(asked, beside):
        question = Question(brief, as_of, form == "json", color, versus, compare, compare_as_of)
        put(_answer(question), output)
        return
    telling = _telling(brief, as_of, _DEEP if deep else _FLIPS if flips else USUAL)
    if page is not None:
        put(_page(telling), page)
    text = form == "text"
    put(decision_text(telling, width(), color=color, everything=everything) if text else _FORMS[form](telling), output)


def _one_thread() -> None:
    """Have NumPy's linear algebra start no threads: whole-number sums in small blocks have none, and starting them takes time.

    It looks once, when NumPy is loaded, and who has said otherwise is heard.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _mode(asked: Mapping[str, bool], beside: Mapping[str, bool]) -> str:
    """Name the one question that is asked instead of the decision, if any. Raises UsageError for what does not go together."""
    modes = [name for name, given in asked.items() if given]
    if len(modes) > 1:
        raise click.UsageError(f"{' and '.join(modes)} are questions of their own, ask one at a time")
    if modes and (more := [name for name, given in beside.items() if given]):
        raise click.UsageError(f"{more[0]} goes with the decision itself, not with {modes[0]}")
    return modes[0] if modes else ""


def _telling(brief: Path, as_of: str, pieces: tuple[str, ...]) -> Telling:
    """Decide; what takes longer than a moment tells how far it is."""
    if pieces == USUAL:
        return told(brief, as_of)
    return told(brief, as_of, pieces, Timed(Talker()))


def _answer(question: Question) -> str:
    """Answer what was asked instead of the decision; only who asks waits for what it takes."""
    from groundplan.cli.what_if import answered  # noqa: PLC0415 -- loaded when it is used

    return answered(question)


def _page(telling: Telling) -> str:
    """Draw the page; only who asks for it waits for the drawing library, and for each weight to be moved up and down."""
    from groundplan.decision.weight_flips import weight_flips  # noqa: PLC0415 -- loaded when it is used
    from groundplan.report.decision_html import decision_html, drawing  # noqa: PLC0415 -- the same

    drawing()
    return decision_html(telling, weight_flips(telling.brief, telling.catalogue, telling.decision, complete=True))
