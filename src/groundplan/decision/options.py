"""The stacks a part could have: framework, interface and the smallest sets of add-ons that meet its needs."""

from collections.abc import Iterator

from groundplan.catalogue.model import Addon, Catalogue, Framework, Provision
from groundplan.catalogue.words import Interface
from groundplan.decision.addon_sets import addon_sets, subjects, without_doubles
from groundplan.decision.situation import PartView
from groundplan.records import dataclass

__all__ = ["Option", "Want", "addon_sets", "options", "wants"]

_WORKER = "worker"
_MOST = 3
"""Weight of what the team itself requires: the highest level of a need."""


@dataclass(frozen=True, slots=True)
class Want:
    """A capability that a part wants. weight: level of the need behind it. required: nothing goes without it."""

    capability: str
    because: str
    weight: int
    required: bool


@dataclass(frozen=True, slots=True)
class Option:
    """A framework with add-ons at an interface, for one part; the server comes with the topology.

    data_layer, identity: what this part adds to the product; empty when it needs none. borrows: sign-in system that
    another part must own. provisions: what is known about the wanted capabilities. worker: it shares the code base of a part that
    answers requests.
    """

    part: str
    framework: Framework
    addons: tuple[Addon, ...]
    interface: Interface
    style: str
    data_layer: str
    identity: str
    borrows: str
    provisions: dict[str, Provision]
    worker: bool = False

    def names(self) -> tuple[str, ...]:
        """Name framework and add-ons."""
        return (self.framework.name, *(addon.name for addon in self.addons))

    def mark(self) -> tuple[str, str, str, str, str, str]:
        """Give all that the rest of an architecture can notice of it."""
        return (self.framework.name, self.interface, self.style, self.data_layer, self.identity, self.borrows)

    def __str__(self) -> str:
        """Give the option as people write it."""
        return f"{' + '.join(self.names())} ({self.interface})"


def wants(part: PartView, catalogue: Catalogue) -> tuple[Want, ...]:
    """Give what a part wants, each capability once with its strongest reason, in order of the catalogue."""
    found: dict[str, Want] = {}
    unwanted = {one.line.capability for one in part.answered if one.line.unwanted}
    unwanted |= set(catalogue.in_requests) if part.kind == _WORKER else set()
    unwanted -= set(part.requires)
    for want in _all_wants(part, catalogue):
        known = found.get(want.capability)
        if want.capability in unwanted:
            continue
        if known is None or (want.required, want.weight) > (known.required, known.weight):
            found[want.capability] = want
    return tuple(found[capability] for capability in catalogue.capabilities if capability in found)


def _all_wants(part: PartView, catalogue: Catalogue) -> Iterator[Want]:
    for line in catalogue.need_lines:
        level = part.needs.get(line.need, 0)
        if level >= line.level:
            required = bool(line.required_at) and level >= line.required_at
            yield Want(line.capability, f"{line.need} = {level}: {line.reason}", level, required)
    for kind in catalogue.kind_lines:
        if kind.kind == part.kind and (not kind.need or part.needs.get(kind.need, 0) > 0):
            yield Want(kind.capability, f"kind {part.kind}: {kind.reason}", 1, required=False)
    for one in part.answered:
        if one.line.capability and not one.line.unwanted:
            required = bool(one.line.required_at) and one.weight >= one.line.required_at
            yield Want(one.line.capability, one.because, one.weight, required)
    for capability in part.requires:
        yield Want(capability, f"part {part.name} requires {capability}", _MOST, required=True)


def options(part: PartView, wanted: tuple[Want, ...], catalogue: Catalogue, forbidden: frozenset[str]) -> Iterator[Option]:
    """Give every smallest stack of every framework that is not forbidden, in order of the catalogue."""
    told = subjects(catalogue)
    for framework in catalogue.frameworks:
        if framework.name not in forbidden:
            for interface in framework.interfaces:
                addons = [addon for addon in catalogue.addons if _fits(addon, framework, interface) and addon.name not in forbidden]
                yield from _of(_Base(part, framework, interface), wanted, catalogue, without_doubles(addons, told))


def _fits(addon: Addon, framework: Framework, interface: Interface) -> bool:
    return framework.name in addon.frameworks and interface in addon.interfaces


@dataclass(frozen=True, slots=True)
class _Base:
    """What add-ons are added to."""

    part: PartView
    framework: Framework
    interface: Interface


def _of(base: _Base, wanted: tuple[Want, ...], catalogue: Catalogue, addons: list[Addon]) -> Iterator[Option]:
    for borrowed in _borrowings(base.framework, wanted, catalogue):
        lent = _lent(catalogue) if borrowed else {}
        own = {**base.framework.provisions[base.interface], **lent}
        for chosen in addon_sets(own, tuple(want.capability for want in wanted), addons):
            yield _option(base, chosen, own, borrowed)


def _borrowings(framework: Framework, wanted: tuple[Want, ...], catalogue: Catalogue) -> tuple[str, ...]:
    lendable = any(want.capability in catalogue.method.lent for want in wanted)
    return ("", *framework.reads_identity_of) if lendable else ("",)


def _lent(catalogue: Catalogue) -> dict[str, Provision]:
    method = catalogue.method
    return {capability: Provision(capability, "runtime", "runtime", method.lent_source, method.date) for capability in method.lent}


def _option(base: _Base, addons: tuple[Addon, ...], own: dict[str, Provision], borrowed: str) -> Option:
    part, framework = base.part, base.framework
    signs_in = part.needs.get("content_permissions", 0) > 0 and not borrowed
    keeps_data = part.needs.get("relational_data", 0) > 0
    return Option(
        part=part.name,
        framework=framework,
        addons=addons,
        interface=base.interface,
        style=_last((addon.style for addon in addons), framework.style),
        data_layer=_last((addon.data_layer for addon in addons), framework.data_layer) if keeps_data else "",
        identity=_last((addon.identity for addon in addons), framework.identity) if signs_in else "",
        borrows=borrowed,
        provisions=_with_addons(own, addons),
        worker=part.kind == _WORKER,
    )


def _with_addons(own: dict[str, Provision], addons: tuple[Addon, ...]) -> dict[str, Provision]:
    added = {capability: provision for addon in addons for capability, provision in addon.provisions.items()}
    return {**own, **{capability: provision for capability, provision in added.items() if _open(own, capability)}}


def _open(own: dict[str, Provision], capability: str) -> bool:
    return capability not in own or own[capability].party == "absent"


def _last(texts: Iterator[str], default: str) -> str:
    return [default, *(text for text in texts if text)][-1]
