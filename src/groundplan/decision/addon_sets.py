"""The smallest sets of add-ons that bring what a framework lacks: an exact search that cuts off whatever is already too large."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field

from groundplan.catalogue.model import Addon, Catalogue, Provision
from groundplan.records import dataclass

__all__ = ["addon_sets", "subjects", "without_doubles"]


def addon_sets(own: dict[str, Provision], wanted: tuple[str, ...], addons: list[Addon]) -> list[tuple[Addon, ...]]:
    """Give all smallest sets of add-ons that bring every wanted capability somebody can bring, in catalogue order.

    own: what is there without add-ons. An add-on brings the add-ons it cannot be without.
    """
    by_name = {addon.name: addon for addon in addons}
    usable = [addon for addon in addons if _complete(addon, by_name)]
    lacking = [name for name in wanted if _lacks(own, name) and any(name in addon.provisions for addon in usable)]
    search = _Search([_Step.of(addon, by_name, lacking) for addon in usable])
    search.cover(frozenset(lacking), frozenset())
    order = {addon.name: index for index, addon in enumerate(addons)}
    kept = sorted(sorted(order[name] for name in names) for names in search.found)
    return [tuple(addons[index] for index in indices) for indices in kept]


def without_doubles(addons: Sequence[Addon], told: AbstractSet[str]) -> list[Addon]:
    """Leave out an add-on that nothing known tells from an earlier one: same capabilities, makers and kind, no fact about either.

    Such a pair has equal values, and of equal stacks the earlier in the catalogue is taken anyway; but each pair would double the
    stacks to look at. told: subjects that something is known about, as ``subjects`` gives them.
    """
    told = told | {name for addon in addons for name in addon.needs}
    first: dict[tuple[object, ...], Addon] = {}
    for addon in addons:
        first.setdefault((addon.name,) if addon.name in told or addon.skills else _kind(addon), addon)
    return list(first.values())


def subjects(catalogue: Catalogue) -> frozenset[str]:
    """Name everything that a fact or a measured figure of a catalogue is about."""
    found = {fact.subject for fact in catalogue.facts} | {row.subject for row in catalogue.sockets}
    return frozenset(found | {*catalogue.extras, *catalogue.installed})


def _kind(addon: Addon) -> tuple[object, ...]:
    """Give all that a decision can notice of an add-on without facts."""
    return addon.party, addon.style, addon.data_layer, addon.identity, addon.needs, addon.layers, frozenset(addon.provisions)


def _complete(addon: Addon, by_name: dict[str, Addon]) -> bool:
    return all(name in by_name and _complete(by_name[name], by_name) for name in addon.needs)


def _lacks(own: dict[str, Provision], capability: str) -> bool:
    provision = own.get(capability)
    return provision is not None and provision.party == "absent"


@dataclass(frozen=True, slots=True)
class _Step:
    """An add-on with all it cannot be without, and what they bring together of what is lacking."""

    names: frozenset[str]
    brings: frozenset[str]

    @staticmethod
    def of(addon: Addon, by_name: dict[str, Addon], lacking: Sequence[str]) -> "_Step":
        """Give the step that takes an add-on."""
        names = frozenset(_closure(addon, by_name))
        brought = frozenset(capability for name in names for capability in by_name[name].provisions)
        return _Step(names, brought & frozenset(lacking))


def _closure(addon: Addon, by_name: dict[str, Addon]) -> Iterator[str]:
    yield addon.name
    for name in addon.needs:
        yield from _closure(by_name[name], by_name)


@dataclass
class _Search:
    """All covers of the smallest size seen so far."""

    steps: list[_Step]
    found: set[frozenset[str]] = field(default_factory=set)
    size: float = float("inf")

    def cover(self, lacking: frozenset[str], chosen: frozenset[str]) -> None:
        """Look at every way to bring what is lacking, the capability with the fewest bringers first."""
        if len(chosen) + bool(lacking) > self.size:
            return
        if not lacking:
            self._keep(chosen)
            return
        first = min(sorted(lacking), key=lambda capability: len(self._bringing(capability)))
        for step in sorted(self._bringing(first), key=lambda step: -len(step.brings & lacking)):
            self.cover(lacking - step.brings, chosen | step.names)

    def _bringing(self, capability: str) -> list[_Step]:
        return [step for step in self.steps if capability in step.brings]

    def _keep(self, chosen: frozenset[str]) -> None:
        if len(chosen) < self.size:
            self.size = len(chosen)
            self.found.clear()
        self.found.add(chosen)
