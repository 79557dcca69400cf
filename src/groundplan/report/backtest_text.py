"""A back-test for people: the score beside its rivals, what known frameworks and answers are worth, and every case."""

from collections.abc import Iterator

from groundplan.backtest.model import Answered, Case, Report, Score
from groundplan.backtest.scoring import lost
from groundplan.backtest.wilson import wilson
from groundplan.report.backtest_json import SHARES
from groundplan.report.wording import named

__all__ = ["backtest_text"]

_TITLES = {
    "main_strict": "main framework as chosen",
    "main_acceptable": "… or one that is equally right",
    "top3_acceptable": "… or among the first three",
    "parts_strict": "parts as chosen",
    "hybrid_found": "hybrids found",
    "clear": 'called "clear"',
    "clear_acceptable": "… and then right",
}
_MARKS = {True: "as chosen", False: "equally right"}
_NONE = "nothing left"


def backtest_text(report: Report) -> str:
    """Give the report as lines of text."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    total = report.first.score
    yield f"{total.cases} decisions, each taken as of the end of its year. Catalogue {report.catalogue_version}."
    yield ""
    yield from (_share(total, name) for name in SHARES)
    yield f"{'hybrids advised where there was none':<38}{total.hybrid_false:>3}"
    yield f"{'actual framework screened out':<38}{total.actual_screened_out:>3}"
    yield ""
    yield f"{'main framework':<38}{'as chosen':>10}{'or equal':>10}"
    for name, found in report.variants.items():
        yield _row(f"Groundplan, {_words(name)}", found.score.main_strict, found.score.main_acceptable)
    for name, counts in report.baselines.items():
        yield _row(_words(name), *counts)
    yield ""
    yield f"{'of the cases':<28}{'cases':>10}{'as chosen':>10}{'or equal':>10}"
    for name, group in report.groups.items():
        yield f"{_words(name):<28}{group.cases:>10}{group.main_strict:>10}{group.main_acceptable:>10}"
    yield ""
    yield f"{'case':<26}{'year':>5}  {'chosen':<10}{'advised':<24}{'word':<9}{'verdict':<14}stacks out"
    for case, answer in zip(report.cases, report.first.answers, strict=True):
        yield from _case(case, answer)


def _share(total: Score, name: str) -> str:
    count, whole = getattr(total, name), getattr(total, SHARES[name])
    low, high = wilson(count, whole)
    return f"{_TITLES[name]:<38}{count:>3} of {whole:<3} 95 %: {100 * low:.0f} to {100 * high:.0f} %"


def _row(title: str, strict: int, acceptable: int) -> str:
    return f"{title:<38}{strict:>10}{acceptable:>10}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _case(case: Case, answer: Answered) -> Iterator[str]:
    advised = " + ".join(named(name) for name in _frameworks(answer)) or _NONE
    verdict = _MARKS[answer.main == case.actual.main] if case.actual.right(answer.main) else "missed"
    out = sum(answer.screened.values())
    word = answer.confidence or "-"
    line = f"{case.name:<26}{case.asked.year:>5}  {named(case.actual.main):<10}{advised:<24}{word:<9}{verdict:<14}{out:>10}"
    yield line
    for part, why in lost(case, answer).items():
        yield f"    screened out in fact: {part}: {why}"


def _frameworks(answer: Answered) -> tuple[str, ...]:
    """Name the main framework and the others of a hybrid."""
    others = dict.fromkeys(name for name in answer.parts.values() if name != answer.main)
    return (answer.main, *others) if answer.main else ()
