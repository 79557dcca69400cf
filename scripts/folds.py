"""How much of a score is tuning: nested cross-validation of the few numbers that were set with the cases in view.

``python scripts/folds.py [DIR]``: every setting of the grid decides every case once. Then, 100 times over, the cases are dealt into
six folds; for each fold the setting that is best on the other five (most acceptable, then most strict, then nearest to the shipped
one) answers it. What comes out of the folds is what a setting chosen on cases like these is worth on others.
"""

import itertools
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean

from groundplan.backtest import load
from groundplan.backtest.deciding import Method, advised
from groundplan.backtest.levels import levels
from groundplan.backtest.model import Case
from groundplan.catalogue import Catalogue
from groundplan.catalogue import load as load_catalogue

FOLDS, TIMES, SEED = 6, 100, 20261122
GRID: dict[str, tuple[float, ...]] = {"unused": (0, 5, 10, 15, 20, 30)}
"""Criterion -> points to try. The shipped ones stand in criteria.toml and are among them."""

Setting = tuple[float, ...]
Marks = dict[Setting, list[tuple[int, int]]]


def settings() -> Iterator[Setting]:
    """Give every setting of the grid."""
    return itertools.product(*GRID.values())


def with_points(catalogue: Catalogue, setting: Setting) -> Catalogue:
    """Give the catalogue with other points; the other criteria of the axis share what is left in their own ratios."""
    points = dict(zip(GRID, setting, strict=True))
    axes = {criterion.axis for criterion in catalogue.criteria if criterion.id in points}
    criteria = list(catalogue.criteria)
    for axis in axes:
        inside = [one for one in criteria if one.axis == axis and one.when is None]
        set_here = sum(points[one.id] for one in inside if one.id in points)
        free = sum(one.points for one in inside if one.id not in points)
        scale = (100 - set_here) / free
        criteria = [replace(one, points=points.get(one.id, one.points * scale)) if one in inside else one for one in criteria]
    return replace(catalogue, criteria=tuple(criteria))


def shipped(catalogue: Catalogue) -> Setting:
    """Give the setting that ships."""
    return tuple(next(one.points for one in catalogue.criteria if one.id == name) for name in GRID)


def marks(cases: Sequence[Case], catalogue: Catalogue) -> Marks:
    """Give setting -> (strict, acceptable) of every case."""
    found: Marks = {}
    for setting in settings():
        method = Method(with_points(catalogue, setting), levels())
        names = [advised(case.asked, method) for case in cases]
        pairs = zip(cases, names, strict=True)
        found[setting] = [(int(name == case.actual.main), int(case.actual.right(name))) for case, name in pairs]
    return found


def best(found: Marks, inside: Sequence[int], home: Setting) -> Setting:
    """Give the setting that is best on some of the cases."""

    def key(setting: Setting) -> tuple[int, int, float]:
        chosen = [found[setting][index] for index in inside]
        away = sum(abs(one - other) for one, other in zip(setting, home, strict=True))
        return sum(mark[1] for mark in chosen), sum(mark[0] for mark in chosen), -away

    return max(found, key=key)


def outside(found: Marks, home: Setting, dice: random.Random) -> tuple[int, int]:
    """Give (strict, acceptable) over all cases, each answered by a setting chosen without it."""
    count = len(found[home])
    order = dice.sample(range(count), count)
    strict = acceptable = 0
    for fold in range(FOLDS):
        held = order[fold::FOLDS]
        setting = best(found, [index for index in order if index not in held], home)
        strict += sum(found[setting][index][0] for index in held)
        acceptable += sum(found[setting][index][1] for index in held)
    return strict, acceptable


def total(found: Marks, setting: Setting) -> str:
    """Give the counts of one setting."""
    return f"{sum(mark[0] for mark in found[setting]):>6}{sum(mark[1] for mark in found[setting]):>12}"


def main(arguments: list[str]) -> int:
    """Print the grid, the best on all cases, and what comes out of the folds."""
    cases, catalogue = load(Path(arguments[0] if arguments else "backtest/open")), load_catalogue()
    found, home = marks(cases, catalogue), shipped(catalogue)
    print(f"{', '.join(GRID):<40}{'strict':>6}{'acceptable':>12}")
    for setting in found:
        told = ", ".join(f"{points:g}" for points in setting) + (" (shipped)" if setting == home else "")
        print(f"{told:<40}{total(found, setting)}")
    top = best(found, range(len(cases)), home)
    dice = random.Random(SEED)  # noqa: S311  # dealing cards, not keeping secrets
    runs = [outside(found, home, dice) for _ in range(TIMES)]
    print(f"{'best on all ' + str(len(cases)):<40}{total(found, top)}")
    strict, acceptable = mean(run[0] for run in runs), mean(run[1] for run in runs)
    print(f"{'chosen without the case, mean of ' + str(TIMES):<40}{strict:>6.1f}{acceptable:>12.1f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
