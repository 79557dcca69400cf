"""The figures behind the pictures of a report: plain rows, shown as a table beside each picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from groundplan.brief.model import AXES
from groundplan.decision.model import Decision, Rated
from groundplan.decision.weight_flips import WeightFlips
from groundplan.report.telling import Telling
from groundplan.report.wording import frameworks, in_short

__all__ = ["Bar", "Dot", "Parts", "Regret", "WeightLine", "acceptability", "contributions", "pareto", "regrets", "weight_lines"]


_FAMILIES = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. share: in [0, 1]. chosen: whether it is the recommended one."""

    label: str
    share: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """What each axis adds to the value of an architecture, in the order of ``AXES``."""

    label: str
    name: str
    parts: tuple[float, ...]

    @property
    def total(self) -> float:
        """Give the value."""
        return sum(self.parts)


@dataclass(frozen=True, slots=True)
class WeightLine:
    """The weight of one criterion now. flips: (weight, what is recommended there), the nearest below and above that change it."""

    criterion: str
    now: float
    flips: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """An architecture as a point. complexity: share of what the team can carry that extra structure takes. value: without it.

    front: whether none is better in both.
    """

    label: str
    name: str
    complexity: float
    value: float
    front: bool


@dataclass(frozen=True, slots=True)
class Regret:
    """What choosing an architecture gives away: on average, at most in 95 of 100 draws, at most in all."""

    label: str
    name: str
    average: float
    most_95: float
    most: float


def acceptability(decision: Decision) -> list[Bar]:
    """Give how often each family of architectures comes first, the most often first, and what many small ones come to."""
    robust = decision.robustness
    used = set(decision.chosen.architecture.frameworks)
    families = robust.families if robust else ()
    shown = [Bar(frameworks(family.frameworks), family.share, set(family.frameworks) == used) for family in families[:_FAMILIES]]
    rest = families[_FAMILIES:]
    return [*shown, *([Bar(f"{len(rest)} others", sum(family.share for family in rest), chosen=False)] if rest else [])]


def contributions(compared: Sequence[Rated]) -> list[Parts]:
    """Give what each axis adds to each architecture."""
    return [
        Parts(
            str(number),
            in_short(rated.architecture),
            tuple(sum(found.weight * found.value for found in rated.contributions if found.axis == axis) for axis in AXES),
        )
        for number, rated in enumerate(compared, 1)
    ]


def weight_lines(telling: Telling, found: WeightFlips) -> list[WeightLine]:
    """Give for each criterion the weights at which another architecture is recommended, those nearest to today's first."""
    titles = {criterion.id: criterion.title for criterion in telling.catalogue.criteria}
    rows = []
    for own in telling.decision.chosen.contributions:
        flips = sorted((flip.becomes, in_short(flip.architecture)) for flip in found.flips if flip.criterion == own.criterion)
        rows.append(WeightLine(titles.get(own.criterion, own.criterion), own.weight, tuple(flips)))
    return sorted(rows, key=lambda row: (min((abs(weight - row.now) for weight, _ in row.flips), default=2.0), -row.now))


def pareto(telling: Telling) -> list[Dot]:
    """Give value (without that of simplicity) against complexity for everything ranked; the value runs over what is left."""
    numbers = [(rated, str(number)) for number, rated in enumerate(telling.compared, 1)]
    points = [(rated, *_coordinates(rated)) for rated in telling.decision.ranked]
    points += [(rated, *_coordinates(rated)) for rated in telling.compared if rated not in telling.decision.ranked]
    return [
        Dot(
            next((number for one, number in numbers if one == rated), ""),
            in_short(rated.architecture),
            complexity,
            value,
            not any(other <= complexity and more >= value and (other, more) != (complexity, value) for _, other, more in points),
        )
        for rated, complexity, value in points
    ]


def _coordinates(rated: Rated) -> tuple[float, float]:
    simple = [found for found in rated.contributions if found.criterion == "simplicity"]
    others = [found for found in rated.contributions if found.criterion != "simplicity"]
    weight = sum(found.weight for found in others)
    value = sum(found.weight * found.value for found in others) / weight if weight else 0.0
    return 1 - (simple[0].value if simple else 1.0), value


def regrets(telling: Telling) -> list[Regret]:
    """Give what each of the compared architectures gives away, where that was asked for."""
    robust = telling.decision.robustness
    accepted = robust.accepted if robust else ()
    return [
        Regret(str(number), in_short(rated.architecture), own.regret, own.regret_95, own.regret_max)
        for number, rated in enumerate(telling.compared, 1)
        for own in accepted
        if own.architecture == rated.architecture
    ]
