"""A request as far as the checks look at it: where it went, where it came from, and its cookies. Pure, for ASGI and WSGI alike."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Address", "Asked", "address_of", "parse_cookies"]

_HOST = re.compile(r"(?P<name>[a-z0-9.-]+|\[[a-f0-9:.]+\])(?::(?P<port>[0-9]{1,5}))?\Z")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SOCKET_SCHEMES = {"ws": "http", "wss": "https"}
_REMEMBERED = 255
"""The longest host that is remembered: no name is longer, and whoever makes one up must not fill the memory."""
_LOOPBACK = re.compile(r"127\.[0-9.]+\Z|::1\Z|::ffff:127\.[0-9.]+\Z")
_ESCAPED = re.compile(r"\\(?:([0-3][0-7][0-7])|(.))")


class Address(NamedTuple):
    """Scheme, host in lower case, and port."""

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """The one way in which a browser writes this address into Origin: lower case, no default port."""
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at of a request.

    headers: lower-case names, one value each. peer: address of the other end, None on a unix socket. scheme: of the connection; ws
    and wss count as http and https. websocket: whether this is a handshake.
    """

    method: str
    scheme: str
    peer: str | None
    headers: Mapping[str, str] = field(repr=False)
    cookies: Mapping[str, str] = field(repr=False)
    websocket: bool = False


def address_of(asked: Asked) -> Address | None:
    """Give where the request went as its sender sees it; a front door on this machine may say so. None: no address at all."""
    headers, behind_door = asked.headers, _on_this_machine(asked.peer)
    host = (behind_door and headers.get("x-forwarded-host")) or headers.get("host", "")
    scheme = (behind_door and headers.get("x-forwarded-proto")) or asked.scheme
    read = _address if len(host) <= _REMEMBERED else _address.__wrapped__
    return read(scheme, host)


@lru_cache(maxsize=256)
def _address(scheme: str, host: str) -> Address | None:
    scheme = _SOCKET_SCHEMES.get(scheme, scheme)
    match = _HOST.match(host.lower())
    if match is None or scheme not in _DEFAULT_PORTS:
        return None
    return Address(scheme, match["name"], int(match["port"] or _DEFAULT_PORTS[scheme]))


@lru_cache(maxsize=256)
def _on_this_machine(peer: str | None) -> bool:
    return peer is None or _LOOPBACK.match(peer) is not None


def parse_cookies(header: str) -> dict[str, str]:
    """Give name -> value of a Cookie header; the last of equal names wins and quoted values are unquoted, as in Django."""
    pairs = (pair.partition("=") for pair in header.split(";"))
    return {name.strip(): _unquoted(value.strip()) for name, equals, value in pairs if equals}


def _unquoted(value: str) -> str:
    r"""Take a value out of its quotation marks; ``\ooo`` is an octal code, any other ``\c`` is c, as http.cookies has it."""
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':  # noqa: PLR2004 - two quotation marks
        return value
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)) if found[1] else found[2], value[1:-1])
