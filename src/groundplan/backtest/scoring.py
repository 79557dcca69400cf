"""Answers held against what was chosen: counts, and nothing that a count does not say."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from groundplan.backtest.model import WORKER, Answered, Case, Score

__all__ = ["lost", "score", "wrong_parts"]

_TOP = 3
_CLEAR = "clear"


def score(cases: Sequence[Case], answers: Sequence[Answered]) -> Score:
    """Give the counts over cases and their answers, in the same order."""
    counted = [_one(case, answer) for case, answer in zip(cases, answers, strict=True)]
    return Score(**{field.name: sum(getattr(one, field.name) for one in counted) for field in fields(Score)})


def _one(case: Case, answer: Answered) -> Score:
    actual, right = case.actual, case.actual.right(answer.main)
    total = sum(1 for _ in _compared(case))
    return Score(
        cases=1,
        main_strict=int(answer.main == actual.main),
        main_acceptable=int(right),
        top3_acceptable=int(any(actual.right(name) for name in answer.ranking[:_TOP])),
        parts_strict=total - len(wrong_parts(case, answer)),
        parts_total=total,
        hybrid_found=int(actual.hybrid and answer.hybrid),
        hybrid_total=int(actual.hybrid),
        hybrid_false=int(answer.hybrid and not actual.hybrid),
        actual_screened_out=int(bool(lost(case, answer))),
        clear=int(answer.confidence == _CLEAR),
        clear_acceptable=int(answer.confidence == _CLEAR and right),
    )


def _compared(case: Case) -> Iterator[str]:
    """Name the parts that serve HTTP on one of the frameworks compared."""
    for part in case.asked.parts:
        if part.kind != WORKER and case.actual.parts[part.name].frameworks:
            yield part.name


def wrong_parts(case: Case, answer: Answered) -> tuple[str, ...]:
    """Name the compared parts that were advised another framework than they have."""
    served = case.actual.parts
    return tuple(name for name in _compared(case) if answer.parts.get(name) not in served[name].frameworks)


def lost(case: Case, answer: Answered) -> dict[str, str]:
    """Give part -> why, for the compared parts of which everything that serves them in fact was screened out."""
    found = {}
    for name in _compared(case):
        frameworks = case.actual.parts[name].frameworks
        if not set(frameworks) & set(answer.left[name]):
            reasons = answer.out.get(name, {})
            found[name] = "; ".join(f"{one}: {reasons.get(one, f'not there in {case.asked.year}')}" for one in frameworks)
    return found
