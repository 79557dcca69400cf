"""Which hosts may be put under load: this machine, and no other unless its name was given on purpose."""

import ipaddress
from collections.abc import Collection

from groundplan.errors import InputError, Problem

__all__ = ["require_loopback"]


def require_loopback(host: str, allowed: Collection[str] = ()) -> None:
    """Refuse a host that is not this machine's loopback. allowed: hosts that the user named for load.

    Names are not looked up: only ``localhost`` and loopback addresses pass by themselves. Raises InputError.
    """
    if host in allowed or host == "localhost" or _is_loopback_address(host):
        return
    rule = "is not a loopback address, and load may hurt whoever runs it"
    remedy = f"use 127.0.0.1, or add --allow-load {host} if that machine is yours to load"
    raise InputError(str(Problem("load target", repr(host), rule, remedy)))


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
