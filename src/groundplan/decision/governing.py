"""How far what a part stands on is in more than one person's hands: four signs that a text shows or that can be counted."""

from groundplan.catalogue.model import Fact
from groundplan.decision.doubts import on_fact, open_question
from groundplan.decision.pieces import carried, titles
from groundplan.decision.readings import Doubt, Place, Reading

__all__ = ["governance"]

_SIGNS = {
    "owned_together": ("owned by more than one person", "who owns it"),
    "rules_written": ("rules for who decides", "who decides or takes over"),
    "work_paid": ("paid maintenance", "whether anybody is paid for it"),
    "releases_shared": ("released by several", "who releases it"),
}
"""Fact -> what its presence is called, and the question when it is not known."""


def governance(place: Place) -> Reading:
    """Read how many of the signs hold, averaged over the pieces by the share of the part that each carries.

    A sign that is not known is not counted in the figure; in the value it has that of an unknown fact.
    """
    shares = {name: share for name, share in carried(place).items() if share > 0}
    found = {(name, sign): _holds(place, name, sign) for name in shares for sign in _SIGNS}
    known = {key: fact for key, fact in found.items() if fact is not None}
    mix = tuple((shares[name] / len(_SIGNS), _counted(fact)) for (name, _), fact in found.items())
    figure = sum(shares[name] * fact.number for (name, _), fact in known.items()) if known else None
    doubts = tuple(_doubt(name, sign, fact, shares[name] / len(_SIGNS)) for (name, sign), fact in found.items())
    return Reading(figure, _said(place, figure), tuple(known.values()), _missing(found), mix, doubts)


def _holds(place: Place, name: str, sign: str) -> Fact | None:
    """Give the fact that decides a sign: what a layer below lacks is lacking here; what is known of it alone says nothing."""
    facts = place.situation.known.about(name, sign)
    own = any(fact.subject == name for fact in facts)
    return min(facts, key=lambda fact: fact.number) if own else None


def _counted(fact: Fact | None) -> float | None:
    """Give a sign on the scale of all of them: each counts as its share of the whole."""
    return None if fact is None else fact.number * len(_SIGNS)


def _doubt(name: str, sign: str, fact: Fact | None, share: float) -> Doubt:
    if fact is None:
        return open_question(name, sign, f"Not known of {name}: {_SIGNS[sign][1]}.", share)
    return on_fact(fact, sign, share)


def _said(place: Place, figure: float | None) -> str:
    """Say the figure, and what holds of the framework itself."""
    title = place.option.framework.title
    own = {sign: _holds(place, place.option.framework.name, sign) for sign in _SIGNS}
    holds = [_SIGNS[sign][0] for sign, fact in own.items() if fact is not None and fact.number]
    silent = [_SIGNS[sign][0] for sign, fact in own.items() if fact is None]
    told = f"{title}: {', '.join(holds) or 'none shown'}" + (f"; not known: {', '.join(silent)}" if silent else "")
    counted = "?" if figure is None else f"{figure:.2g}"
    return f"{counted} of 4 signs that {titles(place)} rests on more than one person ({told})"


def _missing(found: dict[tuple[str, str], Fact | None]) -> str:
    names = dict.fromkeys(name for (name, _), fact in found.items() if fact is None)
    asked = dict.fromkeys(_SIGNS[sign][1] for (_, sign), fact in found.items() if fact is None)
    return f"Not known of {', '.join(names)}: {', '.join(asked)}." if names else ""
