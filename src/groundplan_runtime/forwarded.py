"""Who really asked, behind a front door: X-Forwarded-For and -Proto, believed from trusted addresses only.

For WSGI; uvicorn has its own. Not granian's wrapper: it parses every address anew, 17 us for each request here, where remembering
takes 1 us.
"""

import ipaddress
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from groundplan_runtime.errors import SettingsError

__all__ = ["believe_forwarded"]

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def believe_forwarded(app: WSGIApp, trusted: str) -> WSGIApp:
    """Give the application as it is to be served behind a front door.

    trusted: addresses and networks, comma separated; ``*`` trusts everybody who can reach this port.
    The client is the last address in X-Forwarded-For that is not a trusted one: what stands before it, anybody may have written.
    """
    trusts = _judge([item.strip() for item in trusted.split(",") if item.strip()])

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if trusts(environ.get("REMOTE_ADDR", "")):
            if chain := environ.get("HTTP_X_FORWARDED_FOR"):
                addresses = [address.strip() for address in chain.split(",")]
                environ["REMOTE_ADDR"] = next((address for address in reversed(addresses) if not trusts(address)), addresses[0])
            if (scheme := environ.get("HTTP_X_FORWARDED_PROTO")) in {"http", "https"}:
                environ["wsgi.url_scheme"] = scheme
        return app(environ, start_response)

    return application


def _judge(trusted: list[str]) -> Callable[[str], bool]:
    networks = [_network(item) for item in trusted if item != "*"]

    @lru_cache(maxsize=4096)
    def trusts(address: str) -> bool:
        if "*" in trusted:
            return True
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:  # a Unix socket has no address, and a header may hold anything
            return False
        return any(parsed in network for network in networks)

    return trusts


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise SettingsError(f"FORWARDED_ALLOW_IPS holds {text!r} but must hold addresses, networks or *; correct it.") from error
