"""Django's signed session payload and session auth hash, read with the standard library.

Only what Django 5.2 to 6.1 write by default: HMAC-SHA-256 with a key derived from salt and secret, URL-safe base64 without
padding, optional zlib (a leading full stop), JSON. Nothing is unpickled, and nothing is looked at before its signature holds.
Source: ``django/core/signing.py`` and ``AbstractBaseUser.get_session_auth_hash`` of Django 5.2.19.
"""

import base64
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Sequence
from typing import Any

__all__ = ["AUTH_HASH_SALT", "SESSION_SALT", "auth_hash_holds", "key_check", "read_payload"]

SESSION_SALT = "django.contrib.sessions.SessionStore"
"""Salt of the engines ``db`` and ``cached_db``: both classes are called SessionStore."""

AUTH_HASH_SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"

_TIME = re.compile(r"(?:-[0-9A-Za-z]*|[0-9A-Za-z]+)\Z")  # base 62, as much as Django demands of it


def read_payload(signed: str, keys: Sequence[str], salt: str = SESSION_SALT) -> dict[str, Any]:
    """Give what a signed session payload holds; {} when no key signed it or it is no JSON object.

    keys: the secret key first, then the fallbacks. Its age is not checked: the session row has the date of expiry.
    """
    body, separator, signature = signed.rpartition(":")
    if not separator or not any(hmac.compare_digest(_signature(body, salt, key), signature.encode()) for key in keys):
        return {}
    content, _, time = body.rpartition(":")
    if not _TIME.match(time):
        return {}
    try:
        payload = json.loads(_content(content.encode()).decode("latin-1"))
    except (ValueError, RecursionError, zlib.error):
        return {}
    return payload if isinstance(payload, dict) else {}


def auth_hash_holds(claimed: object, password: str, keys: Sequence[str]) -> bool:
    """Tell whether a session's auth hash belongs to the account's present password, in constant time per key.

    password: the stored hash, as in the user table.
    """
    if not isinstance(claimed, str) or not claimed:
        return False
    return any(hmac.compare_digest(_hmac(AUTH_HASH_SALT, password, key).hex().encode(), claimed.encode()) for key in keys)


def key_check(key: str) -> str:
    """Give a text by which another process can tell that it has the same secret key, and nobody can tell the key."""
    return _hmac("groundplan.identity.key_check", "", key).hex()


def _content(body: bytes) -> bytes:
    compressed = body.startswith(b".")
    encoded = body.removeprefix(b".")
    content = base64.urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
    return zlib.decompress(content) if compressed else content


def _signature(body: str, salt: str, key: str) -> bytes:
    return base64.urlsafe_b64encode(_hmac(f"{salt}signer", body, key)).rstrip(b"=")


def _hmac(salt: str, value: str, key: str) -> bytes:
    derived = hashlib.sha256(f"{salt}{key}".encode()).digest()
    return hmac.digest(derived, value.encode(), "sha256")
