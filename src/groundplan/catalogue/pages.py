"""What the files of frameworks and add-ons hold, and how it becomes statements about capabilities."""

from collections.abc import Iterable
from dataclasses import field, replace
from typing import Literal

from groundplan.catalogue.model import Addon, Framework, Provision
from groundplan.catalogue.words import Interface, Party, Style
from groundplan.records import dataclass

__all__ = ["AddonPage", "FrameworkPage", "Place", "addon", "framework"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a capability is written, and between which ISO dates it holds (``until`` excluded); empty: no such end."""

    at: str
    since: str = ""
    until: str = ""


Places = dict[str, str | Place]
"""Capability -> path below ``docs``, alone or with its dates."""


@dataclass(frozen=True, slots=True)
class FrameworkPage:
    """One file of ``frameworks/``. absent: what it has not, by its documentation. since, until: of the framework itself."""

    name: str
    title: str
    tier: str
    summary: str
    version: str
    docs: str
    checked: str
    interfaces: tuple[Interface, ...]
    style: Style
    skills: dict[str, float]
    since: str = ""
    until: str = ""
    layers: tuple[str, ...] = ()
    data_layer: str = ""
    identity: str = ""
    reads_identity_of: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    core: Places = field(default_factory=dict)
    core_asgi: Places = field(default_factory=dict)
    first_party: Places = field(default_factory=dict)
    runtime: Places = field(default_factory=dict)
    keeps_code_of: dict[str, float] = field(default_factory=dict)
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddonPage:
    """One entry of ``addons.toml``. frameworks: ``*`` stands for all but those of `not_for`. released: month of ``version``.

    since, until: of the add-on itself.
    """

    name: str
    title: str
    frameworks: tuple[str, ...]
    party: Literal["first-party", "third-party"]
    version: str
    released: str
    docs: str
    provides: Places
    since: str = ""
    until: str = ""
    interfaces: tuple[Interface, ...] = ("wsgi", "asgi", "own")
    not_for: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    style: str = ""
    data_layer: str = ""
    identity: str = ""
    skills: dict[str, float] = field(default_factory=dict)


def framework(page: FrameworkPage, below: dict[str, FrameworkPage], runtime_since: str) -> Framework:
    """Give the framework of a page, with what it has from the layers it stands on (its own word goes first).

    runtime_since: ISO date from which the runtime of generated projects can be had.
    """
    return Framework(
        name=page.name,
        title=page.title,
        tier=page.tier,
        summary=page.summary,
        version=page.version,
        checked=page.checked,
        layers=page.layers,
        interfaces=page.interfaces,
        style=page.style,
        data_layer=page.data_layer,
        identity=page.identity,
        reads_identity_of=page.reads_identity_of,
        skills=page.skills,
        keeps_code_of=page.keeps_code_of,
        provisions={interface: _provisions(page, below, interface, runtime_since) for interface in page.interfaces},
        since=page.since,
        until=page.until,
        templates=page.templates,
    )


def _provisions(
    page: FrameworkPage, below: dict[str, FrameworkPage], interface: Interface, runtime_since: str
) -> dict[str, Provision]:
    found: dict[str, list[Provision]] = {}
    # A framework that lists what it has not speaks for itself; one that is silent has what its layers have.
    layers = [] if page.absent else [below[name] for name in page.layers if name in below]
    for source in (page, *layers):
        for provision in _own(source, interface, runtime_since):
            found.setdefault(provision.capability, []).append(provision)
    return {capability: _chained(held) for capability, held in found.items()}


def _chained(held: list[Provision]) -> Provision:
    """Give the first, with the next one standing in outside of its time, and so on."""
    first, *others = held
    return replace(first, otherwise=_chained(others)) if others and (first.since or first.until) else first


def _own(page: FrameworkPage, interface: Interface, runtime_since: str) -> list[Provision]:
    groups: list[tuple[Party, Iterable[tuple[str, str | Place]]]] = [
        ("core", page.core.items()),
        ("core", page.core_asgi.items() if interface == "asgi" else ()),
        ("first_party", page.first_party.items()),
        ("runtime", page.runtime.items()),
        ("absent", ((name, "") for name in (*page.absent, *(page.core_asgi if interface != "asgi" else ())))),
    ]
    held = [_provision(page, capability, party, place, page.checked) for party, places in groups for capability, place in places]
    return [_of_runtime(found, runtime_since) if found.party == "runtime" else found for found in held]


def _provision(page: FrameworkPage | AddonPage, capability: str, party: Party, place: str | Place, read_on: str) -> Provision:
    told = place if isinstance(place, Place) else Place(place)
    return Provision(capability, page.name, party, _address(page.docs, told.at), read_on, told.since, told.until)


def _of_runtime(provision: Provision, since: str) -> Provision:
    return replace(provision, provider="runtime", since=max(provision.since, since))


def addon(page: AddonPage, frameworks: Iterable[str]) -> Addon:
    """Give the add-on of a page. frameworks: all there are, which ``*`` stands for."""
    party: Party = "first_party" if page.party == "first-party" else "third_party"
    read_on = f"{page.released}-01"
    return Addon(
        name=page.name,
        title=page.title,
        frameworks=_meant(page, frameworks),
        interfaces=page.interfaces,
        needs=page.needs,
        layers=page.layers,
        party=party,
        version=page.version,
        released=page.released,
        style=page.style,
        data_layer=page.data_layer,
        identity=page.identity,
        skills=page.skills,
        provisions={name: _provision(page, name, party, place, read_on) for name, place in page.provides.items()},
        since=page.since,
        until=page.until,
    )


def _meant(page: AddonPage, frameworks: Iterable[str]) -> tuple[str, ...]:
    named = tuple(frameworks) if page.frameworks == ("*",) else page.frameworks
    return tuple(name for name in named if name not in page.not_for)


def _address(docs: str, path: str) -> str:
    return path if path.startswith(("https://", "docs/")) else docs + path
