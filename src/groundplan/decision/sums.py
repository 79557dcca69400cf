"""Sums of products of whole numbers, exact: the same bits with every BLAS, kernel and number of threads.

Whole numbers below 2**53 are exact in float64, and so is every sum of them that stays below it, in whatever order it is taken.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["across", "along"]

Floats = NDArray[np.float64]

_SMALL = 200_000
"""Multiplications in a block. OpenBLAS starts threads above 262,144; waiting for them costs more than such a block."""


def across(left: Floats, right: Floats) -> Floats:
    """Give left @ right for a right side with many columns."""
    found = np.empty((left.shape[0], right.shape[1]))
    step = max(1, _SMALL // max(1, left.size))
    for start in range(0, right.shape[1], step):
        np.matmul(left, right[:, start : start + step], out=found[:, start : start + step])
    return found


def along(left: Floats, right: Floats) -> Floats:
    """Give left @ right.T for two with many columns."""
    found = np.zeros((left.shape[0], right.shape[0]))
    step = max(1, _SMALL // max(1, found.size))
    for start in range(0, left.shape[1], step):
        found += left[:, start : start + step] @ right[:, start : start + step].T
    return found
