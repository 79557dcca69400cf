"""A back-test for programs: counts, intervals, and every case with what was advised and what was chosen."""

from dataclasses import asdict
from typing import Any

from groundplan.backtest.model import Answered, Case, Report, Score
from groundplan.backtest.scoring import lost
from groundplan.backtest.wilson import wilson

__all__ = ["SHARES", "backtest_json"]

FORMAT = 1
_DIGITS = 4

SHARES = {
    "main_strict": "cases",
    "main_acceptable": "cases",
    "top3_acceptable": "cases",
    "parts_strict": "parts_total",
    "hybrid_found": "hybrid_total",
    "clear": "cases",
    "clear_acceptable": "clear",
}
"""Count -> what it is a share of."""


def backtest_json(report: Report) -> dict[str, Any]:
    """Give the report as values that JSON can hold. ``summary`` and ``cases`` are those of the first variant."""
    cases = list(zip(report.cases, report.first.answers, strict=True))
    return {
        "format": FORMAT,
        "catalogue_version": report.catalogue_version,
        "summary": asdict(report.first.score),
        "intervals": _intervals(report.first.score),
        "baselines": {name: _baseline(counts) for name, counts in report.baselines.items()},
        "groups": {name: _scored(found) for name, found in report.groups.items()},
        "variants": {name: _scored(found.score) for name, found in report.variants.items()},
        "cases": [_case(case, answer) for case, answer in cases],
        "screened": {case.name: _screened(case, answer) for case, answer in cases},
    }


def _scored(found: Score) -> dict[str, Any]:
    return {"summary": asdict(found), "intervals": _intervals(found)}


def _intervals(found: Score) -> dict[str, list[float]]:
    """Give count -> the bounds of its share, 95 %, Wilson."""
    pairs = {name: wilson(getattr(found, name), getattr(found, whole)) for name, whole in SHARES.items()}
    return {name: [round(bound, _DIGITS) for bound in bounds] for name, bounds in pairs.items()}


def _baseline(counts: tuple[int, int]) -> dict[str, int]:
    return {"main_strict": counts[0], "main_acceptable": counts[1]}


def _case(case: Case, answer: Answered) -> dict[str, Any]:
    return {
        "name": case.name,
        "ranking": list(answer.ranking),
        "main": answer.main,
        "confidence": answer.confidence,
        "actual": case.actual.main,
        "parts": answer.parts,
    }


def _screened(case: Case, answer: Answered) -> dict[str, Any]:
    """Give the stacks taken out by each constraint, and why what serves a part in fact was taken out of it, if it was."""
    return {"stacks": sum(answer.screened.values()), "by": answer.screened, "actual": lost(case, answer)}
