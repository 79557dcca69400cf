"""Deciding again: the point answer for a changed brief, catalogue or set of weights, and whether it is another one."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.decision.deciding import decide
from groundplan.decision.model import Architecture, Decision

__all__ = ["alike", "point", "reweighted"]


def point(brief: Brief, catalogue: Catalogue, as_of: str, only: Mapping[str, Collection[str]] | None = None) -> Decision:
    """Give the decision without its robustness: what changes of an answer are judged by. only: part -> frameworks it may have.

    Raises as ``decide`` does.
    """
    return decide(brief, catalogue, as_of, only=only, draws=0)


def alike(one: Architecture, other: Architecture) -> bool:
    """Tell whether two recommendations put the same framework on each part and lay the parts out in the same topology.

    Where a change of the brief merged parts, the parts that both have and the frameworks as a whole are compared.
    """
    common = one.stacks.keys() & other.stacks.keys()
    same = all(one.stacks[part].framework == other.stacks[part].framework for part in common)
    if one.stacks.keys() != other.stacks.keys():
        return same and set(one.frameworks) == set(other.frameworks)
    return same and one.topology.name == other.topology.name


def reweighted(catalogue: Catalogue, decision: Decision, weights: Mapping[str, float]) -> Catalogue:
    """Give the catalogue under which the criteria of a decision weigh as stated when the same brief is decided again.

    weights: criterion -> weight, for every criterion that counted in the decision; they sum to 1.
    """
    today = {found.criterion: found.weight for found in decision.chosen.contributions}
    criteria = (
        replace(criterion, points=criterion.points * weights[criterion.id] / today[criterion.id])
        if criterion.id in today
        else criterion
        for criterion in catalogue.criteria
    )
    return replace(catalogue, criteria=tuple(criteria))
