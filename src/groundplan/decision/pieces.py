"""A stack as pieces: how much of what a part wants each of them carries."""

from collections.abc import Mapping

from groundplan.catalogue.model import Fact
from groundplan.decision.readings import Place

__all__ = ["carried", "figure_in_words", "titles"]

_MOST_NAMED = 3


def carried(place: Place) -> dict[str, float]:
    """Give piece -> share of the part's wants that it carries; what nobody brings is work with the framework."""
    pieces = dict.fromkeys(place.option.names(), 0.0)
    for want in place.wanted:
        provision = place.option.provisions.get(want.capability)
        provider = provision.provider if provision is not None and provision.provider in pieces else place.option.framework.name
        pieces[provider] += want.weight
    total = sum(pieces.values())
    return {name: weight / total if total else float(name == place.option.framework.name) for name, weight in pieces.items()}


def titles(place: Place) -> str:
    """Name the pieces that carry something of what a part wants."""
    known = _known(place)
    return " + ".join(known[name] for name, share in carried(place).items() if share > 0)


def figure_in_words(place: Place, figure: float, facts: Mapping[str, Fact | None], alone: str, of_many: str) -> str:
    """Say a figure as what it is: that of one piece, or the mean of several, those that carry most first with their own.

    facts: piece -> what it counts with, which may be another piece's: what has no skill of its own is learned with the framework.
    alone: with places for figure and piece. of_many: what the figure is one of.
    """
    known = _known(place)
    counted = {fact.subject if fact is not None and fact.subject in known else name: fact for name, fact in facts.items()}
    if len(counted) == 1:
        return alone.format(f"{figure:.2g}", known[next(iter(counted))])
    told = sorted(counted, key=lambda name: -carried(place)[name])
    said = [f"{known[name]} {'unknown' if (fact := counted[name]) is None else f'{fact.number:.2g}'}" for name in told]
    more = [f"{len(told) - _MOST_NAMED} more"] if len(told) > _MOST_NAMED else []
    return f"{figure:.2g} {of_many} in the mean of its pieces, by what each carries ({', '.join([*said[:_MOST_NAMED], *more])})"


def _known(place: Place) -> dict[str, str]:
    """Give piece -> title."""
    return {addon.name: addon.title for addon in place.option.addons} | {place.option.framework.name: place.option.framework.title}
