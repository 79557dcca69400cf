"""Which other weights change the recommendation; every one that is told is decided again here."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief
from groundplan.catalogue import Catalogue
from groundplan.decision import Decision, decide
from groundplan.decision.again import alike, first, ground
from groundplan.decision.tying import one_weight
from groundplan.decision.weight_flips import WeightFlip, WeightFlips, weight_flips

Example = Callable[[str], Brief]
Decided = Callable[[Brief], Decision]
EXAMPLES = ["pulse", "pulse-mvp", "device-api", "aggregation", "grants", "notifications"]
AS_OF = "2026-11-22"


def with_one(decision: Decision, name: str, weight: float) -> dict[str, float]:
    names = [found.criterion for found in decision.chosen.contributions]
    weights = [found.weight for found in decision.chosen.contributions]
    return dict(zip(names, one_weight(weights, names.index(name), weight), strict=True))


def reweighted(catalogue: Catalogue, decision: Decision, weights: dict[str, float]) -> Catalogue:
    """Give the catalogue whose points lead to these weights when the same brief is decided again: no short cut is taken."""
    today = {found.criterion: found.weight for found in decision.chosen.contributions}
    points = {name: weights[name] / weight for name, weight in today.items()}
    criteria = (replace(one, points=one.points * points.get(one.id, 1.0)) for one in catalogue.criteria)
    return replace(catalogue, criteria=tuple(criteria))


def point(brief: Brief, catalogue: Catalogue, as_of: str) -> Decision:
    return decide(brief, catalogue, as_of, draws=0)


@pytest.fixture(scope="module")
def complete(example: Example, catalogue: Catalogue, decided: Decided) -> tuple[Brief, Decision, WeightFlips]:
    brief = example("pulse")
    decision = decided(brief)
    return brief, decision, weight_flips(brief, catalogue, decision, complete=True)


@pytest.mark.parametrize("name", EXAMPLES)
def test_with_a_told_weight_deciding_again_gives_the_told_architecture(
    example: Example, catalogue: Catalogue, decided: Decided, name: str
) -> None:
    brief = example(name)
    decision = decided(brief)
    found = weight_flips(brief, catalogue, decision)
    assert found.flips
    for flip in found.flips:
        again = point(brief, reweighted(catalogue, decision, with_one(decision, flip.criterion, flip.becomes)), AS_OF)
        assert again.chosen.architecture == flip.architecture
        assert not alike(flip.architecture, decision.chosen.architecture)


@pytest.mark.parametrize("name", EXAMPLES)
def test_with_the_shifted_weights_deciding_again_gives_the_told_architecture(
    example: Example, catalogue: Catalogue, decided: Decided, name: str
) -> None:
    brief = example(name)
    decision = decided(brief)
    shift = weight_flips(brief, catalogue, decision).shift
    assert shift is not None
    weights = {
        found.criterion: max(found.weight + shift.changes.get(found.criterion, 0), 1e-6) for found in decision.chosen.contributions
    }
    assert point(brief, reweighted(catalogue, decision, weights), AS_OF).chosen.architecture == shift.architecture
    assert sum(map(abs, shift.changes.values())) == pytest.approx(shift.distance)
    assert sum(shift.changes.values()) == pytest.approx(0, abs=1e-9)


def test_asked_for_weights_are_the_weights_of_the_decision(example: Example, catalogue: Catalogue, decided: Decided) -> None:
    brief = example("pulse")
    decision = decided(brief)
    asked = with_one(decision, "skill", 0.5)
    found = point(brief, reweighted(catalogue, decision, asked), AS_OF).chosen.contributions
    assert {one.criterion: one.weight for one in found} == pytest.approx(asked)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_short_way_to_the_first_is_the_way_of_the_decision(
    example: Example, catalogue: Catalogue, decided: Decided, name: str
) -> None:
    brief = example(name)
    decision = decided(brief)
    assert first(brief, catalogue, AS_OF) == decision.ranked[0]
    asked = with_one(decision, "skill", 0.6)
    assert ground(brief, catalogue, AS_OF).best(1, asked)[0].architecture == (
        point(brief, reweighted(catalogue, decision, asked), AS_OF).chosen.architecture
    )


def test_in_a_toss_up_the_first_place_by_value_is_looked_at(example: Example, catalogue: Catalogue, decided: Decided) -> None:
    brief = example("pulse")
    decision = decided(brief)
    other = next(rated for rated in decision.ranked if not alike(rated.architecture, decision.chosen.architecture))
    ranked = (other, *(rated for rated in decision.ranked if rated is not other))
    assert weight_flips(brief, catalogue, replace(decision, ranked=ranked)) == weight_flips(brief, catalogue, decision)


def test_just_before_the_told_weight_the_recommendation_stays(
    catalogue: Catalogue, complete: tuple[Brief, Decision, WeightFlips]
) -> None:
    brief, decision, found = complete

    def stays(flip: WeightFlip) -> bool:
        nearer = flip.becomes + (0.002 if flip.becomes < flip.weight else -0.002)
        again = point(brief, reweighted(catalogue, decision, with_one(decision, flip.criterion, nearer)), AS_OF)
        return alike(again.chosen.architecture, decision.chosen.architecture)

    assert all(stays(flip) for flip in found.flips)


def test_a_steady_criterion_flips_at_no_weight_of_a_dense_row(
    catalogue: Catalogue, complete: tuple[Brief, Decision, WeightFlips]
) -> None:
    brief, decision, found = complete
    assert found.steady
    for weight in (0.001, 0.2, 0.5, 0.8, 0.999):
        again = point(brief, reweighted(catalogue, decision, with_one(decision, found.steady[0], weight)), AS_OF)
        assert alike(again.chosen.architecture, decision.chosen.architecture)


def test_the_told_weight_is_the_next_thousandth_past_the_tie(complete: tuple[Brief, Decision, WeightFlips]) -> None:
    for flip in complete[2].flips:
        assert 0 < abs(flip.becomes - flip.tie) <= 0.001 + 1e-9
        assert (flip.becomes > flip.tie) == (flip.tie > flip.weight)


def test_every_criterion_is_told_as_flipping_or_as_steady(complete: tuple[Brief, Decision, WeightFlips]) -> None:
    _, decision, found = complete
    flipping = {flip.criterion for flip in found.flips}
    assert flipping | set(found.steady) == {one.criterion for one in decision.chosen.contributions}
    assert not flipping & set(found.steady)


def test_the_quick_answer_is_among_the_complete_one(catalogue: Catalogue, complete: tuple[Brief, Decision, WeightFlips]) -> None:
    brief, decision, found = complete
    quick = weight_flips(brief, catalogue, decision)
    assert all(flip in found.flips for flip in quick.flips)
    assert (quick.shift, quick.complete, quick.steady) == (found.shift, False, ())


@pytest.mark.parametrize("name", EXAMPLES)
def test_half_the_radius_in_any_one_weight_changes_nothing(
    example: Example, catalogue: Catalogue, decided: Decided, name: str
) -> None:
    brief = example(name)
    decision = decided(brief)
    found = weight_flips(brief, catalogue, decision)
    assert 0 < found.radius <= (found.shift.distance if found.shift else 2)
    for contribution in decision.chosen.contributions[:4]:
        # Setting one weight moves the others by as much together: twice the step in all.
        weight = contribution.weight + 0.49 * found.radius
        if weight < 1:
            again = point(brief, reweighted(catalogue, decision, with_one(decision, contribution.criterion, weight)), AS_OF)
            assert alike(again.chosen.architecture, decision.chosen.architecture)


def test_without_a_rival_nothing_flips(example: Example, catalogue: Catalogue, decided: Decided) -> None:
    brief = replace(example("device-api"), policy=replace(example("device-api").policy, allow=("flask",)))
    found = weight_flips(brief, catalogue, decided(brief), complete=True)
    assert (found.flips, found.shift) == ((), None)
    assert len(found.steady) == len(decided(brief).chosen.contributions)


def test_what_was_scored_under_one_set_of_weights_is_not_used_under_another(catalogue: Catalogue, example: Example) -> None:
    brief = example("pulse")
    on_one, fresh = ground(brief, catalogue, AS_OF), ground(brief, catalogue, AS_OF)
    weights = {found.criterion: found.weight for found in on_one.best(1)[0].contributions}
    moved = {name: weight * (0.5 if name == "upgrades" else 1.0) for name, weight in weights.items()}
    moved["coverage"] += 0.5 * weights["upgrades"]
    assert on_one.best(4, moved) == fresh.best(4, moved)
    assert on_one.best(4) == fresh.best(4)
