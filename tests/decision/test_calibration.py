"""When it says 80 %, it is 80 %.

Simulated deciders know their own weights and the true facts; they tell only what the interview asks, the order of the axes and how
far neighbours are apart. The share that is stated for a family is held against how often it is the family of the best.
Figures: docs/evidence/calibration.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from decision.strategies import setting
from groundplan.brief.model import Brief
from groundplan.catalogue import Catalogue
from groundplan.decision import decide
from groundplan.decision.bits import SPACE, simplex
from groundplan.decision.exact import boards, champions
from groundplan.decision.scoring import Scale
from groundplan.decision.weights import PLACES

AS_OF = "2026-11-22"
NAMES = ["pulse", "pulse-mvp", "notifications", "device-api", "aggregation"]
SEED = 10_000
"""Of the deciders of the first example; the next one's are 10,000 further on, and each decider has draws of its own."""
DECIDERS = 120
DRAWS = 1000
BINS = [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.01]
AROUND_80 = (0.7, 0.9)

Example = Callable[[str], Brief]
Pair = tuple[float, bool]
Floats = NDArray[np.float64]


def deciders(brief: Brief, catalogue: Catalogue, seed: int) -> Iterator[tuple[dict[str, str], frozenset[str]]]:
    """Draw people with weights of their own, and what is true: give what each would answer, and the frameworks best for each."""
    view, sieve, places = setting(brief, catalogue)
    laid = boards(Scale(view), sieve.options, places, DECIDERS, seed)
    found = champions(laid[0].table, laid, [])
    entries = laid[0].table.entries
    best = [frozenset(entries[row].option.framework.name for row in rows) for _, rows in found.winners]
    axes = list(catalogue.method.axes)
    for felt, who in zip((simplex(seed, "axes", len(axes), DECIDERS) / SPACE).T, found.who, strict=True):
        order = np.argsort(-felt)
        gaps = [_gap(felt[heavy] / felt[light]) for heavy, light in pairwise(order)]
        told = {place: axes[index] for place, index in zip(PLACES, order, strict=True)}
        yield told | {f"gap_{index}": gap for index, gap in enumerate(gaps, 1)}, best[who]


def _gap(ratio: float) -> str:
    return "equal" if ratio < 1.25 else "clearly" if ratio < 2 else "much"


def stated(brief: Brief, catalogue: Catalogue, believed: Catalogue, seed: int) -> Iterator[Pair]:
    """Give for every family of every decider the share that is stated, and whether it is the best one's.

    catalogue: what the true facts are drawn around. believed: what the decision knows.
    """
    for index, (told, truth) in enumerate(deciders(brief, catalogue, seed)):
        found = decide(replace(brief, priorities=told), believed, AS_OF, draws=DRAWS, seed=seed + 1 + index).robustness
        assert found is not None
        shares = {frozenset(family.frameworks): family.share for family in found.families}
        yield from ((share, family == truth) for family, share in shares.items())
        if truth not in shares:
            yield 0.0, True


@dataclass(frozen=True)
class Calibration:
    """What was stated for each family of each decider, and whether it was true."""

    shares: Floats
    true: Floats

    def within(self, low: float, high: float) -> tuple[int, float, float]:
        """Give how many families were stated between two shares, what was stated on average, and in what share it was true."""
        inside = (self.shares >= low) & (self.shares < high)
        return int(inside.sum()), float(self.shares[inside].mean()), float(self.true[inside].mean())

    @property
    def error(self) -> float:
        """Give the expected calibration error: how far stated and true are apart, on average over all families."""
        return sum(count * abs(said - was) for count, said, was in (self.within(*ends) for ends in pairwise(BINS))) / len(
            self.shares
        )

    def lines(self) -> Iterator[str]:
        """Give the figures, a line for each bin."""
        for low, high in [*pairwise(BINS), AROUND_80]:
            count, said, was = self.within(low, high)
            yield f"| {low:.0%} to {min(high, 1):.0%} | {count} | {100 * said:.1f} % | {100 * was:.1f} % |"
        yield f"expected calibration error {100 * self.error:.1f} %"

    def honest(self) -> bool:
        """Tell whether 80 % is 75 to 85 %, every bin is within three standard errors, and all together within 3 %."""
        bins = [self.within(*ends) for ends in pairwise(BINS)]
        near = all(abs(said - was) <= 3 * (said * (1 - said) / count) ** 0.5 for count, said, was in bins)
        _, said, was = self.within(*AROUND_80)
        return near and abs(said - was) <= 0.05 and 0.75 <= was <= 0.85 and self.error <= 0.03


def calibration(example: Example, catalogue: Catalogue, believed: Catalogue) -> Calibration:
    seeds = {name: SEED * (number + 1) for number, name in enumerate(NAMES)}
    pairs = [pair for name, seed in seeds.items() for pair in stated(example(name), catalogue, believed, seed)]
    return Calibration(*(np.array(column, np.float64) for column in zip(*pairs, strict=True)))


@pytest.fixture(scope="module")
def found(example: Example, catalogue: Catalogue) -> Calibration:
    return calibration(example, catalogue, catalogue)


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[Calibration], None]:
    def told(found: Calibration) -> None:
        with capsys.disabled():
            print("", *found.lines(), sep="\n")

    return told


@pytest.mark.long
def test_what_is_stated_as_80_percent_is_true_in_75_to_85_percent(found: Calibration, tell: Callable[[Calibration], None]) -> None:
    tell(found)
    assert found.within(*AROUND_80)[0] >= 100
    assert found.honest()


@pytest.mark.long
@pytest.mark.parametrize("power", [0.5, 2.0], ids=["too modest", "too sure"])
def test_shares_that_are_bent_are_noticed(found: Calibration, tell: Callable[[Calibration], None], power: float) -> None:
    odds = (found.shares / np.maximum(1e-9, 1 - found.shares)) ** power
    bent = Calibration(odds / (1 + odds), found.true)
    tell(bent)
    assert not bent.honest()


@pytest.mark.long
def test_a_decision_that_takes_its_facts_for_certain_is_noticed(
    example: Example, catalogue: Catalogue, tell: Callable[[Calibration], None]
) -> None:
    sampling = catalogue.method.sampling
    sure = replace(sampling, spread=dict.fromkeys(sampling.spread, 0.0))
    oversure = calibration(example, catalogue, replace(catalogue, method=replace(catalogue.method, sampling=sure)))
    tell(oversure)
    assert not oversure.honest()
