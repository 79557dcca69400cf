"""Ties between two architectures: closed forms against an exact linear program and against the line itself."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision.linear_program import least
from groundplan.decision.tying import lead_at, nearest_weights, one_weight, tie_weight

Problem = tuple[list[Fraction], list[Fraction]]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Give weights that sum to 1 and the rival's lead on each criterion, in [-1, 1], ties among them likely."""
    size = draw(st.integers(2, 6))
    raw = draw(st.lists(st.integers(0, 20), min_size=size, max_size=size).filter(any))
    lead = draw(st.lists(st.integers(-8, 8), min_size=size, max_size=size))
    return [Fraction(value, sum(raw)) for value in raw], [Fraction(value, 8) for value in lead]


def nearest_by_program(weights: Sequence[Fraction], lead: Sequence[Fraction]) -> Fraction | None:
    """Give the least total change of weights that puts the rival level. Variables: more, less, what is left, how far ahead."""
    size, zero, one = len(weights), Fraction(0), Fraction(1)
    missing = -sum((weight * ahead for weight, ahead in zip(weights, lead, strict=True)), zero)
    unit = [[one if place == index else zero for place in range(size)] for index in range(size)]
    equations = [([zero] * size + row + row + [zero], weight) for row, weight in zip(unit, weights, strict=True)]
    equations.append(([one] * size + [-one] * size + [zero] * size + [zero], zero))
    equations.append(([*lead, *(-ahead for ahead in lead), *([zero] * size), -one], missing))
    return least([one] * (2 * size) + [zero] * (size + 1), equations)


def floats(values: Sequence[Fraction]) -> list[float]:
    return [float(value) for value in values]


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(abs(left - right) for left, right in zip(one, other, strict=True))


@given(problems())
def test_the_nearest_weights_are_as_near_as_the_linear_program_finds(problem: Problem) -> None:
    weights, lead = problem
    oracle = nearest_by_program(weights, lead)
    found = nearest_weights(floats(weights), floats(lead))
    if oracle is None or found is None:
        assert (oracle, found) == (None, None)
    else:
        assert distance(found, floats(weights)) == pytest.approx(float(oracle), abs=1e-9)


@given(problems(), st.sampled_from([0.0, 0.01, 0.2]))
def test_with_the_nearest_weights_the_rival_leads_by_the_margin_and_they_are_weights(problem: Problem, margin: float) -> None:
    weights, lead = floats(problem[0]), floats(problem[1])
    found = nearest_weights(weights, lead, margin)
    if found is None:
        assert max(lead) < margin
    else:
        assert lead_at(found, lead) >= margin - 1e-9
        assert sum(found) == pytest.approx(1)
        assert min(found) >= -1e-12


@given(problems(), st.integers(0, 5))
def test_at_the_tie_both_are_level_and_without_one_the_sign_never_turns(problem: Problem, place: int) -> None:
    weights, lead = floats(problem[0]), floats(problem[1])
    index = place % len(weights)
    if sum(weights) - weights[index] <= 0:
        assert tie_weight(weights, lead, index) is None
        return
    tie = tie_weight(weights, lead, index)
    ends = [lead_at(one_weight(weights, index, end), lead) for end in (0.0, 1.0)]
    if tie is None:
        assert ends[0] * ends[1] > -1e-12
    else:
        assert lead_at(one_weight(weights, index, tie), lead) == pytest.approx(0, abs=1e-9)


@given(problems(), st.integers(0, 5), st.floats(0, 1))
def test_one_weight_is_set_and_the_others_keep_their_ratios(problem: Problem, place: int, weight: float) -> None:
    weights = floats(problem[0])
    index = place % len(weights)
    if sum(weights) - weights[index] <= 0:
        return
    found = one_weight(weights, index, weight)
    assert found[index] == weight
    assert sum(found) == pytest.approx(1)
    others = [place for place in range(len(weights)) if place != index]
    assert all(found[a] * weights[b] == pytest.approx(found[b] * weights[a]) for a in others for b in others)


def test_weight_comes_first_from_what_speaks_most_against_the_rival() -> None:
    found = nearest_weights([0.5, 0.3, 0.2], [-0.2, -0.4, 0.6])
    assert found == pytest.approx((0.5, 0.2, 0.3))


def test_a_rival_that_is_better_in_nothing_cannot_draw_level() -> None:
    assert nearest_weights([0.5, 0.5], [-0.1, -0.2]) is None


def test_the_program_finds_the_least_cost_and_tells_when_there_is_none() -> None:
    one = Fraction(1)
    assert least([one, 3 * one], [([one, one], 2 * one)]) == 2
    assert least([one], [([one], one), ([one], 2 * one)]) is None
    assert least([one, one], [([one, -one], one), ([2 * one, -2 * one], 2 * one)]) == 1
