"""What exactness costs: the best set of stacks in every draw, against plain loops over all sets; and the whole command.

First: 6 parts, 16 stacks, 10,000 draws of weights and evidence, every set of up to 4 stacks; all sides in the same run by
turns, every round, medians and range, and whether they name the same value and the same set in every draw. Then: ``groundplan
decide`` and ``groundplan --help`` against ``python -c "import numpy"``, each a new process, by turns.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from groundplan.decision.bits import SPREAD, bell, simplex
from groundplan.decision.sets import best_sets

PARTS, STACKS, DRAWS, MOST, CRITERIA = 6, 16, 10_000, 4, 12
ROUNDS = 9
FINE = 2**24

Values = NDArray[np.int32]
Chosen = tuple[int, ...]
Found = tuple[Values, list[Chosen], NDArray[np.intp]]
Result = TypeVar("Result")


def problem(seed: int) -> tuple[Values, Callable[[Chosen], Values]]:
    """Draw a problem of the shape of a decision: values by part, stack and criterion, doubts by stack, a price for each more."""
    weights = simplex(seed, "weights", CRITERIA + 1, DRAWS)
    worth = np.random.default_rng(seed).uniform(0, 1, (PARTS, STACKS, CRITERIA))
    added = np.empty((PARTS, STACKS, DRAWS), np.int32)
    for stack in range(STACKS):
        errors = np.array([bell(seed, f"{stack} {criterion}", DRAWS) for criterion in range(CRITERIA)]) * (0.1 / SPREAD)
        for part in range(PARTS):
            values = (worth[part, stack][:, np.newaxis] + errors) * weights[:CRITERIA] / PARTS
            added[part, stack] = np.rint(values.sum(axis=0) * (FINE / 2**20))
    price = cache(lambda size: _price(weights[CRITERIA], size))
    return added, lambda chosen: price(len(chosen))


def _price(weight: NDArray[np.int64], size: int) -> Values:
    return (weight * max(0, 4 - (size - 1)) // 4 * (FINE // 2**20)).astype(np.int32)


def plain(added: Values, price: Callable[[Chosen], Values]) -> Found:
    """Look at every set in every draw, with NumPy."""
    best, who = np.full(DRAWS, -(2**26), np.int32), np.full(DRAWS, -1, np.intp)
    sets: list[Chosen] = []
    for size in range(1, MOST + 1):
        for chosen in combinations(range(STACKS), size):
            reached = added[:, chosen].max(axis=1).sum(axis=0, dtype=np.int32) + price(chosen)
            better = reached > best
            best[better], who[better] = reached[better], len(sets)
            sets.append(chosen)
    return best, sets, who


def lean(added: Values, price: Callable[[Chosen], Values]) -> Found:
    """Look at every set in every draw too, but copy nothing: the members lie one after the other, results go where others lay."""
    best, who = np.full(DRAWS, -(2**26), np.int32), np.full(DRAWS, -1, np.intp)
    tops = np.ascontiguousarray(added.transpose(1, 0, 2))
    most, reached, better = np.empty((PARTS, DRAWS), np.int32), np.empty(DRAWS, np.int32), np.empty(DRAWS, np.bool_)
    sets: list[Chosen] = []
    for size in range(1, MOST + 1):
        for chosen in combinations(range(STACKS), size):
            np.maximum(tops[chosen[0]], tops[chosen[-1]], out=most)
            for member in chosen[1:-1]:
                np.maximum(most, tops[member], out=most)
            np.add.reduce(most, axis=0, out=reached)
            np.add(reached, price(chosen), out=reached)
            if np.greater(reached, best, out=better).any():
                best[better], who[better] = reached[better], len(sets)
            sets.append(chosen)
    return best, sets, who


def timed(run: Callable[[], Result]) -> tuple[float, Result]:
    """Give the milliseconds that something takes, and what it gives."""
    started = time.perf_counter()
    found = run()
    return 1000 * (time.perf_counter() - started), found


def search() -> None:
    """Print every round of every side, then what they come to."""
    count = sum(1 for size in range(1, MOST + 1) for _ in combinations(range(STACKS), size))
    print(f"{PARTS} parts, {STACKS} stacks, {DRAWS:,} draws, {count:,} sets of up to {MOST}; milliseconds:")
    added, price = problem(1)
    sides: dict[str, Callable[[], Found]] = {
        "plain loop": lambda: plain(added, price),
        "loop without copies": lambda: lean(added, price),
        "exact sets": lambda: best_sets(added, price, MOST),
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    found: dict[str, Found] = {}
    for number in range(1, ROUNDS + 1):
        for name, side in sides.items():
            taken, found[name] = timed(side)
            times[name].append(taken)
        print(f"  round {number}: {', '.join(f'{name} {taken[-1]:.1f}' for name, taken in times.items())}")
    _compared(times, found)


def _compared(times: dict[str, list[float]], found: dict[str, Found]) -> None:
    ours = times["exact sets"]
    for name, taken in times.items():
        ratio = spread([theirs / mine for theirs, mine in zip(taken, ours, strict=True)])
        alike = same(found[name], found["exact sets"])
        print(f"  {name}: {spread(taken)} ms, {ratio} x exact sets; the same value and set in every draw: {alike}")


def same(slow: Found, fast: Found) -> str:
    """Say whether two sides name the same value and the same set in every draw."""
    (left, left_sets, left_who), (right, right_sets, right_who) = slow, fast
    sets = all(left_sets[one] == right_sets[other] for one, other in zip(left_who, right_who, strict=True))
    return "yes" if (left == right).all() and sets else "NO"


def command() -> None:
    """Print how long the whole command takes beside the import of NumPy, each in a new process."""
    python, tool = sys.executable, "from groundplan.cli import main; main()"
    example = str(Path(__file__).parent.parent / "examples" / "pulse.toml")
    forms = {
        "import numpy": [python, "-c", "import numpy"],
        "groundplan decide": [python, "-c", tool, "decide", example],
        "groundplan --help": [python, "-c", tool, "--help"],
    }
    times: dict[str, list[float]] = {name: [] for name in forms}
    for _ in range(ROUNDS):
        for name, arguments in forms.items():
            times[name].append(timed(partial(subprocess.run, arguments, stdout=subprocess.DEVNULL, check=True))[0])
    for name, taken in times.items():
        ratios = [mine / theirs for mine, theirs in zip(taken, times["import numpy"], strict=True)]
        print(f"{name}: {spread(taken)} ms, {spread(ratios)} x import numpy")


def spread(values: list[float]) -> str:
    """Give median and range."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


if __name__ == "__main__":
    search()
    command()
