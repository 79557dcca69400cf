"""The catalogue as a value: what frameworks, add-ons and servers can do, with source, date and grade for every statement."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import field
from typing import Literal, TypeVar

from groundplan.catalogue.method import Method
from groundplan.catalogue.prices import Prices
from groundplan.catalogue.words import Axis, Grade, Interface, Party, Question, Style, Workload
from groundplan.records import dataclass

__all__ = [
    "Addon",
    "AnswerLine",
    "Catalogue",
    "Criterion",
    "Driver",
    "Fact",
    "Framework",
    "KindLine",
    "NeedLine",
    "Provision",
    "Requests",
    "Server",
    "Sockets",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """A dated statement. value: a figure, a text, or an ISO date when the unit is ``date`` (empty: none is promised).

    source: who says so; where: address or place to look it up; date: ISO, of the statement. grade: A measured by us,
    B official text, C survey, third party or counted history, D judgement. conditions: under which a figure was taken.
    note: how the value comes about, where the source alone does not say it. since: ISO date from which the statement has held,
    where that is earlier than its date. expires: ISO date on which it is no longer to be relied on; empty: the method's age limit.
    """

    subject: str
    id: str
    value: float | str
    unit: str
    source: str
    where: str
    date: str
    grade: Grade
    conditions: str = ""
    note: str = ""
    since: str = ""
    expires: str = ""

    @property
    def number(self) -> float:
        """Give the figure. Raises TypeError when the fact is a text."""
        if isinstance(self.value, str):
            raise TypeError(f"{self.subject}.{self.id} is a text")
        return self.value


@dataclass(frozen=True, slots=True)
class Provision:
    """Who provides a capability, and where that is written. provider: framework, add-on or ``runtime``.

    date: when that was read. since, until: ISO dates between which it holds (``until`` excluded); empty: no such end.
    otherwise: who provides it outside of that time.
    """

    capability: str
    provider: str
    party: Party
    where: str
    date: str
    since: str = ""
    until: str = ""
    otherwise: "Provision | None" = None


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework. ``provisions`` holds everything known for an interface; what is missing there is unknown.

    style: ``threads`` when a request holds a thread, ``loop`` when it waits on an event loop.
    reads_identity_of: sign-in systems that the runtime lets it use. skills: skill in a brief -> how much of it counts here.
    keeps_code_of: other framework -> share of code written for it that can stay. since: ISO date of the first public release;
    until: of the day it was given up, if it was. templates: kinds of parts that a project can be built with on it.
    """

    name: str
    title: str
    tier: str
    summary: str
    version: str
    checked: str
    layers: tuple[str, ...]
    interfaces: tuple[Interface, ...]
    style: Style
    data_layer: str
    identity: str
    reads_identity_of: tuple[str, ...]
    skills: dict[str, float]
    keeps_code_of: dict[str, float]
    provisions: dict[Interface, dict[str, Provision]]
    since: str = ""
    until: str = ""
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Addon:
    """Something added to a framework. needs: add-ons it cannot be without. layers: what it stands on, whose risks are its own.

    style: empty keeps the framework's. skills: as of a framework, where people learn it like one; else empty. since, until: as of
    a framework.
    """

    name: str
    title: str
    frameworks: tuple[str, ...]
    interfaces: tuple[Interface, ...]
    needs: tuple[str, ...]
    party: Party
    version: str
    released: str
    style: str
    data_layer: str
    identity: str
    skills: dict[str, float]
    provisions: dict[str, Provision]
    since: str = ""
    until: str = ""
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Server:
    """A program that calls the application. runs: interfaces for which a project starts it; bridges: by an adapter.

    since, until: as of a framework. packaged: whether it is a package of its own.
    """

    name: str
    title: str
    interfaces: tuple[Interface, ...]
    source: str
    date: str
    reason: str
    runs: tuple[Interface, ...] = ()
    bridges: tuple[Interface, ...] = ()
    since: str = ""
    until: str = ""
    packaged: bool = True


@dataclass(frozen=True, slots=True)
class NeedLine:
    """From this level of a need on, a capability is wanted; from ``required_at`` on nothing goes without it."""

    need: str
    level: int
    capability: str
    reason: str
    required_at: int = 0


