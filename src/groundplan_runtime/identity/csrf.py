"""Whether a request that changes something was made by a page of this site: Django's rules, without Django. Pure."""

import hmac
import re
from urllib.parse import urlsplit

from groundplan_runtime.identity.asked import Address, Asked

__all__ = ["csrf_token_fits", "from_own_page", "from_this_site"]

_SECRET_LENGTH = 32
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"  # Django's CSRF_ALLOWED_CHARS, in its order
_TOKEN = re.compile(rf"[a-zA-Z0-9]{{{_SECRET_LENGTH}}}(?:[a-zA-Z0-9]{{{_SECRET_LENGTH}}})?\Z")


def from_this_site(asked: Asked, address: Address) -> bool:
    """Tell whether a request to ``address`` comes from one of its own pages, as far as its headers say.

    Origin decides. Without one Django asks for a Referer by https; by http anybody on the way could have written one.
    ``Sec-Fetch-Site``, which Django does not read, must not say otherwise where a browser sends it.
    """
    headers = asked.headers
    if "origin" in headers:
        return headers["origin"] == address.origin
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    return address.scheme == "http" or _referred_by(headers.get("referer", "")) == address.origin


def from_own_page(asked: Asked, address: Address) -> bool:
    """Tell whether a page of ``address`` asks for an event stream there; who shows nothing at all is another.

    For its own site a browser sends no Origin with a GET, and by http, except from this machine, no ``Sec-Fetch-Site`` either.
    """
    headers = asked.headers
    if "origin" in headers:
        return headers["origin"] == address.origin
    if "sec-fetch-site" in headers:
        return headers["sec-fetch-site"] == "same-origin"
    return _referred_by(headers.get("referer", "")) == address.origin


def csrf_token_fits(token: str, cookie: str) -> bool:
    """Tell whether a CSRF token, masked or plain, stands for the secret of the CSRF cookie, in constant time."""
    if not _TOKEN.match(token) or not _TOKEN.match(cookie):
        return False
    return hmac.compare_digest(_unmasked(token), _unmasked(cookie))


def _referred_by(referer: str) -> str:
    try:
        parts = urlsplit(referer)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def _unmasked(token: str) -> str:
    """Source: ``_unmask_cipher_token`` of django/middleware/csrf.py: the first half is the mask, the second mask plus secret."""
    if len(token) == _SECRET_LENGTH:
        return token
    mask, masked = token[:_SECRET_LENGTH], token[_SECRET_LENGTH:]
    pairs = zip(masked, mask, strict=True)
    return "".join(_ALPHABET[(_ALPHABET.index(both) - _ALPHABET.index(one)) % len(_ALPHABET)] for both, one in pairs)
