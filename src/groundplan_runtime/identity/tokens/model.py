"""What tokens stand for, as values."""

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["ACCESS_SECONDS", "Access", "Grant", "Reason", "TokenRefusedError"]

ACCESS_SECONDS = 300
"""How long an access token is good. It bounds what a lost revocation list can cost, and how long retired keys are still needed."""

Reason = Literal["form", "key", "signature", "claims", "expired", "revoked", "unknown", "reused"]


class TokenRefusedError(Exception):
    """A token that is not believed. reason: for logs; a client learns only that it must sign in again."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the token is refused: {reason}")
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Access:
    """What a believed access token says. id: of this token; family: of all tokens since one sign-in. expires: Unix seconds."""

    subject: str
    family: str
    id: str
    scopes: frozenset[str]
    expires: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A refresh token and whose it is. expires: Unix seconds."""

    subject: str
    family: str
    token: str = field(repr=False)
    expires: int
