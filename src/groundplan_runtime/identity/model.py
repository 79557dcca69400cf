"""Who a request comes from, as values."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Session", "User", "key_hash"]


@dataclass(frozen=True, slots=True)
class User:
    """An account that may be signed in. permissions: codenames such as ``office.view_sale``, own and of groups."""

    id: int
    username: str
    is_active: bool
    is_staff: bool
    is_superuser: bool
    permissions: frozenset[str] = field(repr=False)

    def has_permission(self, permission: str) -> bool:
        """Tell whether the account holds ``permission``; an active superuser holds every one."""
        return self.is_active and (self.is_superuser or permission in self.permissions)


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that held when it was last looked at.

    key_hash: the only name under which a session is logged or told to others. expires: aware, UTC.
    key: the cookie's value itself, kept out of every representation.
    """

    key_hash: str
    user: User
    expires: datetime
    key: str = field(repr=False)


def key_hash(session_key: str) -> str:
    """Give the public name of a session: SHA-256 of its key, in hex."""
    return hashlib.sha256(session_key.encode()).hexdigest()
