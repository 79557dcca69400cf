"""Access tokens: JSON Web Tokens of RFC 9068, signed with the ring's key and believed for five minutes."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import uuid4

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from groundplan_runtime.identity.tokens.model import ACCESS_SECONDS, Access, TokenRefusedError
from groundplan_runtime.identity.tokens.ring import ALGORITHM, SigningKey, signing_key

__all__ = ["Issuer", "Verifier"]

TYPE = "at+jwt"
"""Says that a token is for access, so that no other token of the same keys can stand in for one (RFC 9068)."""

LEEWAY_SECONDS = 5
"""By how much the clocks of two machines may differ."""

MOST_CHARACTERS = 8192
"""Longer ones are refused unread; servers take about as much in one header."""

KEEP_SECONDS = 300.0
"""How long a key set is kept: a key that was withdrawn is believed no longer."""

RELOAD_SECONDS = 10.0
"""How soon the key set is asked for again because of a key nobody knows: made-up tokens must not cause a request each."""


class Issuer:
    """Makes access tokens. issuer, audience: by whom and for what. keys: gives the ring, oldest first. clock: Unix seconds."""

    def __init__(
        self,
        *,
        issuer: str,
        audience: str,
        keys: Callable[[], Sequence[SigningKey]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fixed = {"iss": issuer, "aud": audience}
        self._keys = keys
        self._clock = clock

    def issue(self, subject: str, family: str, scopes: Iterable[str] = ()) -> str:
        """Give a token for one account. scopes: permissions such as ``office.view_sale``."""
        now = int(self._clock())
        key = signing_key(self._keys(), now)
        claims = {**self._fixed, "sub": subject, "sid": family, "jti": uuid4().hex, "scope": " ".join(sorted(scopes))}
        header = {"alg": ALGORITHM, "kid": key.id, "typ": TYPE}
        return jwt.encode(header, {**claims, "iat": now, "exp": now + ACCESS_SECONDS}, _private(key), algorithms=[ALGORITHM])


class Verifier:
    """Believes access tokens, with public keys only.

    keys: gives the published key set; asked at first use, every five minutes, and, at most every ten seconds, for an unknown key.
    clock: Unix seconds.
    """

    def __init__(
        self, *, issuer: str, audience: str, keys: Callable[[], Mapping[str, Any]], clock: Callable[[], float] = time.time
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._load = keys
        self._clock = clock
        self._known: dict[str, ECKey] = {}
        self._loaded = float("-inf")

    def verify(self, token: str) -> Access:
        """Give what the token says. Raises TokenRefusedError; whether it was revoked is still to be seen."""
        if len(token) > MOST_CHARACTERS:
            raise TokenRefusedError("form")
        try:
            header = jws.extract_compact(token.encode()).headers()
        except (JoseError, ValueError) as error:
            raise TokenRefusedError("form") from error
        if header.get("typ") != TYPE or header.get("alg") != ALGORITHM:
            raise TokenRefusedError("form")
        key = self._key(header.get("kid"))
        try:
            claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            raise TokenRefusedError("signature") from error
        return self._access(claims)

    def _key(self, name: object) -> ECKey:
        good = KEEP_SECONDS if name in self._known else RELOAD_SECONDS
        if self._clock() >= self._loaded + good:
            self._loaded = self._clock()
            self._known = {key["kid"]: _public(key) for key in self._load()["keys"] if key.get("alg") == ALGORITHM}
        if not isinstance(name, str) or name not in self._known:
            raise TokenRefusedError("key")
        return self._known[name]

    def _access(self, claims: Mapping[str, Any]) -> Access:
        texts = [claims.get(name) for name in ("sub", "sid", "jti", "scope")]
        expires, issued, now = claims.get("exp"), claims.get("iat"), self._clock()
        if claims.get("iss") != self._issuer or claims.get("aud") != self._audience:
            raise TokenRefusedError("claims")
        if not all(isinstance(text, str) for text in texts) or type(expires) is not int or type(issued) is not int:
            raise TokenRefusedError("claims")
        if expires + LEEWAY_SECONDS <= now or issued - LEEWAY_SECONDS > now:
            raise TokenRefusedError("expired")
        subject, family, name, scope = map(str, texts)
        return Access(subject, family, name, frozenset(scope.split()), expires)


@lru_cache(maxsize=8)
def _imported(items: tuple[tuple[str, str], ...]) -> ECKey:
    return ECKey.import_key(dict(items))


def _private(key: SigningKey) -> ECKey:
    return _imported(tuple(sorted(key.private.items())))


def _public(key: Mapping[str, str]) -> ECKey:
    return ECKey.import_key({name: key[name] for name in ("kty", "crv", "x", "y")})
