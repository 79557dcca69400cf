"""Which facts are worth checking first: what the decision would gain by knowing each exactly (EVPPI).

By regression on the same draws (Strong, Oakley and Brennan, Medical Decision Making 34, 2014): the lead of each rival over the
recommended architecture as a straight line of the fact's error. All but weakest links are straight in it.
"""

import math
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from groundplan.decision.board import Board
from groundplan.decision.model import Check
from groundplan.decision.robustness import Study
from groundplan.decision.sums import along
from groundplan.decision.table import FINE, Values

__all__ = ["checks"]

_TOLD = 3
_RIVALS = 24
_POINTS = 32
_AT_ONCE = 8
"""Errors that are looked at together: they fit the processor's cache."""
_NOTICEABLE = 0.0002
_DIGITS = 6

Floats = NDArray[np.float64]


def checks(study: Study, chosen: int) -> tuple[Check, ...]:
    """Give the three facts that are worth most, those worth nothing left out. chosen: the recommended one of those shown."""
    rivals = list(dict.fromkeys([study.shown[chosen], *study.shown, *_frequent(study)]))[:_RIVALS]
    streams = sorted({stream for _, rows in rivals for stream in study.table.streams(rows)})
    if not streams:
        return ()
    worth = _worths(study, rivals, streams)
    best = sorted(range(len(streams)), key=lambda index: (-worth[index], streams[index]))[:_TOLD]
    return tuple(_check(study, streams[index], worth[index]) for index in best if worth[index] >= _NOTICEABLE)


def _frequent(study: Study) -> Iterator[tuple[Board, tuple[int, ...]]]:
    counts = np.bincount(study.found.who, minlength=len(study.found.winners))
    for index in np.argsort(-counts, kind="stable"):
        yield study.found.winners[index]


def _worths(study: Study, rivals: list[tuple[Board, tuple[int, ...]]], streams: list[str]) -> list[float]:
    """Give the expected gain of knowing the error of each stream."""
    draws = study.table.draws
    leads = _leads(rivals)
    means = leads.sum(axis=1) / draws
    slopes = [_slopes(study, leads, means, streams[start : start + _AT_ONCE]) for start in range(0, len(streams), _AT_ONCE)]
    known = means[:, np.newaxis, np.newaxis] + np.concatenate(slopes, axis=1)[:, :, np.newaxis] * _grid()
    reached = known.max(axis=0)
    return [round((math.fsum(own) / _POINTS - float(means.max())) / FINE, _DIGITS) for own in reached.tolist()]


def _slopes(study: Study, leads: Floats, means: Floats, streams: list[str]) -> Floats:
    """Give how much each lead rises with each error: [rivals, streams]."""
    errors = np.array([study.table.noise(stream) for stream in streams], float)
    # whole numbers below 2**53 in all: exact, whatever the order of the sums
    squares = np.einsum("sd,sd->s", errors, errors)
    found: Floats = (along(leads, errors) - means[:, np.newaxis] * errors.sum(axis=1)) / squares
    return found


def _leads(rivals: list[tuple[Board, tuple[int, ...]]]) -> Floats:
    """Give how far each rival lies above the recommended one, the first of them: [rivals, draws]."""
    values: list[Values] = [board.totals(rows) for board, rows in rivals]
    return np.array([own - values[0] for own in values], float)


@cache
def _grid() -> Floats:
    """Give points of equal probability of ``bits.bell``: the middles of slices of the sum of four bytes."""
    byte = np.ones(256, np.int64)
    four = np.convolve(np.convolve(byte, byte), np.convolve(byte, byte))
    reached = np.cumsum(four)
    levels = [(2 * index + 1) * 256**4 // (2 * _POINTS) for index in range(_POINTS)]
    return np.searchsorted(reached, levels).astype(float) - 510


def _check(study: Study, stream: str, worth: float) -> Check:
    doubt, criterion = study.table.doubts[stream]
    sentence = doubt.told if doubt.grade is None else f"Look again: {doubt.told}."
    return Check(doubt.subject, criterion, worth, sentence)
