"""Passwords of accounts that no Django keeps, as Argon2id hashes.

Needs ``argon2-cffi``, which only projects with an ``auth`` part install. Parameters: its defaults, the second recommendation of
RFC 9106 (64 MiB, three passes).
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

__all__ = ["MOST_CHARACTERS", "hash_password", "needs_new_hash", "password_fits"]

MOST_CHARACTERS = 1024
"""Longer passwords are refused: nobody types them."""


def hash_password(password: str) -> str:
    """Give what to store for a password. Raises ValueError for one that is empty or too long."""
    if not 0 < len(password) <= MOST_CHARACTERS:
        raise ValueError(f"A password must have 1 to {MOST_CHARACTERS} characters.")
    return _hasher().hash(password)


def password_fits(password: str, stored: str | None) -> bool:
    """Tell whether a password is the stored one. stored: None for an account that is not there; that takes as long."""
    if len(password) > MOST_CHARACTERS:
        return False
    try:
        return _hasher().verify(stored or _nobodys(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_new_hash(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's, so that the next sign-in should store it anew."""
    return _hasher().check_needs_rehash(stored)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody's")
