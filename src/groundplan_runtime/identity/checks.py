"""What a request must show before its cookie is believed: pure, for ASGI and WSGI alike."""

from collections.abc import Mapping
from functools import lru_cache

from groundplan_runtime.identity.asked import Asked, address_of, parse_cookies
from groundplan_runtime.identity.csrf import csrf_token_fits, from_own_page, from_this_site
from groundplan_runtime.problems import Problem
from groundplan_runtime.settings import Settings

__all__ = ["STREAM", "Asked", "csrf_token_fits", "parse_cookies", "refusal", "wants_stream"]

STREAM = "text/event-stream"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_OTHER_HOST = Problem(400, "host", "This host is not served here; ALLOWED_HOSTS names those that are.")
_OTHER_ORIGIN = Problem(403, "origin", "This comes from another site.")
_NO_TOKEN = Problem(403, "csrf", "The CSRF token is missing or wrong; send the CSRF cookie's value as header X-CSRFToken.")


def refusal(asked: Asked, settings: Settings) -> Problem | None:
    """Say why a request must not be answered, or None when it may."""
    address = address_of(asked)
    if address is None or not _allowed(address.host.removesuffix("."), settings.allowed_hosts):
        return _OTHER_HOST
    if settings.session_cookie_name not in asked.cookies:
        return None
    if asked.websocket:
        return None if asked.headers.get("origin") == address.origin else _OTHER_ORIGIN
    if asked.method in SAFE_METHODS:  # a stream is read like a socket, and kept open like one
        return _OTHER_ORIGIN if wants_stream(asked.headers) and not from_own_page(asked, address) else None
    if not from_this_site(asked, address):
        return _OTHER_ORIGIN
    cookie = asked.cookies.get(settings.csrf_cookie_name, "")
    return None if csrf_token_fits(asked.headers.get("x-csrftoken", ""), cookie) else _NO_TOKEN


def wants_stream(headers: Mapping[str, str]) -> bool:
    """Tell whether a request asks for an event stream. headers: lower-case names."""
    return STREAM in headers.get("accept", "").lower()


@lru_cache(maxsize=256)
def _allowed(host: str, allowed: tuple[str, ...]) -> bool:
    return any(
        pattern in {"*", host} or (pattern.startswith(".") and (host.endswith(pattern) or host == pattern[1:]))
        for pattern in map(str.lower, allowed)
    )
