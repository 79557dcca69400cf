"""What is read on the whole architecture: extra structure, calm event loops, and how much hangs on one process."""

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import cast

from groundplan.catalogue.model import Fact
from groundplan.catalogue.words import Interface
from groundplan.decision.answers import one_process
from groundplan.decision.lines import along
from groundplan.decision.options import Option
from groundplan.decision.readings import Reading
from groundplan.decision.situation import Situation
from groundplan.records import dataclass

__all__ = [
    "LOOKS",
    "WHOLE_FIGURES",
    "WHOLE_READINGS",
    "Layout",
    "Piece",
    "layouts",
    "process_of",
    "processes",
    "server_of",
    "together",
]


@dataclass(frozen=True, slots=True)
class Layout:
    """A topology with its servers: what an option needs to be read in its place.

    interfaces: those that parts may have. each: whether every one of them must occur. servers: interface -> server.
    """

    topology: str
    interfaces: tuple[Interface, ...]
    each: bool
    servers: dict[Interface, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """An option as a piece of the whole. share: of the product's work. busy: threads its requests keep busy on average."""

    option: Option
    share: float
    busy: float

    def stranger(self) -> "Piece":
        """Give a piece that differs in nothing but the framework: the least that one more framework costs."""
        framework = replace(self.option.framework, name="")
        return Piece(replace(self.option, framework=framework, data_layer="", identity=""), 0.0, 0.0)


def layouts(situation: Situation, servers: dict[Interface, tuple[str, ...]]) -> list[Layout]:
    """Give every sensible topology: one process, one for each interface, one for each part."""
    found: list[Layout] = []
    for chosen in product(*(servers[interface] or ("",) for interface in servers)):
        usable: dict[Interface, str] = {interface: name for interface, name in zip(servers, chosen, strict=True) if name}
        found += _of(len(situation.parts), usable)
    alone = one_process(situation.brief, situation.catalogue)
    return [layout for layout in found if layout.topology == "together" or not alone]


def _of(parts: int, servers: dict[Interface, str]) -> list[Layout]:
    single = [Layout("together", (interface,), each=False, servers=servers) for interface in servers]
    if parts == 1:
        return single
    apart = Layout("apart", tuple(servers), each=False, servers=servers)
    split = [Layout("split", mix, each=True, servers=servers) for size in (2, 3) for mix in combinations(servers, size)]
    return [*single, *_bridged(servers), *split, apart]


def _bridged(servers: dict[Interface, str]) -> Iterator[Layout]:
    """Give the one process that holds WSGI and ASGI parts; a framework with its own server shares none with others."""
    if "wsgi" in servers and "asgi" in servers:
        bridging: dict[Interface, str] = {"wsgi": servers["asgi"], "asgi": servers["asgi"]}
        yield Layout("together", ("wsgi", "asgi"), each=True, servers=bridging)


def server_of(option: Option, layout: Layout) -> str:
    """Name the server that calls an option in a layout."""
    return layout.servers[option.interface]


_SHARED: dict[Interface, str] = {"wsgi": "sync", "asgi": "async"}
"""Interface -> process that its parts share where the product is split; one with its own server has the framework's name."""


def processes(options: Sequence[Option], layout: Layout) -> dict[str, tuple[str, ...]]:
    """Give process -> parts."""
    split = layout.topology == "split"
    found: dict[str, list[str]] = {_SHARED[one]: [] for one in layout.interfaces if one in _SHARED} if split else {}
    for option in options:
        found.setdefault(process_of(option, layout), []).append(option.part)
    return {name: tuple(parts) for name, parts in found.items()}


def process_of(option: Option, layout: Layout) -> str:
    """Name the process that an option's part is in."""
    if layout.topology == "apart":
        return option.part
    if layout.topology == "together":
        return "all"
    return _SHARED.get(option.interface, option.framework.name)


def _groups(pieces: Sequence[Piece], layout: Layout) -> dict[str, list[Piece]]:
    found: dict[str, list[Piece]] = {}
    for piece in pieces:
        found.setdefault(process_of(piece.option, layout), []).append(piece)
    return found


def _simplicity(pieces: Sequence[Piece], layout: Layout, situation: Situation) -> float:
    """Give the percentage of what the team can carry that extra structure takes. Rises with every piece."""
    return 100 * _units(_counts(pieces, layout, situation), situation) / situation.units


def _units(counts: dict[str, int], situation: Situation) -> float:
    complexity = situation.catalogue.method.complexity
    return sum(number * float(getattr(complexity, name)) for name, number in counts.items())


def _counts(pieces: Sequence[Piece], layout: Layout, situation: Situation) -> dict[str, int]:
    return {
        "framework": len({piece.option.framework.name for piece in pieces}) - 1,
        "process": max(0, _count(layout, situation) - max(1, situation.brief.team.teams)),
        "data_layer": _extra({*_data_layers(pieces), *(part.existing.data_layer for part in situation.parts)}),
        "identity": _extra({piece.option.identity for piece in pieces}),
        "mixed_styles": len({piece.option.style for piece in pieces}) - 1,
    }


def _data_layers(pieces: Sequence[Piece]) -> set[str]:
    return {piece.option.data_layer for piece in pieces}


def _count(layout: Layout, situation: Situation) -> int:
    """Count the processes there will be when every part has its stack."""
    return {"together": 1, "split": len(layout.interfaces)}.get(layout.topology, len(situation.parts))


def _extra(names: set[str]) -> int:
    return max(0, len(names - {""}) - 1)


_WORDS = {
    "framework": ("one more framework", "{} more frameworks"),
    "process": ("one more process", "{} more processes"),
    "data_layer": ("a second data layer", "{} more data layers"),
    "identity": ("a second sign-in system", "{} more sign-in systems"),
    "mixed_styles": ("threads and event loop side by side", "threads and event loop side by side"),
}


def _read_simplicity(pieces: Sequence[Piece], layout: Layout, situation: Situation) -> Reading:
    counts = _counts(pieces, layout, situation)
    words = ", ".join(_WORDS[name][number > 1].format(number) for name, number in counts.items() if number) or "no extra structure"
    load = _units(counts, situation)
    share = _simplicity(pieces, layout, situation)
    carried = f"{words}: {load:g} of the {situation.units:g} units that the team can carry, {share:.3g} %"
    return Reading(share, carried)


def _isolation(pieces: Sequence[Piece], layout: Layout, situation: Situation) -> float:
    """Give the p99 in ms that busy threads force on an event loop in their process, at today's load; the worst one counts."""
    isolation = situation.catalogue.method.isolation
    mixed = [group for group in _groups(pieces, layout).values() if len({piece.option.style for piece in group}) > 1]
    return max((_lifted(isolation.busy_threads, sum(piece.busy for piece in group)) for group in mixed), default=isolation.alone_ms)


def _lifted(points: Sequence[tuple[float, float]], busy: float) -> float:
    """Give the p99 at a number of busy threads, on straight lines between points in both logarithms, flat outside."""
    logs = tuple((math.log(threads), math.log(milliseconds)) for threads, milliseconds in points)
    return math.exp(along(logs, math.log(max(busy, points[0][0]))))


def _read_isolation(pieces: Sequence[Piece], layout: Layout, situation: Situation) -> Reading:
    isolation = situation.catalogue.method.isolation
    figure = _isolation(pieces, layout, situation)
    mixed = any(len({piece.option.style for piece in group}) > 1 for group in _groups(pieces, layout).values())
    words = (
        "busy threads lift the p99 of the event loop in their process to"
        if mixed
        else "no busy thread beside an event loop: p99 of"
    )
    fact = Fact("method", "isolation", round(figure, 1), "ms", isolation.source, "method.toml", isolation.date, isolation.grade)
    return Reading(figure, f"{words} {figure:.3g} ms", (fact,))


def _spread(pieces: Sequence[Piece], layout: Layout, situation: Situation) -> float:
    """Give the percentage of the product's work that the busiest process will carry at least."""
    if layout.topology == "together":
        return 100.0
    if layout.topology == "apart":
        return 100 * max(part.share for part in situation.parts)
    return 100 * max(sum(piece.share for piece in group) for group in _groups(pieces, layout).values())


def _read_spread(pieces: Sequence[Piece], layout: Layout, situation: Situation) -> Reading:
    figure = _spread(pieces, layout, situation)
    return Reading(figure, f"the busiest process carries {figure:.0f} % of the work")


Figures = Callable[[Sequence[Piece], Layout, Situation], float]
Readings = Callable[[Sequence[Piece], Layout, Situation], Reading]

WHOLE_FIGURES: dict[str, Figures] = {"simplicity": _simplicity, "isolation": _isolation, "spread": _spread}
"""Criterion -> its figure on the pieces so far; a worse figure can only come by adding pieces."""

WHOLE_READINGS: dict[str, Readings] = {"simplicity": _read_simplicity, "isolation": _read_isolation, "spread": _read_spread}
"""The same with words and facts."""


def _place_in(piece: Piece) -> Hashable:
    """Give what decides which parts share a process with it."""
    option = piece.option
    return option.interface, option.framework.name if option.interface == "own" else ""


def _lending(piece: Piece) -> Hashable:
    """Give what decides whether it has its place, and whether what it borrows is lent."""
    option = piece.option
    return _place_in(piece), option.borrows, "" if option.borrows else option.framework.identity


LOOKS: dict[str, Callable[[Piece], Hashable]] = {
    "simplicity": lambda piece: (
        piece.option.framework.name,
        piece.option.data_layer,
        piece.option.identity,
        piece.option.style,
    ),
    "isolation": lambda piece: (_place_in(piece), piece.option.style, piece.busy),
    "spread": _place_in,
    "stands": _lending,
    "stands beside workers": lambda piece: (_lending(piece), piece.option.framework.name, piece.option.worker),
}
"""Criterion of the whole (or whether it stands) -> what it can notice of a part."""


def together(looks: Sequence[Hashable], criterion: str) -> Hashable:
    """Give what a criterion of the whole can notice of pieces beside each other. looks: what it notices of each."""
    if criterion != "simplicity":
        return tuple(looks)
    frameworks, *others = map(frozenset, zip(*cast("Sequence[tuple[str, ...]]", looks), strict=True))
    return len(frameworks), *others
