"""Draws from bits: uniform where they should be, the same everywhere, and around the point answer."""

import hashlib
import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.brief.model import Brief
from groundplan.catalogue import Catalogue
from groundplan.decision.bits import SPACE, SPREAD, bell, raw, simplex
from groundplan.decision.polytope import chains, free, mean, moved, pulled
from groundplan.decision.sampling import UNIT, drawn_weights, points
from groundplan.decision.situation import situation
from groundplan.decision.weights import axis_weights, weights

Example = Callable[[str], Brief]
AS_OF = "2026-11-22"
DRAWS = 20_000
ORDER = {"first": "team", "second": "scope", "third": "horizon", "fourth": "performance"}


def test_bits_are_those_of_splitmix64() -> None:
    # First outputs for the state 0, as published with the generator; the stream's own start is taken away.
    state, step, mask = 0, 0x9E3779B97F4A7C15, 2**64 - 1
    assert _reference(state + step & mask) == 0xE220A8397B1DCDAF
    assert [int(word) for word in raw(5, "any", 3)] == [_reference(_start(5, "any") + step * index & mask) for index in (1, 2, 3)]


def _reference(word: int) -> int:
    mask = 2**64 - 1
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & mask
    word = (word ^ word >> 27) * 0x94D049BB133111EB & mask
    return word ^ word >> 31


def _start(seed: int, name: str) -> int:
    return _reference(seed + zlib.crc32(name.encode()) * 0x9E3779B97F4A7C15 & 2**64 - 1)


def test_the_bytes_of_a_draw_are_published() -> None:
    drawn = np.concatenate([bell(2026, "django memory", 1000), simplex(2026, "axes", 4, 1000).ravel()])
    assert hashlib.sha256(drawn.astype("<i8").tobytes()).hexdigest()[:16] == "d00eb388a7c95d50"


def test_streams_differ_by_name_and_by_seed() -> None:
    assert len({tuple(raw(seed, name, 4)) for seed in (1, 2) for name in ("one", "two")}) == 4


def test_the_bell_has_mean_zero_and_its_spread_and_tails_like_a_normal() -> None:
    drawn = bell(1, "any", 200_001)
    assert len(drawn) == 200_001
    assert abs(drawn.mean()) < 4 * SPREAD / math.sqrt(len(drawn))
    assert drawn.std() == pytest.approx(SPREAD, rel=0.01)
    assert np.mean(np.abs(drawn) > 1.96 * SPREAD) == pytest.approx(0.05, abs=0.01)


def test_shares_above_one_half_come_as_often_as_on_the_uniform_simplex() -> None:
    drawn = simplex(1, "any", 8, 100_000)
    assert (drawn.sum(axis=0) == SPACE).all()
    assert drawn.mean(axis=1) == pytest.approx(np.full(8, SPACE / 8), rel=0.02)
    assert np.mean(drawn.max(axis=0) > SPACE / 2) == pytest.approx(8 / 2**7, abs=0.003)


def test_one_share_is_everything() -> None:
    assert (simplex(1, "any", 1, 5) == SPACE).all()


BOUNDS = {"equal": (1.0, 1.25), "clearly": (1.25, 2.0), "much": (2.0, math.inf), "": (1.0, math.inf)}


@pytest.mark.parametrize("gaps", [("", "", ""), ("equal", "equal", "equal"), ("clearly", "much", "equal"), ("much", "", "clearly")])
def test_orders_with_bounds_are_drawn_uniformly(gaps: Sequence[str]) -> None:
    bounds = [BOUNDS[gap] for gap in gaps]
    simplices = chains([(0, 1, 2, 3)], bounds)
    drawn = points(simplices, "any", DRAWS, 1) / UNIT
    _obeys(drawn, bounds)
    rejected = _by_rejection(bounds)
    assert mean(simplices) == pytest.approx(rejected.mean(axis=0), abs=0.005)
    assert drawn.mean(axis=1) == pytest.approx(mean(simplices), abs=0.005)
    assert drawn.std(axis=1) == pytest.approx(rejected.std(axis=0), rel=0.08, abs=0.002)


