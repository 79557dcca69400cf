"""What there is to tell of the catalogue: rows and pages as plain values, which text and JSON both show."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from groundplan.catalogue.model import Addon, Catalogue, Fact, Framework, Provision, Server
from groundplan.catalogue.words import Interface

__all__ = ["GROUPS", "Page", "Row", "page", "rows", "subjects"]

GROUPS = ("frameworks", "add-ons", "servers", "capabilities")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. since: ISO date, empty: unknown. holds: what it serves or brings, in a few words."""

    group: str
    name: str
    title: str
    version: str
    since: str
    holds: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything about one name. told: key -> value in words. provisions: interface -> what is known of capabilities there.

    by: for a capability, who has it: name -> core, first-party, third-party, runtime or none. wanted: the lines that want it.
    """

    group: str
    name: str
    title: str
    told: dict[str, str] = field(default_factory=dict)
    provisions: dict[str, list[Provision]] = field(default_factory=dict)
    by: dict[str, str] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """Give it as values that JSON can hold."""
        return asdict(self)


def rows(catalogue: Catalogue, groups: tuple[str, ...] = GROUPS) -> list[Row]:
    """Give a row for each entry of the groups, in order of the catalogue."""
    every = (*map(_framework_row, catalogue.frameworks), *map(_addon_row, catalogue.addons), *map(_server_row, catalogue.servers))
    words = (_capability_row(catalogue, name) for name in catalogue.capabilities)
    return [row for row in (*every, *words) if row.group in groups]


def _framework_row(one: Framework) -> Row:
    return Row("frameworks", one.name, one.title, one.version, one.since, f"{one.tier}; {_called(one.interfaces)}")


def _addon_row(one: Addon) -> Row:
    return Row("add-ons", one.name, one.title, one.version, one.since, ", ".join(one.provisions))


def _server_row(one: Server) -> Row:
    return Row("servers", one.name, one.title, "", one.since, _called(one.interfaces))


def _capability_row(catalogue: Catalogue, name: str) -> Row:
    having = sum(_party(framework, name) not in {"none", "unknown"} for framework in catalogue.frameworks)
    return Row("capabilities", name, catalogue.capabilities[name], "", "", f"{having} frameworks have it")


_CALLED: dict[Interface, str] = {"wsgi": "WSGI", "asgi": "ASGI", "own": "own server"}


def _called(interfaces: tuple[Interface, ...]) -> str:
    return " and ".join(_CALLED[interface] for interface in interfaces)


def subjects(catalogue: Catalogue) -> list[str]:
    """Name everything that has a page."""
    layers = [fact.subject for fact in catalogue.facts]
    named = [row.name for row in rows(catalogue)]
    return list(dict.fromkeys([*named, *layers]))


def page(catalogue: Catalogue, name: str) -> Page:
    """Give the page of a name. Raises KeyError when the catalogue has none such."""
    facts = [fact for subject in catalogue.family(name) for fact in catalogue.facts if fact.subject == subject]
    for framework in catalogue.frameworks:
        if framework.name == name:
            return _of_framework(framework, facts)
    for addon in catalogue.addons:
        if addon.name == name:
            return _of_addon(addon, facts)
    for server in catalogue.servers:
        if server.name == name:
            return _of_server(server, facts)
    if name in catalogue.capabilities:
        return _of_capability(catalogue, name)
    if facts:
        return Page("layers", name, name, facts=facts)
    raise KeyError(name)


def _of_framework(framework: Framework, facts: list[Fact]) -> Page:
    told = {
        "what": framework.summary,
        "version": framework.version,
        "since": framework.since,
        "called by": _called(framework.interfaces),
        "stands on": ", ".join(framework.layers),
        "data layer": framework.data_layer,
        "sign-in": framework.identity,
    }
    provisions: dict[str, list[Provision]] = {interface: list(held.values()) for interface, held in framework.provisions.items()}
    return Page("frameworks", framework.name, framework.title, _said(told), provisions, facts=facts)


def _of_addon(addon: Addon, facts: list[Fact]) -> Page:
    told = {
        "for": ", ".join(addon.frameworks),
        "kept by": "the framework's own people" if addon.party == "first_party" else "others",
        "version": f"{addon.version} ({addon.released})",
        "since": addon.since,
        "needs": ", ".join(addon.needs),
        "stands on": ", ".join(addon.layers),
        "data layer": addon.data_layer,
        "sign-in": addon.identity,
    }
    return Page("add-ons", addon.name, addon.title, _said(told), {"brings": list(addon.provisions.values())}, facts=facts)


def _of_server(server: Server, facts: list[Fact]) -> Page:
    told = {
        "calls": _called(server.interfaces),
        "started for": _called(server.runs) or "nothing",
        "why": server.reason,
        "since": server.since,
        "source": f"{server.source}, {server.date}",
    }
    return Page("servers", server.name, server.title, _said(told), facts=facts)


def _said(told: dict[str, str]) -> dict[str, str]:
    return {key: words for key, words in told.items() if words}


def _of_capability(catalogue: Catalogue, name: str) -> Page:
    by = {framework.name: _party(framework, name) for framework in catalogue.frameworks}
    addons = {addon.name: f"for {', '.join(addon.frameworks)}" for addon in catalogue.addons if name in addon.provisions}
    return Page("capabilities", name, catalogue.capabilities[name], by=by | addons, wanted=list(_wanted(catalogue, name)))


def _party(framework: Framework, capability: str) -> str:
    """Say who provides it at the interface where it is best provided."""
    known = [held[capability].party for held in framework.provisions.values() if capability in held]
    found = next((party for party in known if party != "absent"), "absent" if known else "unknown")
    return {"absent": "none"}.get(found, found.replace("_", "-"))


def _wanted(catalogue: Catalogue, name: str) -> Iterator[str]:
    for line in catalogue.need_lines:
        if line.capability == name:
            required = f", required from {line.required_at}" if line.required_at else ""
            yield f"{line.need} from level {line.level}{required}: {line.reason}"
    for kind in catalogue.kind_lines:
        if kind.capability == name:
            yield f"every {kind.kind} part: {kind.reason}"
    for answer in catalogue.answer_lines:
        if answer.capability == name:
            given = " or ".join(map(str, answer.given))
            yield f"{answer.question} = {given}{', not wanted' if answer.unwanted else ''}: {answer.reason}"
