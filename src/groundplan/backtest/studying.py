"""All cases in four variants and five baselines. Pure: the cases, the catalogue and the table of levels decide."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import TypeVar

from groundplan.backtest.baselines import baselines, equal_weights
from groundplan.backtest.deciding import Method, advised, answered
from groundplan.backtest.levels import levels
from groundplan.backtest.model import Asked, Case, Report, Score, Study
from groundplan.backtest.scoring import score
from groundplan.catalogue.model import Catalogue
from groundplan.events import Listener, Progress, ignore

__all__ = ["GROUPS", "VARIANTS", "study"]

VARIANTS: dict[str, Callable[[Asked], Asked]] = {
    "everything": lambda asked: asked,
    "without_known_frameworks": lambda asked: replace(asked, known=()),
    "without_answers": lambda asked: replace(asked, answers={}),
    "without_both": lambda asked: replace(asked, known=(), answers={}),
}
"""Variant -> what is left of the question; the first is the one the summary is about."""

TURN = 2018
"""Year from which typed asynchronous frameworks could be chosen: FastAPI's first release is of December 2018."""

GROUPS: dict[str, Callable[[Case], bool]] = {
    "migrations": lambda case: case.actual.migrated,
    "new_products": lambda case: not case.actual.migrated,
    f"before_{TURN}": lambda case: case.asked.year < TURN,
    f"from_{TURN}": lambda case: case.asked.year >= TURN,
}
"""Group -> whether a case is in it; reported apart because years and incumbents decide much."""

Found = TypeVar("Found")
Step = Callable[[], None]
"""Is told after each case that was decided."""


def study(cases: Sequence[Case], catalogue: Catalogue, draws: int, listener: Listener = ignore) -> Report:
    """Give the whole report. draws: behind the word of confidence; 0 leaves it out."""
    method, sure = Method(catalogue, levels()), Method(catalogue, levels(), draws)
    step = _steps(len(cases) * (len(VARIANTS) + 1), listener)
    studies = {name: _study(cases, variant, sure, step) for name, variant in VARIANTS.items()}
    first = next(iter(studies.values()))
    return Report(
        cases=tuple(cases),
        catalogue_version=catalogue.version,
        variants=studies,
        groups={name: _group(cases, first, holds) for name, holds in GROUPS.items()},
        baselines=_baselines(cases, method, step),
    )


def _steps(total: int, listener: Listener) -> Step:
    """Give what counts cases for a listener: each is decided once for every variant and once with equal weights."""
    counted = count(1)
    return lambda: listener(Progress("decisions", next(counted), total))


def _study(cases: Sequence[Case], variant: Callable[[Asked], Asked], method: Method, step: Step) -> Study:
    answers = tuple(_then(step, answered(variant(case.asked), method)) for case in cases)
    return Study(answers, score(cases, answers))


def _then(step: Step, found: Found) -> Found:
    """Give what was found, and tell that it was."""
    step()
    return found


def _group(cases: Sequence[Case], found: Study, holds: Callable[[Case], bool]) -> Score:
    pairs = [(case, answer) for case, answer in zip(cases, found.answers, strict=True) if holds(case)]
    return score([case for case, _ in pairs], [answer for _, answer in pairs])


def _baselines(cases: Sequence[Case], method: Method, step: Step) -> dict[str, tuple[int, int]]:
    flat = replace(method, catalogue=equal_weights(method.catalogue))
    advisers = {**baselines(method.catalogue), "equal_weights": lambda asked: _then(step, advised(asked, flat))}
    return {name: _counts(cases, adviser) for name, adviser in advisers.items()}


def _counts(cases: Sequence[Case], adviser: Callable[[Asked], str]) -> tuple[int, int]:
    advised = [(case.actual, adviser(case.asked)) for case in cases]
    return sum(actual.main == name for actual, name in advised), sum(actual.right(name) for actual, name in advised)
