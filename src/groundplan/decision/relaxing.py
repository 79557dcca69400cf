"""When nothing is left: the smallest sets of non-negotiables whose loosening brings an architecture back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from groundplan.brief.model import Brief
from groundplan.decision.screening import EVERYWHERE, Sieve, constraints
from groundplan.errors import NoArchitectureError
from groundplan.records import dataclass

__all__ = ["Ways", "refusal", "relaxed", "smallest_sets"]

_MOST_TRIED = 400
_TOLD = 6
_LEVEL_BELOW = 2


def relaxed(brief: Brief, names: tuple[str, ...]) -> Brief:
    """Give the brief without the named constraints: policy lifted, needs at 3 lowered to 2, musts turned into shoulds.

    What a part requires is left out, an answer becomes unknown.
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
    answers = {name: None if f"answers.{name} = {given}" in names else given for name, given in brief.answers.items()}
    return replace(brief, policy=policy, parts=parts, musts=musts, answers=answers)


@dataclass(frozen=True, slots=True)
class Ways:
    """Sets of constraints that help when loosened together. complete: whether all of the smallest are there, and no other."""

    sets: tuple[tuple[str, ...], ...]
    complete: bool


def smallest_sets(brief: Brief, feasible: Callable[[Brief], bool]) -> Ways:
    """Give all sets of the smallest size that help when loosened together, in order of the brief.

    Whatever helps has to loosen something of every conflict, so the smallest sets that meet all known conflicts are tried; one that
    does not help leads to another conflict. feasible: whether anything survives of a brief.
    """
    search = _Search(brief, constraints(brief), feasible)
    if not search.helps(search.named):
        return Ways((), complete=True)
    conflicts: list[tuple[str, ...]] = []
    found: list[tuple[str, ...]] = []
    for names in iter(lambda: search.next(conflicts, found), None):
        if search.tries > _MOST_TRIED:
            return Ways(tuple(found) or (search.thinned(),), complete=False)
        if search.helps(names):
            found.append(names)
        else:
            conflicts.append(search.conflict(names))
    return Ways(tuple(found), complete=True)


class _Search:
    """A search for what to loosen. tries: decisions so far."""

    def __init__(self, brief: Brief, named: tuple[str, ...], feasible: Callable[[Brief], bool]) -> None:
        self.brief, self.named, self.feasible = brief, named, feasible
        self.tries = 0

    def helps(self, names: Sequence[str]) -> bool:
        """Tell whether anything survives when these are loosened."""
        self.tries += 1
        return self.feasible(relaxed(self.brief, tuple(names)))

    def next(self, conflicts: Sequence[Sequence[str]], found: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
        """Give a smallest set that meets every conflict and was not found yet; None when those found are smaller, or all."""
        usable = [name for name in self.named if any(name in conflict for conflict in conflicts)]
        sizes = range(len(found[0]), len(found[0]) + 1) if found else range(len(usable) + 1)
        for names in (names for size in sizes for names in combinations(usable, size)):
            if names not in found and all(not set(names).isdisjoint(conflict) for conflict in conflicts):
                return names
        return None

    def conflict(self, loosened: Sequence[str]) -> tuple[str, ...]:
        """Give constraints, none of them to spare, that leave nothing although those others are loosened."""
        kept = [name for name in self.named if name not in loosened]
        for name in tuple(kept):
            without = [other for other in kept if other != name]
            if not self.helps([other for other in self.named if other not in without]):
                kept = without
        return tuple(kept)

    def thinned(self) -> tuple[str, ...]:
        """Give a set that helps and of which nothing can be left out, though it may not be the smallest."""
        names = list(self.named)
        for name in self.named:
            without = [other for other in names if other != name]
            if self.helps(without):
                names = without
        return tuple(names)


def refusal(brief: Brief, sieve: Sieve, ways: Ways) -> NoArchitectureError:
    """Give the error that names what screened everything out and what to loosen."""
    lines = [f"{brief.source}: no architecture meets every non-negotiable of {brief.name}."]
    lines += [f"  {line}" for line in _facts(brief, sieve)]
    lines.append(_remedy(ways))
    return NoArchitectureError("\n".join(lines))


def _remedy(ways: Ways) -> str:
    if not ways.sets:
        return "Not even loosening all of them leaves one: no known stack serves every part on that day."
    told = " or ".join(" together with ".join(names) for names in ways.sets[:_TOLD])
    more = len(ways.sets) - _TOLD
    rest = f" or one of {more} more sets of as many" if more > 0 else ""
    ended = "" if ways.complete else f" Other ways may be shorter; the search ended after {_MOST_TRIED} decisions."
    return f"Loosen {told}{rest}.{ended}"


def _facts(brief: Brief, sieve: Sieve) -> Iterator[str]:
    """Give a line for each reason, with all the frameworks and servers that it takes out."""
    empty = {part.name for part, options in zip(brief.parts, sieve.options, strict=True) if not options} | {EVERYWHERE}
    found: dict[tuple[str, str], dict[str, None]] = {}
    for row in sieve.screened_out:
        if row.part in empty and row.constraint != "started by a generated project":
            fact = "" if row.part == EVERYWHERE else f": {row.fact} ({row.source}, {row.date})"
            found.setdefault((row.part, f"out by {row.constraint}{fact}"), {})[_stack(row.stack)] = None
    for (part, words), stacks in found.items():
        yield f"{part}: {', '.join(stacks)} {'are' if len(stacks) > 1 else 'is'} {words}."


def _stack(text: str) -> str:
    """Shorten ``flask + flask-sock (wsgi)`` to the framework and its interface."""
    framework, _, rest = text.partition(" ")
    return f"{framework} {rest[rest.rindex('(') :]}" if rest else framework
