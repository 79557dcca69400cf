"""Deciding again, quickly: what comes first for a changed brief or under other weights, and whether that is something else."""

from collections.abc import Mapping

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.decision.deciding import rated
from groundplan.decision.model import Architecture, Rated
from groundplan.decision.options import Option
from groundplan.decision.prepared import Only, prepared
from groundplan.decision.scoring import Scale
from groundplan.decision.searching import best
from groundplan.decision.whole import Layout
from groundplan.errors import NoArchitectureError
from groundplan.records import dataclass

__all__ = ["Ground", "alike", "first", "ground"]


@dataclass(frozen=True, slots=True)
class Ground:
    """What candidates are valued on: screened and read once, whatever the weights."""

    scale: Scale
    options: tuple[tuple[Option, ...], ...]
    layouts: list[Layout]

    def best(self, keep: int, weights: Mapping[str, float] | None = None) -> tuple[Rated, ...]:
        """Give the best architectures, best first; none when nothing survives.

        weights: of every criterion that counts, summing to 1; those of the brief where not given.
        """
        if not all(self.options):
            return ()
        scale = self.scale.under(weights or {})
        return tuple(rated(scale, found) for found in best(scale, self.options, self.layouts, keep))


def ground(brief: Brief, catalogue: Catalogue, as_of: str, only: Only | None = None) -> Ground:
    """Screen a brief. only: part -> frameworks it may have."""
    base = prepared(brief, catalogue, as_of, only)
    return Ground(base.scale, base.sieve.options, base.layouts)


def first(brief: Brief, catalogue: Catalogue, as_of: str, only: Only | None = None) -> Rated:
    """Give the architecture of the highest value, as ``decide`` would with ``draws=0``. only: part -> frameworks it may have.

    Raises NoArchitectureError when nothing survives, without looking for what to loosen.
    """
    found = ground(brief, catalogue, as_of, only).best(1)
    if not found:
        raise NoArchitectureError(f"{brief.source}: no architecture meets every non-negotiable of {brief.name}.")
    return found[0]


def alike(one: Architecture, other: Architecture) -> bool:
    """Tell whether two recommendations put the same framework on each part and lay the parts out in the same topology.

    Where a change of the brief merged parts, the parts that both have and the frameworks as a whole are compared.
    """
    common = one.stacks.keys() & other.stacks.keys()
    same = all(one.stacks[part].framework == other.stacks[part].framework for part in common)
    if one.stacks.keys() != other.stacks.keys():
        return same and set(one.frameworks) == set(other.frameworks)
    return same and one.topology.name == other.topology.name
