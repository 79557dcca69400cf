"""SMAA on plain arrays, against results worked out by hand and the semantics of the R package of that name."""

import numpy as np
import pytest

from groundplan.decision import smaa
from groundplan.decision.acceptability import confidence_factors, pairwise_winning, rank_acceptability, ranks, values
from groundplan.decision.bits import SPACE, simplex

NAN = float("nan")


def test_four_draws_worked_out_by_hand() -> None:
    measurements = [[[1.0, 0.0], [0.0, 1.0]]] * 4
    weights = [[0.75, 0.25], [0.25, 0.75], [0.875, 0.125], [0.5, 0.5]]
    found = smaa(measurements, weights)
    assert found.values.tolist() == [[0.75, 0.25], [0.25, 0.75], [0.875, 0.125], [0.5, 0.5]]
    assert found.ranks.tolist() == [[1, 2], [2, 1], [1, 2], [1, 1]]
    assert found.acceptability.tolist() == [[0.75, 0.25], [0.5, 0.5]]
    assert found.central.tolist() == [[(0.75 + 0.875 + 0.5) / 3, (0.25 + 0.125 + 0.5) / 3], [0.375, 0.625]]
    assert found.confidence.tolist() == [1.0, 1.0]


def test_what_is_beaten_everywhere_has_no_central_weights_and_no_confidence() -> None:
    found = smaa([[[1.0, 1.0], [0.0, 0.0]]] * 3, [[0.5, 0.5]] * 3)
    assert found.central[0].tolist() == [0.5, 0.5]
    assert np.isnan(found.central[1]).all()
    assert found.confidence[0] == 1.0
    assert np.isnan(found.confidence[1])


def test_first_in_a_single_draw_is_enough_for_central_weights() -> None:
    measurements = np.tile([[1.0, 1.0], [0.0, 0.0]], (4, 1, 1))
    measurements[0] = [[0.0, 0.0], [1.0, 1.0]]
    found = smaa(measurements, np.full((4, 2), 0.5))
    assert found.central.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert found.confidence.tolist() == [0.75, 0.25]


def test_known_weights_give_ranks_and_no_central_weights() -> None:
    found = smaa([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [1.0, 1.0]]], [0.75, 0.25])
    assert found.acceptability.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert np.isnan(found.central).all()
    assert np.isnan(found.confidence).all()


def test_equal_values_share_the_better_rank() -> None:
    assert ranks(np.array([[3.0, 1.0, 3.0, 0.0]])).tolist() == [[1, 3, 1, 4]]


def test_rank_acceptabilities_of_an_alternative_sum_to_one() -> None:
    shares = rank_acceptability(ranks(np.array([[3.0, 1.0, 2.0], [1.0, 2.0, 3.0]])))
    assert shares.sum(axis=1).tolist() == [1.0, 1.0, 1.0]


def test_a_tie_beats_nobody_in_pairs() -> None:
    found = pairwise_winning(np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0], [0.25, 0.0]]))
    assert found.tolist() == [[0.0, 0.5], [0.25, 0.0]]


def test_confidence_is_about_evidence_alone() -> None:
    measurements = np.array([[[1.0, 0.0], [0.5, 0.5]], [[0.25, 0.0], [0.5, 0.5]]])
    assert confidence_factors(measurements, np.array([[1.0, 0.0], [0.5, 0.5]])).tolist() == [0.5, 1.0]


def test_two_criteria_that_pull_apart_split_the_simplex_where_geometry_says() -> None:
    weights = simplex(7, "areas", 2, 40_000).T / SPACE
    found = smaa(np.tile([[1.0, 0.0], [0.5, 0.75], [0.0, 1.0]], (40_000, 1, 1)), weights)
    # first where w > 0.5 + 0.75 (1 - w) - ..., by hand: w > 0.6 the first, 1/3 < w < 0.6 the second, below it the third
    assert found.acceptability[:, 0] == pytest.approx([0.4, 0.6 - 1 / 3, 1 / 3], abs=0.01)
    assert found.central[:, 0] == pytest.approx([0.8, (0.6 + 1 / 3) / 2, 1 / 6], abs=0.01)


def test_values_are_weighted_sums() -> None:
    assert values(np.array([[[0.5, 1.0], [0.25, 0.0]]]), np.array([[0.5, 0.5]])).tolist() == [[0.75, 0.125]]


@pytest.mark.parametrize(
    ("measurements", "weights", "words"),
    [
        ([[0.0, 1.0]], [[1.0, 0.0]], r"measurements of shape \(1, 2\) must be \[draws, alternatives, criteria\]"),
        (np.zeros((0, 2, 2)), np.zeros((0, 2)), r"none of them 0"),
        ([[[0.0, 1.0]]], [[1.0, 0.0, 0.0]], r"weights of shape \(1, 3\) must be"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(measurements: object, weights: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        smaa(measurements, weights)  # type: ignore[arg-type]  # lists of numbers
