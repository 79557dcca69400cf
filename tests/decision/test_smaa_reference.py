"""SMAA held against what the R package ``smaa`` 0.3-3 publishes for its own example (source: data/README.md)."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from groundplan.decision import Smaa, smaa
from groundplan.decision.acceptability import pairwise_winning

Floats = NDArray[np.float64]
FILE = Path(__file__).parent / "data" / "thrombolytics.npz"
DRAWS = 10_000


@pytest.fixture(scope="module")
def measurements() -> Floats:
    with np.load(FILE) as stored:
        return np.asarray(stored["measurements"] / 1e6)


@pytest.fixture(scope="module")
def found(measurements: Floats) -> Smaa:
    with np.load(FILE) as stored:
        two = stored["weights"] / 1e6
    return smaa(measurements, np.column_stack([two, 1 - two.sum(axis=1)]))


def test_every_draw_has_the_same_ranks(found: Smaa) -> None:
    with np.load(FILE) as stored:
        first = np.unpackbits(stored["first"])[:DRAWS].astype(bool)
    assert (found.ranks[:, 0] == np.where(first, 1, 2)).all()
    assert (found.ranks[:, 1] == np.where(first, 2, 1)).all()


def test_the_rank_acceptabilities_are_those_published(found: Smaa) -> None:
    assert found.acceptability.tolist() == [[0.3504, 0.6496], [0.6496, 0.3504]]


def test_the_central_weights_are_those_published(found: Smaa) -> None:
    published = [[0.1865097, 0.2772205, 0.5362698], [0.4073100, 0.3641477, 0.2285423]]
    assert found.central == pytest.approx(np.array(published), abs=1e-7)


def test_the_confidence_factors_are_those_published(found: Smaa) -> None:
    assert found.confidence.tolist() == [0.6682, 0.8956]


def test_the_pairwise_winning_indices_are_those_published(found: Smaa) -> None:
    assert pairwise_winning(found.values).tolist() == [[0.0, 0.3504], [0.6496, 0.0]]


def test_the_values_are_spread_as_published(found: Smaa) -> None:
    quartiles = np.percentile(found.values, [0, 25, 50, 75, 100], axis=0).T
    published = [[-0.1642, 0.4879, 0.5885, 0.6950, 0.9734], [0.1176, 0.5974, 0.6690, 0.7309, 0.9371]]
    assert quartiles == pytest.approx(np.array(published), abs=6e-5)
    assert found.values.mean(axis=0) == pytest.approx([0.5895, 0.6584], abs=6e-5)


def test_weights_that_are_known_give_the_published_ranks(measurements: Floats) -> None:
    found = smaa(measurements, [0.5, 0.2, 0.3])
    assert found.acceptability.tolist() == [[0.1279, 0.8721], [0.8721, 0.1279]]
    assert np.isnan(found.central).all()
