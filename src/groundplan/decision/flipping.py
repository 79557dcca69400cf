"""Which single change of an answer would change the recommendation. Each is decided again from the start, none is estimated."""

from collections.abc import Iterator
from itertools import combinations

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.decision.again import alike, first
from groundplan.decision.changes import Change, changes
from groundplan.decision.model import Architecture
from groundplan.errors import NoArchitectureError
from groundplan.events import Listener, Progress, ignore
from groundplan.records import dataclass

__all__ = ["Flip", "Ledger", "Tried", "flips", "ledger", "pairs"]


@dataclass(frozen=True, slots=True)
class Flip:
    """A change of one answer or of two, in words, and what would be recommended then. places: the answers that change."""

    change: str
    architecture: Architecture
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """A change of one answer and what it leads to. architecture: None when nothing meets the non-negotiables then.

    flips: whether another framework or topology is recommended.
    """

    place: str
    change: str
    architecture: Architecture | None
    flips: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every single answer that was changed, in the order of a brief. architecture: what is recommended without any change."""

    brief_name: str
    as_of: str
    architecture: Architecture
    tried: tuple[Tried, ...]

    @property
    def flips(self) -> tuple[Flip, ...]:
        """Give the changes that put another framework or topology first."""
        return tuple(
            Flip(row.change, row.architecture, (row.place,)) for row in self.tried if row.flips and row.architecture is not None
        )


def ledger(brief: Brief, catalogue: Catalogue, as_of: str, listener: Listener = ignore) -> Ledger:
    """Give every change that is tried with what it leads to. Raises NoArchitectureError when the brief itself has no answer."""
    now = first(brief, catalogue, as_of).architecture
    every = changes(brief, catalogue)
    rows: list[Tried] = []
    for done, change in enumerate(every, 1):
        then = _then(change.apply(brief), catalogue, as_of)
        rows.append(Tried(change.place, change.words, then, then is not None and not alike(now, then)))
        listener(Progress("single answers", done, len(every)))
    return Ledger(brief.name, as_of, now, tuple(rows))


def flips(brief: Brief, catalogue: Catalogue, as_of: str, listener: Listener = ignore) -> tuple[Flip, ...]:
    """Give the changes of one answer that put another framework or topology first, in the order of a brief."""
    return ledger(brief, catalogue, as_of, listener).flips


def pairs(
    brief: Brief, catalogue: Catalogue, as_of: str, listener: Listener = ignore, told: Ledger | None = None
) -> tuple[Flip, ...]:
    """Give the pairs of changes that flip together where neither does alone. told: the ledger of this brief, where it is there."""
    single = told or ledger(brief, catalogue, as_of, listener)
    alone = {row.change for row in single.tried if row.flips or row.architecture is None}
    calm = [change for change in changes(brief, catalogue) if change.words not in alone]
    every = list(_pairs(calm))
    found: list[Flip] = []
    for done, (one, other) in enumerate(every, 1):
        then = _then(other.apply(one.apply(brief)), catalogue, as_of)
        if then is not None and not alike(single.architecture, then):
            found.append(Flip(f"{one.words}, together with {other.words}", then, (one.place, other.place)))
        listener(Progress("pairs of answers", done, len(every)))
    return tuple(found)


def _pairs(calm: list[Change]) -> Iterator[tuple[Change, Change]]:
    """Give the pairs of changes of different answers; one that merges parts comes last, and two of them make no pair."""
    for one, other in combinations(calm, 2):
        if one.place != other.place and not (one.merges and other.merges):
            yield (other, one) if one.merges else (one, other)


def _then(brief: Brief, catalogue: Catalogue, as_of: str) -> Architecture | None:
    """Give what would be recommended; None when nothing would be left."""
    try:
        return first(brief, catalogue, as_of).architecture
    except NoArchitectureError:
        return None
