"""The keys that sign access tokens: which one signs now, which are published, and how one follows another.

A new key is published `LEAD_SECONDS` before it signs, so that every verifier knows it in time, and stays published until no token
it signed can still be good. So a rotation is one call, at any time, and nobody has to be told.
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from groundplan_runtime.errors import SettingsError
from groundplan_runtime.identity.tokens.model import ACCESS_SECONDS

__all__ = ["ALGORITHM", "LEAD_SECONDS", "SigningKey", "public_keys", "read_ring", "rotated", "signing_key", "write_ring"]

ALGORITHM = "ES256"
"""ECDSA on P-256: the one asymmetric algorithm, besides slow RSA, that front doors and every JWT library understand."""

LEAD_SECONDS = 600

_OTHERS_MAY_READ = 0o004


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key. made: Unix seconds. private: the key as a JSON Web Key (RFC 7517)."""

    id: str
    made: int
    private: Mapping[str, str] = field(repr=False)

    @classmethod
    def new(cls, now: int) -> "SigningKey":
        """Make a key, named by its thumbprint (RFC 7638)."""
        from joserfc.jwk import ECKey  # noqa: PLC0415 - only projects with an auth part have it

        key = ECKey.generate_key("P-256", private=True)
        private = {name: str(value) for name, value in key.as_dict(private=True).items() if name in {"kty", "crv", "x", "y", "d"}}
        return cls(key.thumbprint(), now, private)


def signing_key(keys: Sequence[SigningKey], now: int) -> SigningKey:
    """Give the newest key that verifiers have had time to learn, else the oldest. keys: at least one, oldest first."""
    known = [key for key in keys if key.made + LEAD_SECONDS <= now]
    return known[-1] if known else keys[0]


def rotated(keys: Sequence[SigningKey], fresh: SigningKey, lives: int = ACCESS_SECONDS) -> tuple[SigningKey, ...]:
    """Give the keys after ``fresh`` joined them, without those whose last token has expired by then. lives: seconds of a token."""
    needed = [key for key, following in pairwise(keys) if fresh.made < following.made + LEAD_SECONDS + lives]
    return (*needed, *keys[-1:], fresh)


def public_keys(keys: Sequence[SigningKey]) -> dict[str, Any]:
    """Give the key set to publish (RFC 7517), usually at ``/.well-known/jwks.json``."""
    return {"keys": [_public(key) for key in keys]}


def write_ring(path: Path, keys: Sequence[SigningKey]) -> None:
    """Write the private keys, whole or not at all, readable by their owner only."""
    stored = [{"id": key.id, "made": key.made, "private": dict(key.private)} for key in keys]
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".keys-")  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"format": 1, "keys": stored}, file)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_ring(path: Path) -> tuple[SigningKey, ...]:
    """Read the private keys, oldest first. Raises SettingsError when there are none, or when others may read them."""
    try:
        if path.stat().st_mode & _OTHERS_MAY_READ:
            raise SettingsError(f"{path}: everybody on this machine may read these keys; rotate them and run: chmod 600 {path}.")
        stored = json.loads(path.read_text(encoding="utf-8"))["keys"]
        keys = tuple(SigningKey(str(each["id"]), int(each["made"]), dict(each["private"])) for each in stored)
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: the file of signing keys is missing; make it with write_ring.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise SettingsError(
            f"{path}: the file of signing keys is damaged ({error!r}); put a copy back or make a new one."
        ) from error
    if not keys:
        raise SettingsError(f"{path}: the file of signing keys holds none; make one with SigningKey.new.")
    return keys


def _public(key: SigningKey) -> dict[str, str]:
    point = {name: key.private[name] for name in ("kty", "crv", "x", "y")}
    return {**point, "kid": key.id, "use": "sig", "alg": ALGORITHM}
