"""When nothing is left: the smallest sets of non-negotiables whose loosening brings an architecture back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

from groundplan.brief.model import Brief
from groundplan.decision.screening import Sieve, constraints
from groundplan.errors import NoArchitectureError

__all__ = ["refusal", "relaxed", "smallest_sets"]

_MOST_TOGETHER = 3
_LEVEL_BELOW = 2


def relaxed(brief: Brief, names: tuple[str, ...]) -> Brief:
    """Give the brief without the named constraints: policy lifted, needs at 3 lowered to 2, musts turned into shoulds.

    What a part requires is left out.
    """
    policy = replace(
        brief.policy,
        allow=None if "policy.allow" in names else brief.policy.allow,
        forbid=tuple(name for name in brief.policy.forbid if f"policy.forbid {name}" not in names),
    )
    parts = tuple(
        replace(
            part,
            needs={
                need: _LEVEL_BELOW if f"part {part.name}: {need} = {level}" in names else level
                for need, level in part.needs.items()
            },
            requires=tuple(word for word in part.requires if f"part {part.name}: requires {word}" not in names),
        )
        for part in brief.parts
    )
    musts = tuple(replace(must, level="should") if f"must {must.id}" in names else must for must in brief.musts)
    return replace(brief, policy=policy, parts=parts, musts=musts)


def smallest_sets(brief: Brief, feasible: Callable[[Brief], bool]) -> list[tuple[str, ...]]:
    """Give all sets of the smallest size (up to three) that help when loosened together, in order of the brief."""
    named = constraints(brief)
    for size in range(1, min(_MOST_TOGETHER, len(named)) + 1):
        found = [names for names in combinations(named, size) if feasible(relaxed(brief, names))]
        if found:
            return found
    return []


def refusal(brief: Brief, sieve: Sieve, sets: list[tuple[str, ...]]) -> NoArchitectureError:
    """Give the error that names what screened everything out and what to loosen."""
    lines = [f"{brief.source}: no architecture meets every non-negotiable of {brief.name}."]
    lines += [f"  {line}" for line in _facts(brief, sieve)]
    ways = " or ".join(" together with ".join(names) for names in sets)
    lines.append(f"Loosen {ways}." if ways else "No three constraints are enough to loosen; start from fewer needs at level 3.")
    return NoArchitectureError("\n".join(lines))


def _facts(brief: Brief, sieve: Sieve) -> Iterator[str]:
    empty = {part.name for part, options in zip(brief.parts, sieve.options, strict=True) if not options} | {"every part"}
    for row in sieve.screened_out:
        if row.part in empty and row.constraint != "started by a generated project":
            yield f"{row.part}: {row.stack} is out by {row.constraint}: {row.fact} ({row.source}, {row.date})."
