"""Why this one: plain sentences with figures, each held against the best architecture on other frameworks."""

from collections.abc import Iterator, Sequence

from groundplan.catalogue.model import Fact
from groundplan.decision.model import Contribution, Reason
from groundplan.decision.readings import Reading
from groundplan.decision.scoring import Judged
from groundplan.records import dataclass

__all__ = ["beyond", "contribution", "facts", "missing", "reasons"]

_SHOWN = 3
_NOTICEABLE = 0.001
_SOURCES = 1


@dataclass(frozen=True, slots=True)
class _Difference:
    """A criterion on which the winner and its rival differ. gained: weighted value, below 0 when the rival is better."""

    ours: Judged
    theirs: Judged
    gained: float


def contribution(judged: Judged) -> Contribution:
    """Give what a criterion adds, with the readings of all parts in words."""
    told = dict.fromkeys((part, reading.said) for part, reading in judged.readings.items())
    words = "; ".join(said if part == "product" else f"{part}: {said}" for part, said in told)
    found = [fact for reading in judged.readings.values() for fact in reading.facts]
    evidence = f"{words}{_sources(found)}"
    return Contribution(judged.criterion.id, judged.criterion.axis, judged.weight, judged.value, evidence)


def reasons(ours: Sequence[Judged], theirs: Sequence[Judged]) -> tuple[Reason, ...]:
    """Give the three strongest reasons for the winner and the strongest against it, each con with what outweighs it."""
    other = {judged.criterion.id: judged for judged in theirs}
    pairs = [(judged, other[judged.criterion.id]) for judged in ours]
    differences = [_Difference(one, two, one.weight * (one.value - two.value)) for one, two in pairs]
    pros = sorted((found for found in differences if found.gained > _NOTICEABLE), key=lambda found: -found.gained)
    cons = sorted((found for found in differences if found.gained < -_NOTICEABLE), key=lambda found: found.gained)[:_SHOWN]
    told = [Reason("pro", found.ours.criterion.id, found.gained, _sentence(found)) for found in pros[:_SHOWN]]
    covered = [(con, _cover(con, pros)) for con in cons]
    return (*told, *(Reason("con", con.ours.criterion.id, con.gained, _sentence(con) + words) for con, words in covered))


def _sentence(found: _Difference) -> str:
    part = _deciding_part(found)
    ours, theirs = found.ours.readings[part], found.theirs.readings[part]
    where = "" if part == "product" else f" ({part})"
    criterion = found.ours.criterion
    return f"{criterion.title}{where}: {ours.said}, against {theirs.short(criterion.unit)}{_sources(ours.facts)}."


def _deciding_part(found: _Difference) -> str:
    """Name the part on which most of the difference lies."""
    sign = 1 if found.gained > 0 else -1
    lead = {
        part: sign * found.ours.shares[part] * (found.ours.values[part] - found.theirs.values[part]) for part in found.ours.values
    }
    return max(lead, key=lambda part: lead[part])


def _cover(con: _Difference, pros: Sequence[_Difference]) -> str:
    """Name the fewest pros, strongest first, that together outweigh a con."""
    lost, names = -con.gained, []
    for pro in pros:
        if lost <= 0:
            break
        names.append(pro.ours.criterion.title.lower())
        lost -= pro.gained
    return f" Outweighed by {' and '.join(names)}." if names and lost <= 0 else " Outweighed only by all the rest together."


def _sources(found: Sequence[Fact]) -> str:
    named = [fact for fact in found if not fact.source.startswith("documentation of")]
    cited = list(dict.fromkeys(f"{fact.source}, {fact.date}" for fact in named))
    return f" ({'; '.join(cited[:_SOURCES])})" if cited else ""


def facts(judged: Sequence[Judged]) -> tuple[Fact, ...]:
    """Give every fact behind the readings, each once, in order of subject and id."""
    found = {fact for reading in _readings(judged) for fact in reading.facts}
    return tuple(sorted(found, key=lambda fact: (fact.subject, fact.id, fact.date, fact.where, str(fact.value))))


def missing(judged: Sequence[Judged]) -> Iterator[str]:
    """Tell what was not known, each once, what weighs most first."""
    heaviest = sorted(judged, key=lambda one: -one.weight)
    yield from dict.fromkeys(reading.missing for reading in _readings(heaviest) if reading.missing)


def beyond(judged: Sequence[Judged]) -> Iterator[str]:
    """Tell where even the recommended stack lies past the tolerable end of a scale, which then tells stacks apart no more."""
    for one in judged:
        criterion = one.criterion
        for part, reading in one.readings.items():
            if reading.figure is not None and criterion.worst > criterion.best and reading.figure > criterion.worst:
                where = "" if part == "product" else f" ({part})"
                limit = f"{criterion.worst:,.3g} {criterion.unit}"
                yield f"{criterion.title}{where}: {reading.said}, beyond {limit}; one process of any known stack is not enough."


def _readings(judged: Sequence[Judged]) -> Iterator[Reading]:
    for one in judged:
        yield from one.readings.values()
