"""What a request must show before its cookie is believed: pure, for ASGI and WSGI alike."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from groundplan_runtime.problems import Problem
from groundplan_runtime.settings import Settings

__all__ = ["Asked", "csrf_token_fits", "parse_cookies", "refusal"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_HOST = re.compile(r"(?P<name>[a-z0-9.-]+|\[[a-f0-9:.]+\])(?::(?P<port>[0-9]{1,5}))?\Z")
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[^/?#@\s]+)\Z")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOOPBACK = re.compile(r"127\.[0-9.]+\Z|::1\Z|::ffff:127\.[0-9.]+\Z")

_SECRET_LENGTH = 32
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"  # Django's CSRF_ALLOWED_CHARS, in its order
_TOKEN = re.compile(rf"[a-zA-Z0-9]{{{_SECRET_LENGTH}}}(?:[a-zA-Z0-9]{{{_SECRET_LENGTH}}})?\Z")

_OTHER_HOST = Problem(400, "host", "This host is not served here; ALLOWED_HOSTS names those that are.")
_OTHER_ORIGIN = Problem(403, "origin", "This comes from another site.")
_NO_TOKEN = Problem(403, "csrf", "The CSRF token is missing or wrong; send the CSRF cookie's value as header X-CSRFToken.")

Address = tuple[str, str, int]
"""Scheme, host and port."""


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


def refusal(asked: Asked, settings: Settings) -> Problem | None:
    """Say why a request must not be answered, or None when it may."""
    address = _address(asked)
    if address is None or not _allowed(address[1], settings.allowed_hosts):
        return _OTHER_HOST
    if settings.session_cookie_name not in asked.cookies:
        return None
    if asked.websocket:
        return None if _origin(asked) == address else _OTHER_ORIGIN
    if asked.method in SAFE_METHODS:
        return None
    if not _same_site(asked, address):
        return _OTHER_ORIGIN
    cookie = asked.cookies.get(settings.csrf_cookie_name, "")
    return None if csrf_token_fits(asked.headers.get("x-csrftoken", ""), cookie) else _NO_TOKEN


def csrf_token_fits(token: str, cookie: str) -> bool:
    """Tell whether a CSRF token, masked or plain, stands for the secret of the CSRF cookie, in constant time."""
    if not _TOKEN.match(token) or not _TOKEN.match(cookie):
        return False
    return hmac.compare_digest(_unmasked(token), _unmasked(cookie))


def parse_cookies(header: str) -> dict[str, str]:
    """Give name -> value of a Cookie header; the last of equal names wins, as in Django."""
    pairs = (pair.partition("=") for pair in header.split(";"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def _unmasked(token: str) -> str:
    """Source: ``_unmask_cipher_token`` of django/middleware/csrf.py: the first half is the mask, the second mask plus secret."""
    if len(token) == _SECRET_LENGTH:
        return token
    mask, masked = token[:_SECRET_LENGTH], token[_SECRET_LENGTH:]
    pairs = zip(masked, mask, strict=True)
    return "".join(_ALPHABET[(_ALPHABET.index(both) - _ALPHABET.index(one)) % len(_ALPHABET)] for both, one in pairs)


def _same_site(asked: Asked, address: Address) -> bool:
    if "origin" in asked.headers:
        return _origin(asked) == address
    return asked.headers.get("sec-fetch-site") == "same-origin"


def _origin(asked: Asked) -> Address | None:
    match = _ORIGIN.match(asked.headers.get("origin", "").lower())
    return _split(match["scheme"], match["host"]) if match else None


def _address(asked: Asked) -> Address | None:
    """Where the request went as its sender sees it; a front door on this machine may say so."""
    headers, behind_door = asked.headers, asked.peer is None or _LOOPBACK.match(asked.peer) is not None
    host = (behind_door and headers.get("x-forwarded-host")) or headers.get("host", "")
    scheme = (behind_door and headers.get("x-forwarded-proto")) or asked.scheme
    return _split({"ws": "http", "wss": "https"}.get(scheme, scheme), host.lower())


def _split(scheme: str, host: str) -> Address | None:
    match = _HOST.match(host)
    if match is None or scheme not in _DEFAULT_PORTS:
        return None
    return scheme, match["name"].removesuffix("."), int(match["port"] or _DEFAULT_PORTS[scheme])


def _allowed(host: str, allowed: tuple[str, ...]) -> bool:
    return any(
        pattern in {"*", host} or (pattern.startswith(".") and (host.endswith(pattern) or host == pattern[1:]))
        for pattern in map(str.lower, allowed)
    )
