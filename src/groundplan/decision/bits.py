"""Random numbers from bits, the same on every machine and with every version of NumPy: integers only.

The generator is SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014): output i of
a stream is a mix of start + i x constant. Every stream has a name, so what is drawn for one thing never depends on what else
there is.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["SPACE", "SPREAD", "bell", "raw", "simplex"]

Bits = NDArray[np.uint64]
Whole = NDArray[np.int64]

_STEP = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_ALL = 2**64 - 1
_PAIRS, _LOW = 0x00FF00FF00FF00FF, 0xFFFF
_CENTRE = 510
_SPACE_BITS = 20

SPACE = 2**_SPACE_BITS
"""What the parts of a point of ``simplex`` add up to."""

SPREAD = (4 * (256**2 - 1) / 12) ** 0.5
"""Standard deviation of ``bell``: of the sum of four bytes."""


def raw(seed: int, name: str, count: int) -> Bits:
    """Give 64 random bits, ``count`` times. The same seed and name give the same bits."""
    start = _mixed((seed + zlib.crc32(name.encode()) * _STEP) & _ALL)
    state = np.arange(1, count + 1, dtype=np.uint64)
    state *= np.uint64(_STEP)
    state += np.uint64(start)
    return _mix(state)


def _mixed(number: int) -> int:
    """Mix one number, in Python's own integers."""
    number = (number ^ number >> 30) * _FIRST & _ALL
    number = (number ^ number >> 27) * _SECOND & _ALL
    return number ^ number >> 31


def _mix(state: Bits) -> Bits:
    """Mix in place: no array is made but one for the shifts."""
    shifted = state >> np.uint64(30)
    state ^= shifted
    state *= np.uint64(_FIRST)
    np.right_shift(state, np.uint64(27), out=shifted)
    state ^= shifted
    state *= np.uint64(_SECOND)
    np.right_shift(state, np.uint64(31), out=shifted)
    state ^= shifted
    return state


def bell(seed: int, name: str, count: int) -> Whole:
    """Give whole numbers around 0, close to normal: four bytes added up, less their mean. Spread: ``SPREAD``; at most 510 away."""
    half = (count + 1) // 2
    bits = raw(seed, name, half)
    pairs = (bits >> np.uint64(8)) & np.uint64(_PAIRS)
    pairs += bits & np.uint64(_PAIRS)
    pairs += pairs >> np.uint64(16)
    sums = np.empty(2 * half, np.int64)
    sums[:half] = pairs & np.uint64(_LOW)
    sums[half:] = (pairs >> np.uint64(32)) & np.uint64(_LOW)
    sums -= _CENTRE
    return sums[:count]


def simplex(seed: int, name: str, size: int, count: int) -> Whole:
    """Give ``count`` points [size, count], uniform on the simplex: gaps between sorted cuts of a line as long as ``SPACE``.

    Numbers drawn one by one and divided by their sum would crowd in the middle: with eight of them a share above one half would
    come 300 times too seldom.
    """
    cuts = np.empty((size + 1, count), np.int64)
    cuts[0], cuts[size] = 0, SPACE
    for index in range(1, size):
        cuts[index] = raw(seed, f"{name} cut {index}", count) >> np.uint64(64 - _SPACE_BITS)
    cuts[1:size] = np.sort(cuts[1:size], axis=0)
    return np.diff(cuts, axis=0)
