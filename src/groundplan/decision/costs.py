"""Measured costs of an option on a server; None where nothing was measured."""

from groundplan.catalogue.model import Catalogue, Requests, Sockets
from groundplan.decision.options import Option

__all__ = ["bridged", "cpu_us", "deliveries_per_second", "installed_mb", "memory_mb"]


def bridged(option: Option, server: str, catalogue: Catalogue) -> bool:
    """Tell whether a server reaches the option only through an adapter (a WSGI application in an ASGI process)."""
    found = next((item for item in catalogue.servers if item.name == server), None)
    return found is not None and option.interface not in found.interfaces


def _row(option: Option, server: str, catalogue: Catalogue) -> Requests | None:
    rows = [row for row in catalogue.requests if row.subject == option.framework.name and row.interface == option.interface]
    if bridged(option, server, catalogue):
        return min(rows, key=lambda row: row.cpu_us["json"], default=None)
    return next((row for row in rows if row.server == server), None)


def cpu_us(option: Option, kind: str, server: str, catalogue: Catalogue) -> float | None:
    """Give processor microseconds per request of the workload that stands for this kind of part."""
    row = _row(option, server, catalogue)
    workload = catalogue.method.workload[kind]
    if row is None or workload not in row.cpu_us:
        return None
    extra = sum(catalogue.extras.get(addon.name, {}).get(workload, 0.0) for addon in option.addons)
    return row.cpu_us[workload] + extra + (catalogue.bridge_us if bridged(option, server, catalogue) else 0.0)


def memory_mb(option: Option, server: str, catalogue: Catalogue) -> float | None:
    """Give the memory of a process after load, MB."""
    row = _row(option, server, catalogue)
    return None if row is None else row.rss_mb


def deliveries_per_second(option: Option, server: str, catalogue: Catalogue) -> float | None:
    """Give messages per second that one process hands to open sockets; an add-on's own way of sending goes first."""
    names = [addon.name for addon in option.addons if "websockets" in addon.provisions]
    names += [] if names else list(catalogue.family(option.framework.name))
    rows: list[Sockets] = [row for name in names for row in catalogue.sockets if row.subject == name and row.server == server]
    return next((row.deliveries_per_second for row in rows if row.deliveries_per_second is not None), None)


def installed_mb(option: Option, server: str, catalogue: Catalogue) -> float | None:
    """Give the installed size of framework, server and those add-ons whose size is known, MB."""
    sizes = [catalogue.installed.get(name) for name in (option.framework.name, server)]
    if any(size is None for size in sizes):
        return None
    return sum(size or 0.0 for size in sizes) + sum(catalogue.installed.get(addon.name, 0.0) for addon in option.addons)
