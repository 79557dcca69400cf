"""How much each criterion counts: the axis, the points inside it, and what the brief makes of both."""

from groundplan.brief.model import Brief
from groundplan.catalogue.method import Shift
from groundplan.catalogue.model import Criterion
from groundplan.catalogue.words import Axis
from groundplan.decision.lines import along
from groundplan.decision.readings import concerns
from groundplan.decision.situation import Situation

__all__ = ["PLACES", "axis_weights", "weights"]

PLACES = ("first", "second", "third", "fourth")
"""Keys of ``priorities`` that order the axes."""


def weights(situation: Situation) -> dict[str, float]:
    """Give the weight of every criterion; they sum to 1.

    A criterion that this brief does not raise weighs 0. The others keep their ratios, so that one more criterion on which
    nothing differs never changes an order.
    """
    axes = axis_weights(situation)
    raw = {
        criterion.id: axes[criterion.axis] * criterion.points / 100 * _driven(criterion, situation) * concerns(criterion, situation)
        for criterion in situation.catalogue.criteria
    }
    total = sum(raw.values())
    return {name: weight / total for name, weight in raw.items()}


def axis_weights(situation: Situation) -> dict[Axis, float]:
    """Give the weight of every axis; they sum to 1. The team's own order goes before the default."""
    method = situation.catalogue.method
    places = _places(situation.brief)
    base: dict[Axis, float] = _ranked(places, method.ranked, list(method.axes)) if places else dict(method.axes)
    shifted = {axis: weight * _shifted(axis, situation) for axis, weight in base.items()}
    total = sum(shifted.values())
    return {axis: weight / total for axis, weight in shifted.items()}


def _places(brief: Brief) -> dict[str, int]:
    named = {brief.priorities[place]: index for index, place in enumerate(PLACES) if place in brief.priorities}
    return {axis: place for axis, place in named.items() if axis in {"scope", "team", "performance", "horizon"}}


def _ranked(places: dict[str, int], ranked: tuple[float, ...], axes: list[Axis]) -> dict[Axis, float]:
    """Give each named axis the weight of its place; the others share the places that are left."""
    taken = sorted(places.values())
    left = [weight for index, weight in enumerate(ranked) if index not in taken]
    rest = sum(left) / len(left) if left else 0.0
    return {axis: ranked[places[axis]] if axis in places else rest for axis in axes}


def _shifted(axis: Axis, situation: Situation) -> float:
    factor = 1.0
    for shift in situation.catalogue.method.shift:
        if shift.axis == axis:
            figure = _figure(shift, situation)
            factor *= 1.0 if figure is None else along(shift.points, figure)
    return factor


def _figure(shift: Shift, situation: Situation) -> float | None:
    brief = situation.brief
    return {"years": brief.horizon.years, "first_release_weeks": brief.team.first_release_weeks}[shift.by]


def _driven(criterion: Criterion, situation: Situation) -> float:
    driver = criterion.driver
    if driver is None:
        return 1.0
    return sum(part.share * driver.factors[part.needs.get(driver.need, 0)] for part in situation.parts)
