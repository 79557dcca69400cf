"""Both ends of every criterion that a brief raises, for the questions about weights; and the weights its answers imply."""

from functools import cache

from groundplan.brief.interview import Ends
from groundplan.brief.reading import parse
from groundplan.catalogue import Catalogue, load
from groundplan.decision.situation import Situation, situation
from groundplan.decision.weights import axis_weights, weights
from groundplan.errors import BriefError

__all__ = ["ends_of", "implied"]


@cache
def _catalogue() -> Catalogue:
    return load()


def _view(text: str) -> Situation:
    catalogue = _catalogue()
    return situation(parse(text), catalogue, catalogue.method.date)


def ends_of(text: str) -> tuple[Ends, ...]:
    """Give the criteria that the brief in a text raises, with the weights it gives them; none while it is not right."""
    try:
        view = _view(text)
    except BriefError:
        return ()
    found = weights(view)
    return tuple(
        Ends(one.id, one.axis, one.title, one.worst_text, one.best_text, found[one.id])
        for one in view.catalogue.criteria
        if found[one.id] > 0
    )


def implied(text: str) -> str:
    """Say what the four axes weigh in the brief in a text, heaviest first."""
    found = axis_weights(_view(text))
    return ", ".join(f"{axis} {weight:.0%}" for axis, weight in sorted(found.items(), key=lambda pair: -pair[1]))
