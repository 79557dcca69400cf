"""How much each criterion counts: the axis, the points inside it, and what the brief makes of both."""

from collections.abc import Iterator
from itertools import permutations

from groundplan.catalogue.method import Shift
from groundplan.catalogue.model import Criterion
from groundplan.catalogue.words import Axis
from groundplan.decision.lines import along
from groundplan.decision.polytope import Corners, chains, free, mean, moved, pulled
from groundplan.decision.preferring import preferring
from groundplan.decision.readings import concerns
from groundplan.decision.situation import Situation

__all__ = ["PLACES", "axis_weights", "spread_of_axes", "spread_within", "weights"]

TURNOVER = "turnover"
"""A criterion may be driven by ``horizon.turnover`` as by a need; a brief that says nothing of it leaves the points as they are."""

PLACES = ("first", "second", "third", "fourth")
"""Keys of ``priorities`` that order the axes; ``gap_1`` .. ``gap_3`` say how far neighbours are apart."""


def weights(situation: Situation) -> dict[str, float]:
    """Give the weight of every criterion; they sum to 1.

    A criterion that this brief does not raise weighs 0. The others keep their ratios, so that one more criterion on which
    nothing differs never changes an order. What the team said about single criteria goes before all of it.
    """
    axes = axis_weights(situation)
    raw = {
        criterion.id: axes[criterion.axis] * criterion.points / 100 * _driven(criterion, situation) * concerns(criterion, situation)
        for criterion in situation.catalogue.criteria
    }
    total = sum(raw.values())
    return preferring({name: weight / total for name, weight in raw.items()}, situation.brief.choices)


def axis_weights(situation: Situation) -> dict[Axis, float]:
    """Give the weight of every axis; they sum to 1. The team's own order goes before the default."""
    base = dict(zip(situation.catalogue.method.axes, mean(_allowed(situation)), strict=True))
    shifted = {axis: weight * _shifted(axis, situation) for axis, weight in base.items()}
    total = sum(shifted.values())
    return {axis: weight / total for axis, weight in shifted.items()}


def spread_of_axes(situation: Situation, point: dict[str, float]) -> tuple[Corners, ...]:
    """Give the weights that the axes may have, in order of the method. point: weight of every criterion, which is the mean."""
    held = dict.fromkeys(situation.catalogue.method.axes, 0.0)
    for criterion in situation.catalogue.criteria:
        held[criterion.axis] += point[criterion.id]
    return pulled(moved(_allowed(situation), list(held.values())), situation.catalogue.method.sampling.axes)


def spread_within(situation: Situation, shares: list[float]) -> tuple[Corners, ...]:
    """Give the shares that the criteria of one axis may have of it. shares: their mean."""
    return pulled(moved(free(len(shares)), shares), situation.catalogue.method.sampling.criteria)


def _allowed(situation: Situation) -> tuple[Corners, ...]:
    """Give the axis weights that the team's answers leave open; without a word from it, what the method says on average."""
    axes = list(situation.catalogue.method.axes)
    priorities = situation.brief.priorities
    named = {place: axes.index(name) for place, key in enumerate(PLACES) if (name := priorities.get(key)) in axes}
    if not named:
        default = situation.catalogue.method.axes.values()
        return moved(free(len(axes)), [weight / sum(default) for weight in default])
    steps = situation.catalogue.method.sampling.gaps
    bounds = [steps.get(priorities.get(f"gap_{place}", ""), (1.0, float("inf"))) for place in range(1, len(axes))]
    return chains(_orders(len(axes), named), bounds)


def _orders(size: int, named: dict[int, int]) -> Iterator[tuple[int, ...]]:
    """Give every order of the axes with the named ones in their places."""
    for order in permutations(range(size)):
        if all(order[place] == axis for place, axis in named.items()):
            yield order


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
    if driver.need == TURNOVER:
        turnover = situation.brief.horizon.turnover
        return 1.0 if turnover is None else driver.factors[turnover]
    return sum(part.share * driver.factors[part.needs.get(driver.need, 0)] for part in situation.parts)
