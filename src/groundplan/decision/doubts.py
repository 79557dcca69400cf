"""How sure a reading is: by the grade and the age of its facts."""

import datetime as dt
from collections.abc import Sequence

from groundplan.catalogue.method import Sampling
from groundplan.catalogue.model import Fact
from groundplan.decision.readings import Doubt, Place

__all__ = ["about", "off_by", "on_fact", "open_question"]

_YEAR = 365.25


def off_by(doubt: Doubt, sampling: Sampling, as_of: dt.date) -> float:
    """Give the standard deviation, in value units, by which a doubt may move its share of a value; no fact is worse than none."""
    most = sampling.spread["unknown"]
    if doubt.grade is None:
        return doubt.share * most
    years = max(0, (as_of - dt.date.fromisoformat(doubt.date)).days) / _YEAR if doubt.date else 0.0
    return doubt.share * min(most, sampling.spread[doubt.grade] + sampling.ageing * years)


def on_fact(fact: Fact, topic: str, share: float = 1.0, subject: str = "") -> Doubt:
    """Give the doubt that a fact leaves. subject: what shares it, where that is not what the fact is about."""
    what = f"{fact.id} is taken to be" if fact.subject == "method" else f"{fact.id} of {fact.subject} is"
    value = fact.value if isinstance(fact.value, str) else f"{fact.value:,.10g}"
    told = f"{what} {value} {fact.unit}".rstrip() + f" ({fact.source}, {fact.date}, grade {fact.grade})"
    return Doubt(subject or fact.subject, topic, share, fact.grade, fact.date, told)


def open_question(subject: str, topic: str, missing: str, share: float = 1.0) -> Doubt:
    """Give the doubt about what is not known. missing: what would have to be found out."""
    return Doubt(subject, topic, share, None, "", missing)


def about(place: Place, topic: str, facts: Sequence[Fact], missing: str = "", subject: str = "") -> tuple[Doubt, ...]:
    """Give the doubt of a reading on one fact about the framework, or on none."""
    name = subject or place.option.framework.name
    return (on_fact(facts[0], topic, subject=name) if facts else open_question(name, topic, missing),)
