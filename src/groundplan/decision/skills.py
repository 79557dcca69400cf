"""Who of the team has shipped with a stack; where nobody said, what developers at large use stands in."""

from collections.abc import Mapping

from groundplan.catalogue.model import Fact
from groundplan.decision.doubts import open_question
from groundplan.decision.pieces import carried
from groundplan.decision.readings import Place, Reading
from groundplan.records import dataclass

__all__ = ["skill"]

_SURVEY = "survey_share"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a stack. people: of those needed who have shipped with it; None: not said, and in no survey. fact: of a survey."""

    share: float
    people: float | None
    fact: Fact | None = None


def skill(place: Place) -> Reading:
    """Read the share of the people needed who have shipped with a stack.

    A skill that the team left open counts with the share of surveyed developers who use it, and stays as doubtful as any unknown.
    """
    learned = {addon.name: addon for addon in place.option.addons if addon.skills}
    shares = [(share, learned[name].skills if name in learned else {}) for name, share in carried(place).items()]
    pieces = [_piece(place, share, skills or place.option.framework.skills) for share, skills in shares if share > 0]
    needed, open_share = place.part.people, sum(piece.share for piece in pieces if piece.people is None or piece.fact)
    title = " + ".join((place.option.framework.title, *(addon.title for addon in learned.values())))
    question = f"Not known: who has shipped with {place.option.framework.title}."
    doubts = (open_question(place.option.framework.name, "skill", question, open_share),) if open_share else ()
    facts = tuple(dict.fromkeys(piece.fact for piece in pieces if piece.fact))
    mix = tuple((piece.share, None if piece.people is None else 100 * piece.people / needed) for piece in pieces)
    if any(piece.people is None for piece in pieces):
        return Reading(None, "nobody said who has shipped with it", facts, mix=mix, doubts=doubts)
    people = sum(piece.share * (piece.people or 0.0) for piece in pieces)
    guess = ", where the team said nothing as many as use it in surveys" if facts else ""
    words = f"{people:.2g} of {needed} people needed have shipped with {title}{guess}"
    return Reading(100 * people / needed, words, facts, mix=mix, doubts=doubts)


def _piece(place: Place, share: float, skills: Mapping[str, float]) -> _Piece:
    """Give the most people that any of the skills brings, each by how much of it counts here."""
    shipped, needed = place.situation.brief.team.shipped, place.part.people
    # A related skill counts in part for each of the people needed; more people who have it do not make up for that.
    told = max((skills.get(name, 0.0) * min(count, needed) for name, count in shipped.items() if count is not None), default=0.0)
    silent = [name for name in skills if shipped.get(name) is None and (name in shipped or not shipped)]
    if max(skills, key=skills.__getitem__) in silent and not _surveys(place, max(skills, key=skills.__getitem__)):
        return _Piece(share, told or None)
    surveyed = [(needed * skills[name] * fact.number / 100, fact) for name in silent for fact in _surveys(place, name)]
    if not surveyed:
        return _Piece(share, None if silent and not told else told)
    guess, fact = max(surveyed, key=lambda pair: pair[0])
    return _Piece(share, guess, fact) if guess > told else _Piece(share, told)


def _surveys(place: Place, name: str) -> list[Fact]:
    return [fact for fact in place.situation.known.about(name, _SURVEY) if fact.subject == name]