@dataclass(frozen=True, slots=True)
class KindLine:
    """A capability that every part of a kind wants. need: only where this need is raised at all; empty: always."""

    kind: str
    capability: str
    reason: str
    need: str = ""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What an answer about the whole product means for its parts.

    given: answers for which it holds. kinds: it concerns the parts of the first of these kinds that the product has; empty: all.
    A line says one of: a need of theirs stands at `level` at least; they want a capability with that weight (no level: the
    answer itself is the weight), required from `required_at` on; they do not want it, whatever else says so; one process
    holds the product.
    """

    question: str
    given: tuple[int | str, ...]
    reason: str
    kinds: tuple[str, ...] = ()
    need: str = ""
    capability: str = ""
    level: int = 0
    required_at: int = 0
    unwanted: bool = False
    one_process: bool = False

    def weight(self, answer: int | str) -> int:
        """Give the level or weight that an answer stands for."""
        return self.level or (answer if isinstance(answer, int) else 1)


@dataclass(frozen=True, slots=True)
class Driver:
    """How much a criterion counts at level 0, 1, 2 and 3 of a need, averaged over the parts by share."""

    need: str
    factors: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something valued: value 0 at ``worst`` and 1 at ``best``, both in ``unit``, straight or logarithmic between.

    when: the question a brief must raise for the criterion to count; None: every brief does. reads: name of the reading, where
    it is not that of the criterion.
    """

    id: str
    axis: Axis
    title: str
    unit: str
    worst: float
    best: float
    curve: Literal["linear", "log"]
    aggregate: Literal["share", "weakest", "whole"]
    points: float
    worst_text: str
    best_text: str
    source: str
    when: Question | None = None
    reads: str = ""
    driver: Driver | None = None

    @property
    def reading(self) -> str:
        """Name what is read for it."""
        return self.reads or self.id


@dataclass(frozen=True, slots=True)
class Requests:
    """Measured cost of requests. cpu_us: workload -> processor microseconds per request. rss_mb: memory after load."""

    subject: str
    server: str
    interface: Interface
    cpu_us: dict[Workload, float]
    rss_mb: float


@dataclass(frozen=True, slots=True)
class Sockets:
    """Measured cost of open sockets; deliveries_per_second is None where it was not measured."""

    subject: str
    server: str
    kb_per_connection: float
    deliveries_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that is known about the choices, in the order of the files, which breaks exact ties."""

    method: Method
    capabilities: dict[str, str]
    need_lines: tuple[NeedLine, ...]
    kind_lines: tuple[KindLine, ...]
    criteria: tuple[Criterion, ...]
    frameworks: tuple[Framework, ...]
    addons: tuple[Addon, ...]
    servers: tuple[Server, ...]
    facts: tuple[Fact, ...]
    prices: Prices
    requests: tuple[Requests, ...] = ()
    extras: dict[str, dict[Workload, float]] = field(default_factory=dict)
    bridge_us: float = 0.0
    sockets: tuple[Sockets, ...] = ()
    installed: dict[str, float] = field(default_factory=dict)
    measured: Fact | None = None
    answer_lines: tuple[AnswerLine, ...] = ()
    in_requests: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Name the state of the catalogue."""
        return self.method.version

    def at(self, as_of: dt.date) -> "Catalogue":
        """Give what could be known on a day. Raises InputError when there was no framework yet."""
        from groundplan.catalogue.validity import dated  # noqa: PLC0415  # it is written in terms of this module

        return dated(self, as_of)

    def framework(self, name: str) -> Framework:
        """Give the framework of that name. Raises KeyError when there is none."""
        return _named(self.frameworks, name)

    def addon(self, name: str) -> Addon:
        """Give the add-on of that name. Raises KeyError when there is none."""
        return _named(self.addons, name)

    def family(self, name: str) -> Iterator[str]:
        """Give a subject and the layers it stands on, nearest first."""
        yield name
        pieces: tuple[Framework | Addon, ...] = (*self.frameworks, *self.addons)
        yield from next((piece.layers for piece in pieces if piece.name == name), ())


_Thing = TypeVar("_Thing", Framework, Addon)


def _named(things: tuple[_Thing, ...], name: str) -> _Thing:
    for thing in things:
        if thing.name == name:
            return thing
    raise KeyError(name)
