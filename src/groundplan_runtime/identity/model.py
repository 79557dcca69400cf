"""Who a request comes from, as values."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["NOBODY", "Credentials", "Nobody", "Session", "User", "key_hash"]


@dataclass(frozen=True, slots=True)
class User:
    """An account that may be signed in. permissions: codenames such as ``office.view_sale``, own and of groups."""

    id: int
    username: str
    is_active: bool
    is_staff: bool
    is_superuser: bool
    permissions: frozenset[str] = field(repr=False)

    is_authenticated = True

    def has_permission(self, permission: str) -> bool:
        """Tell whether the account holds ``permission``; an active superuser holds every one."""
        return self.is_active and (self.is_superuser or permission in self.permissions)

    @property
    def display_name(self) -> str:
        """What Starlette calls the name to show."""
        return self.username

    @property
    def identity(self) -> str:
        """What Starlette calls the key of an account."""
        return str(self.id)


class Nobody:
    """Who ``request.user`` is when nobody is signed in."""

    is_authenticated = False
    username = ""
    display_name = ""
    identity = ""
    permissions: frozenset[str] = frozenset()

    def has_permission(self, permission: str) -> bool:  # noqa: ARG002 - the same for all of them
        """Tell that nobody holds a permission."""
        return False


NOBODY = Nobody()


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


@dataclass(frozen=True, slots=True)
class Credentials:
    """What ``request.auth`` is. Its scopes hold ``authenticated`` and every permission, without a copy of them."""

    session: Session | None

    @property
    def scopes(self) -> "Credentials":
        """What Starlette's ``requires`` looks into."""
        return self

    def __contains__(self, scope: object) -> bool:
        user = self.session.user if self.session else None
        return user is not None and isinstance(scope, str) and (scope == "authenticated" or user.has_permission(scope))


def key_hash(session_key: str) -> str:
    """Give the public name of a session: SHA-256 of its key, in hex."""
    return hashlib.sha256(session_key.encode()).hexdigest()
