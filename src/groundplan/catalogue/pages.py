"""What the files of frameworks and add-ons hold, and how it becomes statements about capabilities."""

from dataclasses import dataclass, field
from typing import Literal

from groundplan.catalogue.model import Addon, Framework, Provision
from groundplan.catalogue.words import Interface, Party, Style

__all__ = ["AddonPage", "FrameworkPage", "addon", "framework"]


@dataclass(frozen=True, slots=True)
class FrameworkPage:
    """One file of ``frameworks/``: capability -> path below ``docs``; absent: what it has not, by its documentation."""

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
    layers: tuple[str, ...] = ()
    data_layer: str = ""
    identity: str = ""
    reads_identity_of: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    core: dict[str, str] = field(default_factory=dict)
    core_asgi: dict[str, str] = field(default_factory=dict)
    first_party: dict[str, str] = field(default_factory=dict)
    runtime: dict[str, str] = field(default_factory=dict)
    keeps_code_of: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddonPage:
    """One entry of ``addons.toml``: capability -> path below ``docs``."""

    name: str
    title: str
    frameworks: tuple[str, ...]
    party: Literal["first-party", "third-party"]
    version: str
    released: str
    docs: str
    provides: dict[str, str]
    interfaces: tuple[Interface, ...] = ("wsgi", "asgi")
    needs: tuple[str, ...] = ()
    style: str = ""
    data_layer: str = ""
    identity: str = ""
    skills: dict[str, float] = field(default_factory=dict)


def framework(page: FrameworkPage, below: dict[str, FrameworkPage]) -> Framework:
    """Give the framework of a page, with what it has from the layers it stands on (its own word goes first)."""
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
        provisions={interface: _provisions(page, below, interface) for interface in page.interfaces},
    )


def _provisions(page: FrameworkPage, below: dict[str, FrameworkPage], interface: Interface) -> dict[str, Provision]:
    found: dict[str, Provision] = {}
    # A framework that lists what it has not speaks for itself; one that is silent has what its layers have.
    layers = [] if page.absent else [below[name] for name in page.layers if name in below]
    for source in (page, *layers):
        for provision in _own(source, interface):
            found.setdefault(provision.capability, provision)
    return found


def _own(page: FrameworkPage, interface: Interface) -> list[Provision]:
    groups: list[tuple[Party, dict[str, str]]] = [
        ("core", page.core),
        ("core", page.core_asgi if interface == "asgi" else {}),
        ("first_party", page.first_party),
        ("runtime", page.runtime),
        ("absent", dict.fromkeys((*page.absent, *(page.core_asgi if interface != "asgi" else ())), "")),
    ]
    return [
        Provision(capability, "runtime" if party == "runtime" else page.name, party, _address(page.docs, path), page.checked)
        for party, paths in groups
        for capability, path in paths.items()
    ]


def addon(page: AddonPage) -> Addon:
    """Give the add-on of a page."""
    party: Party = "first_party" if page.party == "first-party" else "third_party"
    return Addon(
        name=page.name,
        title=page.title,
        frameworks=page.frameworks,
        interfaces=page.interfaces,
        needs=page.needs,
        party=party,
        version=page.version,
        released=page.released,
        style=page.style,
        data_layer=page.data_layer,
        identity=page.identity,
        skills=page.skills,
        provisions={
            capability: Provision(
                capability, "runtime" if party == "runtime" else page.name, party, _address(page.docs, path), f"{page.released}-01"
            )
            for capability, path in page.provides.items()
        },
    )


def _address(docs: str, path: str) -> str:
    return path if path.startswith(("https://", "docs/")) else docs + path
