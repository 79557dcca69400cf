"""Whether rows make a sign-in: pure, so that every way of reading them comes to the same answer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from groundplan_runtime.database import Row
from groundplan_runtime.identity.model import Session, User, key_hash
from groundplan_runtime.identity.signing import auth_hash_holds, read_payload

__all__ = ["Account", "Claim", "accounts", "claims", "plausible", "session_of"]

_SESSION_KEY = re.compile(r"[a-z0-9]{8,40}\Z")  # Django makes 32 of these; its column holds 40


@dataclass(frozen=True, slots=True)
class Claim:
    """What a stored, signed session says about itself; whether the account agrees is still to be seen."""

    key: str
    user_id: int
    backend: str
    auth_hash: object = field(repr=False)
    expires: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """A user and the stored password hash that its sessions are tied to."""

    user: User
    password: str = field(repr=False)


def plausible(session_key: str) -> bool:
    """Tell whether a cookie could hold a session key at all, before any database is asked."""
    return _SESSION_KEY.match(session_key) is not None


def claims(rows: Iterable[Row], keys: Sequence[str]) -> dict[str, Claim]:
    """Give session key -> claim for the ``session`` rows whose signature holds under one of the secret keys."""
    found = (_claim(row, keys) for row in rows if row[0] == "session")
    return {claim.key: claim for claim in found if claim is not None}


def _claim(row: Row, keys: Sequence[str]) -> Claim | None:
    _, key, data, expires, _ = row
    payload = read_payload(data, keys)
    try:
        user_id, backend = int(payload["_auth_user_id"]), str(payload["_auth_user_backend"])
    except (KeyError, ValueError, TypeError, OverflowError):  # an infinite number is JSON for Python
        return None
    return Claim(key, user_id, backend, payload.get("_auth_user_hash"), datetime.fromisoformat(expires).replace(tzinfo=UTC))


def accounts(rows: Iterable[Row]) -> dict[int, Account]:
    """Give user id -> account from the rows of the users statement."""
    rows = list(rows)
    everything = frozenset(row[2] for row in rows if row[0] == "any")
    held: dict[str, set[str]] = {}
    for row in rows:
        if row[0] == "permission":
            held.setdefault(row[1], set()).add(row[2])
    users = (row for row in rows if row[0] == "user")
    return {int(row[1]): _account(row, held.get(row[1], set()), everything) for row in users}


def _account(row: Row, own: set[str], everything: frozenset[str]) -> Account:
    _, user_id, username, password, flags = row
    active, staff, superuser = (flag == "1" for flag in flags)
    permissions = everything if superuser else frozenset(own)
    return Account(User(int(user_id), username, active, staff, superuser, permissions), password)


def session_of(
    claim: Claim, known: Mapping[int, Account], keys: Sequence[str], backends: Sequence[str], now: datetime
) -> Session | None:
    """Give the session if Django would accept it too: not expired, known backend, active account, present password."""
    account = known.get(claim.user_id)
    if account is None or not account.user.is_active or claim.expires <= now or claim.backend not in backends:
        return None
    if not auth_hash_holds(claim.auth_hash, account.password, keys):
        return None
    return Session(key_hash(claim.key), account.user, claim.expires, claim.key)
