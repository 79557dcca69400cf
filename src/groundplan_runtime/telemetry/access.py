"""Who may read the metrics: this machine, or the addresses that METRICS_ALLOW names; nobody through a front door."""

import ipaddress
from collections.abc import Mapping

from groundplan_runtime.errors import SettingsError
from groundplan_runtime.settings import Settings

__all__ = ["Access", "access_of"]

_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")
_LOCAL = ("127.0.0.0/8", "::1/128")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Access:
    """networks: whose addresses may ask. hosts: names under which this process may be asked, beside its addresses."""

    def __init__(self, networks: tuple[Network, ...], hosts: tuple[str, ...]) -> None:
        self._networks = networks
        self._hosts = hosts

    def allows(self, peer: str, headers: Mapping[str, str]) -> bool:
        """Tell whether a request may read. peer: the address it came from. headers: by lower-case name.

        A Host that is neither an address nor ours is a page of another site, whose name leads here only for this purpose.
        """
        if any(name in headers for name in _FORWARDED):
            return False
        address = _address(peer)
        if address is None or not any(address in network for network in self._networks):
            return False
        host = _without_port(headers.get("host", ""))
        return _address(host) is not None or host in self._hosts


def access_of(settings: Settings) -> Access:
    """Give what the settings say. Raises SettingsError for what is no network."""
    return Access(tuple(_network(text) for text in (*_LOCAL, *settings.metrics_allow)), settings.allowed_hosts)


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise SettingsError(
            f"METRICS_ALLOW holds {text!r} but must hold addresses or networks such as 10.0.0.0/8; correct it."
        ) from error


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()
