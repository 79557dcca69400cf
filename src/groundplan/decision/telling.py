"""A study in published figures: shares, mean weights, regrets, and the facts worth checking first."""

from collections.abc import Sequence
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from groundplan.decision.model import Acceptance, Architecture, Family, Robustness
from groundplan.decision.robustness import Study
from groundplan.decision.sampling import UNIT
from groundplan.decision.sums import across
from groundplan.decision.table import FINE
from groundplan.decision.worth import checks

__all__ = ["told"]

_DIGITS = 6
_STEP = 4
"""One draw of the evidence in so many is enough for a confidence factor: its own error is then 0.01."""


def told(study: Study, order: Sequence[int], architectures: Sequence[Architecture], tie_weight: float | None) -> Robustness:
    """Give the figures of a study. order: of the architectures shown, the recommended one first."""
    chosen = order[0]
    centres = [_central(study, index) for index in range(len(study.shown))]
    confidence = _confidence(study, centres)
    every = [
        Acceptance(
            architecture=architectures[index],
            ranks=_shares(study, index),
            central={name: _rounded(weight / UNIT) for name, weight in zip(study.table.weights, centres[index], strict=False)},
            confidence=confidence[index],
            expected=_rounded(int(study.values[index].sum(dtype=np.int64)) / FINE / study.table.draws),
            regret=_rounded(study.expected_regrets[index]),
            regret_95=_rounded(study.regret_95(index)),
            regret_max=_rounded(int(study.regrets[index].max()) / FINE),
        )
        for index in order
    ]
    return Robustness(
        word=cast("Literal['clear', 'lean', 'toss-up']", study.word(chosen)),
        draws=study.table.draws,
        seed=study.table.seed,
        accepted=tuple(every),
        families=tuple(Family(names, _rounded(share)) for names, share in study.families.items()),
        pairwise=tuple(_share(study, study.values[chosen] > study.values[index]) for index in order),
        evpi=_rounded(study.expected_regrets[chosen]),
        checks=checks(study, chosen),
        tie_weight=tie_weight,
    )


def _rounded(figure: float) -> float:
    return round(figure, _DIGITS)


def _share(study: Study, mask: NDArray[np.bool_]) -> float:
    return _rounded(int(np.count_nonzero(mask)) / study.table.draws)


def _shares(study: Study, index: int) -> tuple[float, ...]:
    """Give the share of the draws in which it comes first, second and so on; the last place is behind all groups and the field."""
    places = len(set(study.groups)) + 1
    counts = np.bincount(study.ranks[index] - 1, minlength=places)
    return tuple(_rounded(int(count) / study.table.draws) for count in counts)


def _central(study: Study, index: int) -> list[int]:
    """Give the mean weights of the draws in which it is first, in units of ``UNIT``; empty when it never is."""
    first = study.ranks[index] == 1
    count = int(np.count_nonzero(first))
    return [int(weight[first].sum()) // count for weight in study.table.weights.values()] if count else []


def _confidence(study: Study, centres: Sequence[list[int]]) -> list[float]:
    """Give the share of the draws of the evidence in which each of those shown is first at its own central weights."""
    able = [index for index, centre in enumerate(centres) if centre]
    if not able:
        return [0.0] * len(centres)
    figures = np.stack([study.table.figures(rows, board.structure.worth(rows), _STEP) for board, rows in study.shown], axis=1)
    reached = across(np.array([centres[index] for index in able], float), figures.reshape(len(figures), -1))
    found = dict(zip(able, reached.reshape(len(able), len(centres), -1), strict=True))
    return [_first(study, index, found[index]) if index in found else 0.0 for index in range(len(centres))]


def _first(study: Study, index: int, reached: NDArray[np.float64]) -> float:
    others = np.array(study.groups) != study.groups[index]
    first = (reached[index] >= reached[others]).all(axis=0)
    return _rounded(int(np.count_nonzero(first)) / len(first))
