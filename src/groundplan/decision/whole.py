"""What is read on the whole architecture: extra structure, and how calm its event loops stay."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from groundplan.catalogue.model import Fact, Interface
from groundplan.decision import costs
from groundplan.decision.lines import along
from groundplan.decision.options import Option
from groundplan.decision.readings import Reading
from groundplan.decision.situation import PartView, Situation

__all__ = ["Layout", "layouts", "processes", "read_isolation", "read_simplicity", "read_spread", "server_of"]


@dataclass(frozen=True, slots=True)
class Layout:
    """A topology with its servers: what an option needs to be read in its place.

    interfaces: those that parts may have. both: whether both must occur. servers: interface -> server.
    """

    topology: str
    interfaces: tuple[Interface, ...]
    both: bool
    servers: dict[Interface, str]


def layouts(situation: Situation, servers: dict[Interface, tuple[str, ...]]) -> list[Layout]:
    """Give every sensible topology: one process, one for each interface, one for each part."""
    found: list[Layout] = []
    for wsgi in servers["wsgi"] or ("",):
        for asgi in servers["asgi"] or ("",):
            own: dict[Interface, str] = {"wsgi": wsgi, "asgi": asgi}
            found += _of(len(situation.parts), own)
    return found


def _of(parts: int, servers: dict[Interface, str]) -> list[Layout]:
    single = [Layout("together", (interface,), both=False, servers=servers) for interface in servers if servers[interface]]
    if parts == 1:
        return single
    apart = Layout("apart", tuple(interface for interface in servers if servers[interface]), both=False, servers=servers)
    if not all(servers.values()):
        return [*single, apart]
    mixed: dict[Interface, str] = {"wsgi": servers["asgi"], "asgi": servers["asgi"]}
    together = Layout("together", ("wsgi", "asgi"), both=True, servers=mixed)
    return [*single, together, Layout("split", ("wsgi", "asgi"), both=True, servers=servers), apart]


def server_of(option: Option, layout: Layout) -> str:
    """Name the server that calls an option in a layout."""
    return layout.servers[option.interface]


def processes(options: Sequence[Option], layout: Layout) -> dict[str, tuple[str, ...]]:
    """Give process -> parts."""
    if layout.topology == "apart":
        return {option.part: (option.part,) for option in options}
    if layout.topology == "together":
        return {"all": tuple(option.part for option in options)}
    groups = {"sync": "wsgi", "async": "asgi"}
    found = {name: tuple(option.part for option in options if option.interface == interface) for name, interface in groups.items()}
    return {name: parts for name, parts in found.items() if parts}


def read_simplicity(options: Sequence[Option], layout: Layout, situation: Situation) -> Reading:
    """Read the share of what the team can carry that extra structure takes. Rises with every option added."""
    counts = _counts(options, layout, situation)
    complexity = situation.catalogue.method.complexity
    units = sum(number * getattr(complexity, name) for name, number in counts.items())
    named = ", ".join(f"{_count_words(name, number)}" for name, number in counts.items() if number) or "no extra structure"
    return Reading(100 * units / situation.units, f"{named}: {units:g} units of the {situation.units:g} the team can carry")


def _counts(options: Sequence[Option], layout: Layout, situation: Situation) -> dict[str, int]:
    frameworks = dict.fromkeys(option.framework.name for option in options)
    run = len(processes(options, layout))
    free = max(1, situation.brief.team.teams)
    return {
        "framework": len(frameworks) - 1,
        "process": max(0, run - free),
        "data_layer": _extra({option.data_layer for option in options}),
        "identity": _extra({option.identity for option in options}),
        "mixed_styles": len({option.style for option in options}) - 1,
        "not_shipped": _not_shipped(options, situation),
    }


def _extra(names: set[str]) -> int:
    return max(0, len(names - {""}) - 1)


def _not_shipped(options: Sequence[Option], situation: Situation) -> int:
    shipped = {skill for skill, count in situation.brief.team.shipped.items() if count > 0}
    if not situation.brief.team.shipped:
        return 0
    return len({option.framework.name for option in options if not shipped & set(option.framework.skills)})


_WORDS = {
    "framework": ("one more framework", "{} more frameworks"),
    "process": ("one more process", "{} more processes"),
    "data_layer": ("a second data layer", "{} more data layers"),
    "identity": ("a second sign-in system", "{} more sign-in systems"),
    "mixed_styles": ("threads and event loop side by side", "threads and event loop side by side"),
    "not_shipped": ("a framework nobody has shipped with", "{} frameworks nobody has shipped with"),
}


def _count_words(name: str, number: int) -> str:
    return _WORDS[name][number > 1].format(number)


def read_isolation(options: Sequence[Option], layout: Layout, situation: Situation) -> Reading:
    """Read the p99 in ms that busy threads force on an event loop in their own process; the worst process counts."""
    isolation = situation.catalogue.method.isolation
    groups = processes(options, layout)
    by_part = {option.part: option for option in options}
    busiest = [_busy_threads([by_part[name] for name in parts], layout, situation) for parts in groups.values()]
    mixed = [busy for busy in busiest if busy is not None]
    figure = _lifted(isolation.busy_threads, max(mixed)) if mixed else isolation.alone_ms
    words = (
        "busy threads lift the p99 of the event loop in their process to"
        if mixed
        else "no busy thread beside an event loop: p99 of"
    )
    fact = Fact("method", "isolation", round(figure, 1), "ms", isolation.source, "method.toml", isolation.date, isolation.grade)
    return Reading(figure, f"{words} {figure:.3g} ms", (fact,))


def _busy_threads(group: list[Option], layout: Layout, situation: Situation) -> float | None:
    """Count the threads busy at a time in a process, at today's load; None when nothing there needs a calm loop."""
    if len({option.style for option in group}) == 1:
        return None
    parts: dict[str, PartView] = {part.name: part for part in situation.parts}
    busy = 0.0
    for option in group:
        part = parts[option.part]
        cost = costs.cpu_us(option, part.kind, server_of(option, layout), situation.catalogue)
        busy += part.rate * (cost or 0.0) / 1e6 if option.style == "threads" else 0.0
    return busy


def _lifted(points: tuple[tuple[float, float], ...], busy: float) -> float:
    """Give the p99 at a number of busy threads, on straight lines between points in both logarithms, flat outside."""
    logs = tuple((math.log(threads), math.log(milliseconds)) for threads, milliseconds in points)
    return math.exp(along(logs, math.log(max(busy, points[0][0]))))


def read_spread(options: Sequence[Option], layout: Layout, situation: Situation) -> Reading:
    """Read the share of the product's work that the busiest process carries. Rises with every option added."""
    shares = {part.name: part.share for part in situation.parts}
    loads = {name: sum(shares[part] for part in parts) for name, parts in processes(options, layout).items()}
    name = max(loads, key=lambda process: loads[process])
    return Reading(100 * loads[name], f"process {name} carries {100 * loads[name]:.0f} % of the work")
