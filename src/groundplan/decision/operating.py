"""What an architecture takes to run at a load, and the order of magnitude of a month's price: ranges from measured figures."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import get_args

from groundplan.brief.model import Brief, Load
from groundplan.catalogue.model import Catalogue
from groundplan.catalogue.prices import Prices, Service
from groundplan.catalogue.words import Interface
from groundplan.decision import costs
from groundplan.decision.model import Architecture, Stack
from groundplan.decision.options import Option
from groundplan.decision.situation import PartView, Situation, day, situation
from groundplan.records import dataclass

__all__ = ["Operating", "ProcessLoad", "Span", "operating"]

_NO_PRICE = frozenset({"device", "desktop"})


@dataclass(frozen=True, slots=True)
class Span:
    """A range from low to high."""

    low: float
    high: float

    def __add__(self, other: "Span") -> "Span":
        """Add the ends."""
        return Span(self.low + other.low, self.high + other.high)

    def times(self, low: float, high: float) -> "Span":
        """Multiply each end by its own factor."""
        return Span(self.low * low, self.high * high)


@dataclass(frozen=True, slots=True)
class ProcessLoad:
    """One process of the topology. workers: how many copies of it run. cores: busy on average. memory_mb: of all its workers."""

    name: str
    parts: tuple[str, ...]
    server: str
    workers: Span
    cores: Span
    memory_mb: Span


@dataclass(frozen=True, slots=True)
class Operating:
    """What an architecture takes at a load. cores, memory_gb: to rent, services and room for peaks included.

    price: of a month in ``currency``; None on a device or a desktop, which nobody rents, or where no list was known.
    assumptions: what the ranges rest on. missing: what was never measured and is left out.
    """

    requests_per_second: float
    open_connections: float
    processes: tuple[ProcessLoad, ...]
    services: tuple[str, ...]
    cores: Span
    memory_gb: Span
    price: Span | None
    currency: str
    assumptions: tuple[str, ...]
    missing: tuple[str, ...]


def operating(architecture: Architecture, brief: Brief, catalogue: Catalogue, as_of: str, *, later: bool = False) -> Operating:
    """Give what an architecture takes at the load of the brief, or at the load it expects later (the same when it expects none)."""
    view = situation(_grown(brief) if later else brief, catalogue.at(day(as_of)), as_of)
    prices = replace(catalogue.prices, price=tuple(price for price in catalogue.prices.price if price.date <= as_of))
    missing: list[str] = []
    processes = tuple(_process(name, architecture, view, missing) for name in architecture.topology.processes)
    services = tuple(_services(view, len(processes), prices))
    cores, memory = _rented(processes, services, prices)
    rented = brief.target.host not in _NO_PRICE
    return Operating(
        requests_per_second=sum(part.rate for part in view.parts),
        open_connections=sum(part.sockets for part in view.parts),
        processes=processes,
        services=tuple(service.title for service in services),
        cores=cores,
        memory_gb=memory,
        price=_price(cores, memory, prices) if rented and prices.price else None,
        currency=prices.currency,
        assumptions=tuple(_assumptions(prices, services, rented=rented)),
        missing=tuple(dict.fromkeys(missing)),
    )


def _grown(brief: Brief) -> Brief:
    now, later = brief.load, brief.load.later
    if later is None:
        return brief
    rate = now.requests_per_second if later.requests_per_second is None else later.requests_per_second
    sockets = now.open_connections if later.open_connections is None else later.open_connections
    return replace(brief, load=Load(rate, sockets))


def _process(name: str, architecture: Architecture, view: Situation, missing: list[str]) -> ProcessLoad:
    parts = [part for part in view.parts if part.name in architecture.topology.processes[name]]
    stacks = {part.name: architecture.stacks[part.name] for part in parts}
    prices = view.catalogue.prices
    cores = _plus(_cores(part, stacks[part.name], view.catalogue, missing) for part in parts).times(*prices.drift)
    workers = Span(
        *(max(1, math.ceil(cores_end / busy)) for cores_end, busy in zip((cores.low, cores.high), prices.busy, strict=True))
    )
    resident = [_resident(stacks[part.name], view.catalogue, missing) for part in parts]
    one = Span(max(resident), sum(resident)) + Span(*prices.own_mb)
    sockets = _plus(_sockets(part, stacks[part.name], view.catalogue, missing) for part in parts)
    memory = one.times(workers.low, workers.high) + sockets
    return ProcessLoad(name, tuple(stacks), _server(stacks), workers, cores, memory)


def _server(stacks: dict[str, Stack]) -> str:
    return next(iter(stacks.values())).server


def _plus(spans: Iterator[Span]) -> Span:
    return sum(spans, Span(0.0, 0.0))


def _option(part: str, stack: Stack, catalogue: Catalogue) -> Option:
    """Give a stack as the option whose costs are looked up."""
    addons = tuple(catalogue.addon(name) for name in stack.addons)
    framework = catalogue.framework(stack.framework)
    interface: Interface = next(name for name in get_args(Interface) if name == stack.interface)
    return Option(part, framework, addons, interface, framework.style, "", "", "", {})


def _cores(part: PartView, stack: Stack, catalogue: Catalogue, missing: list[str]) -> Span:
    cost = costs.cpu_us(_option(part.name, stack, catalogue), part.kind, stack.server, catalogue)
    if cost is None:
        missing.append(f"processor time of a request on {stack}")
    cores = part.rate * (cost or 0.0) / 1e6
    return Span(cores, cores)


def _resident(stack: Stack, catalogue: Catalogue, missing: list[str]) -> float:
    memory = costs.memory_mb(_option("", stack, catalogue), stack.server, catalogue)
    if memory is None:
        missing.append(f"memory of {stack}")
    return memory or 0.0


def _sockets(part: PartView, stack: Stack, catalogue: Catalogue, missing: list[str]) -> Span:
    """Give the memory in MB of the connections that a part holds open."""
    if not part.sockets:
        return Span(0.0, 0.0)
    names = (*stack.addons, *catalogue.family(stack.framework))
    rows = [row for name in names for row in catalogue.sockets if row.subject == name and row.server == stack.server]
    if not rows:
        missing.append(f"memory of an open connection on {stack}")
        return Span(0.0, 0.0)
    megabytes = part.sockets * rows[0].kb_per_connection / 1000
    return Span(megabytes, megabytes)


def _services(view: Situation, processes: int, prices: Prices) -> Iterator[Service]:
    if view.brief.target.host in _NO_PRICE:
        return
    several = processes > 1
    needed = {
        "data": any(part.needs.get("relational_data", 0) > 0 for part in view.parts),
        "events": several and any(part.sockets > 0 for part in view.parts),
        "door": several,
    }
    yield from (service for service in prices.service if needed[service.when])


def _rented(processes: Sequence[ProcessLoad], services: Sequence[Service], prices: Prices) -> tuple[Span, Span]:
    room = (1 / prices.busy[0], 1 / prices.busy[1])
    cores = _plus(process.cores.times(*room) for process in processes) + _plus(Span(*service.cores) for service in services)
    memory = _plus(process.memory_mb.times(1e-3, 1e-3) for process in processes) + _plus(Span(*service.gb) for service in services)
    return cores, memory + Span(*prices.system_gb)


def _price(cores: Span, memory: Span, prices: Prices) -> Span:
    """Give the cheapest list at the low end and the dearest at the high end."""
    low = min(max(price.least, price.core * cores.low + price.gb * memory.low) for price in prices.price)
    return Span(low, max(price.core * cores.high + price.gb * memory.high for price in prices.price))


def _assumptions(prices: Prices, services: Sequence[Service], *, rented: bool) -> Iterator[str]:
    low, high = prices.drift
    yield f"Measured figures times {low:g} to {high:g}, as far as they drifted ({prices.drift_source})."
    most, least = prices.busy
    yield f"Cores are planned to be {100 * least:.0f} to {100 * most:.0f} % busy (judgement, {prices.date})."
    yield f"The team's own code takes {prices.own_mb[0]:g} to {prices.own_mb[1]:g} MB in each worker (judgement, {prices.date})."
    for service in services:
        cores, gb = service.cores, service.gb
        yield f"{service.title} takes {cores[0]:g} to {cores[1]:g} cores, {gb[0]:g} to {gb[1]:g} GB (judgement, {prices.date})."
    if rented:
        for price in prices.price:
            asked = f"{price.core:g} {prices.currency} a core, {price.gb:g} a GB, {price.least:g} at least"
            yield f"{price.provider}: {asked} each month ({price.where}, {price.date})."
        yield "Traffic, storage, backups and people's time are not in it."
