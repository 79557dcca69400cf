"""What could be known on a day: nothing that came later, and nothing that had already gone."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, get_args

from groundplan.catalogue.model import Addon, Catalogue, Fact, Framework, Provision, Server
from groundplan.catalogue.words import Interface
from groundplan.errors import InputError, Problem

__all__ = ["dated", "stands"]


class _Lasting(Protocol):
    """Something with a first and a last day. since: ISO date, empty: as far back as anyone asks. until: empty: still there."""

    @property
    def since(self) -> str:
        """Give the first day."""

    @property
    def until(self) -> str:
        """Give the day on which it was no longer there."""


def stands(thing: _Lasting, day: str) -> bool:
    """Tell whether it was there on a day (ISO): from ``since`` on, up to and without ``until``."""
    return thing.since <= day and (not thing.until or day < thing.until)


def dated(catalogue: Catalogue, as_of: dt.date) -> Catalogue:
    """Give the catalogue as it could have stood on a day. Measured figures and surveys are known from their own date on.

    Raises InputError when there was no framework yet.
    """
    day = as_of.isoformat()
    frameworks = tuple(_framework(one, day) for one in catalogue.frameworks if stands(one, day))
    if not frameworks:
        raise _too_early(catalogue, day)
    there = replace(
        catalogue,
        frameworks=frameworks,
        addons=tuple(_addon(one, day) for one in catalogue.addons if stands(one, day)),
        servers=_servers(catalogue.servers, day),
        facts=_facts(catalogue.facts, day),
        # Parts borrow from each other through the runtime of a generated project.
        method=catalogue.method if catalogue.method.runtime_since <= day else replace(catalogue.method, lent=()),
    )
    return there if catalogue.measured is None or catalogue.measured.date <= day else _unmeasured(there)


def _too_early(catalogue: Catalogue, day: str) -> InputError:
    first = min(catalogue.frameworks, key=lambda one: (one.since, one.name))
    rule = f"lies before the first framework of the catalogue ({first.title}, {first.since})"
    return InputError(str(Problem("as_of", repr(day), rule, "choose a later day")))


def _framework(framework: Framework, day: str) -> Framework:
    provisions = {
        interface: {name: _provision(found, day) for name, found in held.items()}
        for interface, held in framework.provisions.items()
    }
    return replace(framework, provisions=provisions)


def _provision(provision: Provision, day: str) -> Provision:
    """Give who provides it on that day; where nobody does, that it is absent, by the page that dates it."""
    held: Provision | None = provision
    while held is not None:
        if stands(held, day):
            return held if held.otherwise is None else replace(held, otherwise=None)
        held = held.otherwise
    return replace(provision, party="absent", otherwise=None)


def _addon(addon: Addon, day: str) -> Addon:
    return replace(addon, provisions={name: found for name, found in addon.provisions.items() if stands(found, day)})


def _servers(servers: tuple[Server, ...], day: str) -> tuple[Server, ...]:
    """Give the servers of that day.

    Where none that a project starts today was there, the others of the day stand in; where there was none at all, today's stay:
    what called an application before them is not in the catalogue, and no figure is read from it.
    """
    there = tuple(server for server in servers if stands(server, day))
    for interface in get_args(Interface):
        there += () if any(interface in one.interfaces for one in there) else _serving(servers, interface, there)
        if not any(interface in one.runs for one in there):
            there = tuple(replace(one, runs=(*one.runs, interface)) if interface in one.interfaces else one for one in there)
    return there


def _serving(servers: tuple[Server, ...], interface: Interface, there: tuple[Server, ...]) -> tuple[Server, ...]:
    known = {server.name for server in there}
    return tuple(server for server in servers if interface in server.runs and server.name not in known)


def _facts(facts: Iterable[Fact], day: str) -> tuple[Fact, ...]:
    """Give the newest statement of each kind that was known, or has held since, in the order of the files."""
    newest: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        known = newest.get((fact.subject, fact.id))
        if _begins(fact) <= day and (known is None or (_begins(known), known.date) < (_begins(fact), fact.date)):
            newest[fact.subject, fact.id] = fact
    return tuple(newest.values())


def _begins(fact: Fact) -> str:
    return min(fact.date, fact.since) if fact.since else fact.date


def _unmeasured(catalogue: Catalogue) -> Catalogue:
    return replace(catalogue, requests=(), extras={}, bridge_us=0.0, sockets=(), installed={}, measured=None)
