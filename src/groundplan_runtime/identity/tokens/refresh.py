"""Refresh tokens: good once each, in families that end when one of them is shown twice. Revocations of access tokens.

Every function asks a question (see `groundplan_runtime.identity.questions`): drive it with `ask` or `ask_blocking`. Each statement
commits by itself, and the order is such that stopping in between signs somebody out, never in.
"""

import hashlib
import secrets
from uuid import uuid4

from groundplan_runtime.identity.questions import Question
from groundplan_runtime.identity.tokens.model import ACCESS_SECONDS, Grant, TokenRefusedError

__all__ = ["begin", "end_family", "end_subject", "revoke", "revoked", "sweep", "turn"]

REFRESH_SECONDS = 14 * 24 * 3600
"""How long a refresh token is good without being used."""

FAMILY_SECONDS = 90 * 24 * 3600
"""How long a sign-in can be renewed at all."""

_LEEWAY_SECONDS = 10  # a revoked name is kept a little longer than the token it stands for

# One statement decides who was first, also between processes: the second finds ``used`` set and gets no row.
_USE = """UPDATE token_refresh SET used = %s
    WHERE hash = %s AND used IS NULL AND expires > %s
      AND EXISTS (SELECT 1 FROM token_family AS f WHERE f.id = token_refresh.family AND f.ended IS NULL)
    RETURNING family,
      (SELECT f.subject FROM token_family AS f WHERE f.id = token_refresh.family),
      (SELECT f.made FROM token_family AS f WHERE f.id = token_refresh.family)"""
_REVOKE = """INSERT INTO token_revoked (name, until) VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET until = excluded.until WHERE token_revoked.until < excluded.until"""


def begin(subject: str, now: int) -> Question[Grant]:
    """Open a family for an account that has just shown its password, and give its first refresh token."""
    family = uuid4().hex
    yield "INSERT INTO token_family (id, subject, made) VALUES (%s, %s, %s)", [family, subject, now]
    return (yield from _grant(subject, family, now, now))


def turn(token: str, now: int) -> Question[Grant]:
    """Take a refresh token and give the next one of its family.

    Raises TokenRefusedError: ``unknown`` for one that is not good any more, ``reused`` for one that was good once; then the family
    is ended and its access tokens are revoked, because two people hold it.
    """
    rows = yield _USE, [now, _hash(token), now]
    if rows:
        family, subject, made = rows[0]
        return (yield from _grant(subject, family, made, now))
    used = yield "SELECT family FROM token_refresh WHERE hash = %s AND used IS NOT NULL", [_hash(token)]
    if used:
        yield from end_family(used[0][0], now, "reused")
        raise TokenRefusedError("reused")
    raise TokenRefusedError("unknown")


def end_family(family: str, now: int, why: str = "signed out") -> Question[None]:
    """End a sign-in: no refresh token of it is good any more, and its access tokens are revoked. Again changes nothing."""
    yield from revoke(family, now + ACCESS_SECONDS)
    yield "UPDATE token_family SET ended = %s, why = %s WHERE id = %s AND ended IS NULL", [now, why, family]


def end_subject(subject: str, now: int, why: str = "account changed") -> Question[int]:
    """End every sign-in of an account, for a changed password or a deactivation; gives how many there were."""
    rows = yield "SELECT id FROM token_family WHERE subject = %s AND ended IS NULL", [subject]
    for (family,) in rows:
        yield from end_family(family, now, why)
    return len(rows)


def revoke(name: str, expires: int) -> Question[None]:
    """Put an access token (its id) or a family on the list of what is not believed any more. expires: of the last such token."""
    yield _REVOKE, [name, expires + _LEEWAY_SECONDS]


def revoked(now: int) -> Question[frozenset[str]]:
    """Give the names on the list: ids of tokens and of families. Short, for an access token lives five minutes."""
    rows = yield "SELECT name FROM token_revoked WHERE until > %s", [now]
    return frozenset(name for (name,) in rows)


def sweep(now: int) -> Question[None]:
    """Remove what can mean nothing any more. A used refresh token is kept until it expires, so that its reuse is noticed."""
    yield "DELETE FROM token_revoked WHERE until <= %s", [now]
    yield "DELETE FROM token_refresh WHERE expires <= %s", [now]
    unused = "NOT EXISTS (SELECT 1 FROM token_refresh AS r WHERE r.family = token_family.id)"
    yield f"DELETE FROM token_family WHERE made <= %s AND {unused}", [now - REFRESH_SECONDS]  # noqa: S608 - fixed text


def _grant(subject: str, family: str, made: int, now: int) -> Question[Grant]:
    token, expires = secrets.token_urlsafe(32), min(now + REFRESH_SECONDS, made + FAMILY_SECONDS)
    yield "INSERT INTO token_refresh (hash, family, expires) VALUES (%s, %s, %s)", [_hash(token), family, expires]
    return Grant(subject, family, token, expires)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
