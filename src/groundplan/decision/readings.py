"""What reading a criterion gives: a figure in the criterion's unit, in words, with its facts; and its value on the scale."""

import math
from collections.abc import Callable

from groundplan.catalogue.model import Catalogue, Criterion, Fact
from groundplan.catalogue.words import Grade, Question
from groundplan.decision.options import Option, Want
from groundplan.decision.situation import PartView, Situation
from groundplan.records import dataclass

__all__ = ["Doubt", "Place", "Reading", "concerns", "on_scale", "touches", "value"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a criterion is read: a part with an option on a server. product: capabilities that any part of the product wants."""

    situation: Situation
    part: PartView
    wanted: tuple[Want, ...]
    option: Option
    server: str
    product: frozenset[str] = frozenset()

    @property
    def catalogue(self) -> Catalogue:
        """Give the catalogue."""
        return self.situation.catalogue


@dataclass(frozen=True, slots=True)
class Doubt:
    """How sure a reading is. Readings with the same subject and topic share their error, wherever they occur.

    share: of the value that rests on it. grade: of the fact; None when it is not known. date: ISO, of the fact. told: what is known
    of it, in words, with its source.
    """

    subject: str
    topic: str
    share: float
    grade: Grade | None
    date: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure (None: unknown) with words and the facts behind it. missing: what would have to be found out.

    mix: (share, figure) of the pieces, where a stack's pieces have figures of their own; the value is then their mean.
    doubts: what its value may be off by; none when it follows from the brief alone.
    """

    figure: float | None
    said: str
    facts: tuple[Fact, ...] = ()
    missing: str = ""
    mix: tuple[tuple[float, float | None], ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def short(self, unit: str) -> str:
        """Give the figure with its unit."""
        return "unknown" if self.figure is None else f"{self.figure:,.3g} {unit}"


def value(criterion: Criterion, reading: Reading, unknown: float) -> float:
    """Give the value in [0, 1] of a reading on the criterion's own fixed scale; an unknown figure has the stated value."""
    mix = reading.mix or ((1.0, reading.figure),)
    return sum(share * _value(criterion, figure, unknown) for share, figure in mix)


def _value(criterion: Criterion, figure: float | None, unknown: float) -> float:
    return unknown if figure is None else on_scale(criterion, figure)


def on_scale(criterion: Criterion, figure: float) -> float:
    """Give the value in [0, 1] of a figure on the criterion's own fixed scale."""
    worst, best = criterion.worst, criterion.best
    if criterion.curve == "log":
        figure = min(max(figure, min(worst, best)), max(worst, best))
        figure, worst, best = math.log(figure), math.log(worst), math.log(best)
    return min(1.0, max(0.0, (figure - worst) / (best - worst)))


def concerns(criterion: Criterion, situation: Situation) -> float:
    """Tell (1 or 0) whether a brief raises the question of a criterion at all; never depends on the candidates."""
    return float(any(touches(criterion, part) for part in situation.parts))


def touches(criterion: Criterion, part: PartView) -> bool:
    """Tell whether a criterion says something about a part."""
    return criterion.when is None or _QUESTIONS[criterion.when](part)


_QUESTIONS: dict[Question, Callable[[PartView], bool]] = {
    "sockets": lambda part: part.sockets > 0,
    "socket_growth": lambda part: part.sockets > 0 and part.sockets_later is not None,
    "waiting": lambda part: part.waiting > 0,
    "calm_loop": lambda part: part.sockets > 0 or part.needs.get("io_fanout", 0) > 1,
    "incumbent": lambda part: bool(part.existing),
    "leaving": lambda part: bool(part.incumbent) and part.leaving > 0,
    "scaling": lambda part: part.scaling,
}