def _obeys(drawn: np.ndarray, bounds: Sequence[tuple[float, float]]) -> None:
    rounding = 8 / UNIT
    assert (drawn >= 0).all()
    assert drawn.sum(axis=0) == pytest.approx(1.0, abs=rounding)
    for (low, high), (heavy, light) in zip(bounds, pairwise(drawn), strict=True):
        assert (heavy >= low * light - rounding).all()
        assert math.isinf(high) or (heavy <= high * light + rounding).all()


def _by_rejection(bounds: Sequence[tuple[float, float]]) -> np.ndarray:
    """Draw the plain way: order random points and throw away those that break a bound."""
    drawn = np.sort(np.random.default_rng(5).dirichlet([1] * 4, 600_000), axis=1)[:, ::-1]
    ratios = drawn[:, :-1] / drawn[:, 1:]
    fits = np.logical_and.reduce(
        [(ratios[:, index] >= low) & (ratios[:, index] <= high) for index, (low, high) in enumerate(bounds)]
    )
    return np.asarray(drawn[fits])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=7), st.floats(0, 1))
def test_a_moved_and_pulled_simplex_has_the_wanted_mean_and_no_weight_below_zero(raw_weights: list[float], reach: float) -> None:
    wanted = [weight / sum(raw_weights) for weight in raw_weights]
    simplices = pulled(moved(free(len(wanted)), wanted), reach)
    assert mean(simplices) == pytest.approx(wanted)
    assert all(weight >= 0 for one in simplices for point in one.points for weight in point)
    assert all(sum(point) == pytest.approx(1) for one in simplices for point in one.points)


def test_where_nothing_is_wanted_otherwise_nothing_moves() -> None:
    assert moved(free(3), [1 / 3, 1 / 3, 1 / 3]) == free(3)


@pytest.mark.parametrize("priorities", [{}, {"first": "team"}, ORDER, ORDER | {"gap_1": "much", "gap_3": "equal"}])
def test_the_mean_of_the_draws_is_the_point_answer(example: Example, catalogue: Catalogue, priorities: dict[str, str]) -> None:
    view = situation(replace(example("pulse"), priorities=priorities), catalogue, AS_OF)
    point = weights(view)
    drawn = drawn_weights(view, point, DRAWS, 1)
    assert {name: own.mean() / UNIT for name, own in drawn.items()} == pytest.approx(
        {name: weight for name, weight in point.items() if weight}, abs=0.004
    )
    assert sum(drawn.values()) == pytest.approx(UNIT, abs=60)


def test_the_axes_and_the_criteria_inside_them_are_drawn_apart(example: Example, catalogue: Catalogue) -> None:
    view = situation(example("grants"), catalogue, AS_OF)
    drawn = drawn_weights(view, weights(view), DRAWS, 1)
    team = drawn["skill"] + drawn["hiring"] + drawn["typing"] + drawn["guides"]
    share = drawn["skill"] / team
    assert abs(np.corrcoef(team, share)[0, 1]) < 0.03
    assert team.max() > 0.9 * UNIT


def test_an_answer_about_gaps_moves_the_point_answer(example: Example, catalogue: Catalogue) -> None:
    heavy, even = (
        axis_weights(situation(replace(example("grants"), priorities=ORDER | {"gap_1": gap}), catalogue, AS_OF))["team"]
        for gap in ("much", "equal")
    )
    assert heavy > even


def test_a_partial_order_leaves_the_rest_open(example: Example, catalogue: Catalogue) -> None:
    brief = replace(example("grants"), priorities={"first": "team"}, horizon=example("grants").horizon)
    found = axis_weights(situation(brief, catalogue, AS_OF))
    assert found["scope"] == pytest.approx(found["performance"])
    assert found["team"] > 2 * found["scope"]
