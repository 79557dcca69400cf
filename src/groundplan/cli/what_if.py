"""What ``decide`` tells instead of a decision: the ledger, a favourite, another brief or day."""

import os
from pathlib import Path

from groundplan import catalogue as catalogues
from groundplan.cli.deciding import Question, read
from groundplan.cli.progress import Talker, Timed
from groundplan.cli.surface import as_json, width
from groundplan.decision import decide
from groundplan.decision.comparing import compare
from groundplan.decision.flipping import ledger
from groundplan.decision.versus import favourites, versus
from groundplan.report.compare_text import compare_text
from groundplan.report.ledger_text import ledger_text
from groundplan.report.versus_text import versus_text
from groundplan.report.what_if_json import comparison_json, ledger_json, versus_json

__all__ = ["answered"]


def answered(question: Question) -> str:
    """Give the answer as JSON or text."""
    if question.versus is not None:
        return _favoured(question, question.versus)
    return _compared(question) if question.other or question.other_day else _listed(question)


def _listed(question: Question) -> str:
    catalogue = catalogues.load()
    found = ledger(read(question.path, catalogue), catalogue, question.as_of, Timed(Talker()))
    if question.json:
        return as_json(ledger_json(found))
    return ledger_text(found, width(), color=question.color)


def _favoured(question: Question, name: str) -> str:
    catalogue = catalogues.load()
    brief = read(question.path, catalogue)
    names = favourites(name, catalogue)
    found = versus(brief, catalogue, decide(brief, catalogue, question.as_of), names)
    if question.json:
        return as_json(versus_json(found, brief.name, question.as_of))
    return versus_text(found, brief.name, width(), color=question.color)


def _compared(question: Question) -> str:
    catalogue = catalogues.load()
    brief = read(question.path, catalogue)
    beside = brief if question.other is None else read(question.other, catalogue)
    left = decide(brief, catalogue, question.as_of)
    right = decide(beside, catalogue, question.other_day or question.as_of)
    found = compare((brief, left), (beside, right), catalogue)
    if question.json:
        return as_json(comparison_json(found, left, right))
    return compare_text(found, width(), color=question.color, files=_files(brief.source, beside.source))


def _files(one: str, other: str) -> tuple[str, str]:
    """Name two files without the folders that both are in."""
    folder = os.path.commonpath([Path(one).absolute().parent, Path(other).absolute().parent])
    return os.path.relpath(one, folder), os.path.relpath(other, folder)
