"""The files of the catalogue as one value, checked against each other."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundplan.catalogue.auditing import expired, gaps, traced
from groundplan.catalogue.checking import check
from groundplan.catalogue.facts import FactPage, facts
from groundplan.catalogue.method import Method
from groundplan.catalogue.model import AnswerLine, Catalogue, Criterion, Fact, KindLine, NeedLine, Requests, Server, Sockets
from groundplan.catalogue.noted import noted, with_noted
from groundplan.catalogue.pages import AddonPage, FrameworkPage, addon, framework
from groundplan.catalogue.prices import Prices
from groundplan.catalogue.reading import build, read
from groundplan.catalogue.words import Grade, Workload
from groundplan.errors import CatalogueError, Problem
from groundplan.records import dataclass

if TYPE_CHECKING:  # at run time it would bring readers of archives along
    from importlib.resources.abc import Traversable

__all__ = ["audit", "load"]

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class _Capabilities:
    capability: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Needs:
    line: tuple[NeedLine, ...]
    kind_line: tuple[KindLine, ...] = ()
    answer_line: tuple[AnswerLine, ...] = ()
    in_requests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Criteria:
    criterion: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class _Servers:
    server: tuple[Server, ...]


@dataclass(frozen=True, slots=True)
class _Addons:
    addon: tuple[AddonPage, ...]


@dataclass(frozen=True, slots=True)
class _Extra:
    subject: str
    cpu_us: dict[Workload, float]


@dataclass(frozen=True, slots=True)
class _Bridge:
    cpu_us: float


@dataclass(frozen=True, slots=True)
class _Installed:
    subject: str
    mb: float


@dataclass(frozen=True, slots=True)
class _Measured:
    source: str
    where: str
    conditions: str
    date: str
    grade: Grade
    requests: tuple[Requests, ...]
    bridge: _Bridge
    extra: tuple[_Extra, ...] = ()
    sockets: tuple[Sockets, ...] = ()
    installed: tuple[_Installed, ...] = ()


Tables = dict[str, dict[str, Any]]
"""Place -> what a file of ``facts/`` holds."""


def load(folder: "Traversable | None" = None, told: Path | None = None) -> Catalogue:
    """Give the catalogue that ships with Groundplan, or the one in a folder of the same shape.

    told: file with what a package index told; decisions are taken without it, so that they are the same on every machine.
    Raises CatalogueError naming file and key when a file breaks its schema, or when files disagree.
    """
    shelf = _shelf(folder)
    catalogue = _assembled(shelf, _fact_tables(shelf / "facts"))
    return with_noted(catalogue, noted(told)) if told else catalogue


def audit(as_of: dt.date, folder: "Traversable | None" = None, told: Path | None = None) -> list[Problem]:
    """Give every problem of the files on a day: facts that cannot be traced, files that disagree, facts that have expired.

    told: as in ``load``.
    """
    shelf = _shelf(folder)
    tables = _fact_tables(shelf / "facts")
    found = [problem for place, table in tables.items() for problem in gaps(table, place)]
    try:
        catalogue = _assembled(shelf, {place: traced(table) for place, table in tables.items()})
        catalogue = with_noted(catalogue, noted(told)) if told else catalogue
    except CatalogueError as error:
        return [*found, *error.problems]
    return [*found, *expired(catalogue, as_of)]


def _shelf(folder: "Traversable | None") -> "Traversable":
    return folder if folder is not None else _DATA


def _assembled(shelf: "Traversable", tables: Tables) -> Catalogue:
    told = [build(FactPage, table, place) for place, table in tables.items()]
    catalogue = _assemble(shelf, told)
    check(catalogue, tuple(page.subject for page in told if page.layer))
    return catalogue


def _assemble(shelf: "Traversable", told: list[FactPage]) -> Catalogue:
    method = build(Method, read(shelf / "method.toml"), "method.toml")
    pages = {page.name: page for page in _pages(shelf / "frameworks", method.order)}
    needs = build(_Needs, read(shelf / "needs.toml"), "needs.toml")
    measured = build(_Measured, read(shelf / "measured.toml"), "measured.toml")
    return Catalogue(
        method=method,
        capabilities=build(_Capabilities, read(shelf / "capabilities.toml"), "capabilities.toml").capability,
        need_lines=needs.line,
        kind_lines=needs.kind_line,
        answer_lines=needs.answer_line,
        in_requests=needs.in_requests,
        criteria=build(_Criteria, read(shelf / "criteria.toml"), "criteria.toml").criterion,
        frameworks=tuple(framework(page, pages, method.runtime_since) for page in pages.values()),
        addons=tuple(addon(page, pages) for page in build(_Addons, read(shelf / "addons.toml"), "addons.toml").addon),
        servers=build(_Servers, read(shelf / "servers.toml"), "servers.toml").server,
        facts=tuple(fact for page in told for fact in facts(page)),
        prices=build(Prices, read(shelf / "costs.toml"), "costs.toml"),
        requests=measured.requests,
        extras={extra.subject: extra.cpu_us for extra in measured.extra},
        bridge_us=measured.bridge.cpu_us,
        sockets=measured.sockets,
        installed={row.subject: row.mb for row in measured.installed},
        measured=_run(measured),
    )


def _pages(folder: "Traversable", order: tuple[str, ...]) -> list[FrameworkPage]:
    """Give the pages in the stated order, further ones by name: the order breaks exact ties."""
    names = set(_names(folder))
    ordered = [name for name in order if name in names] + sorted(names - set(order))
    return [build(FrameworkPage, read(folder / f"{name}.toml"), f"frameworks/{name}.toml") for name in ordered]


def _fact_tables(folder: "Traversable") -> Tables:
    return {f"facts/{name}.toml": read(folder / f"{name}.toml") for name in sorted(_names(folder))}


def _names(folder: "Traversable") -> list[str]:
    return [file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")]


def _run(measured: _Measured) -> Fact:
    """Give the run itself as a fact: all measured figures share its source, date and conditions."""
    return Fact("prototypes", "run", "", "", measured.source, measured.where, measured.date, measured.grade, measured.conditions)
