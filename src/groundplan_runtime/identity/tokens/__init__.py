"""Sign-ins of a project without Django: short-lived signed tokens, renewed by refresh tokens that are good once.

Needs ``joserfc``, which only projects with an ``auth`` part install.
"""

from groundplan_runtime.identity.tokens.access import Issuer, Verifier
from groundplan_runtime.identity.tokens.bearer import Bearer, BlockingBearer
from groundplan_runtime.identity.tokens.model import Access, Grant, TokenRefusedError
from groundplan_runtime.identity.tokens.ring import SigningKey, public_keys, read_ring, rotated, write_ring

__all__ = [
    "Access",
    "Bearer",
    "BlockingBearer",
    "Grant",
    "Issuer",
    "SigningKey",
    "TokenRefusedError",
    "Verifier",
    "public_keys",
    "read_ring",
    "rotated",
    "write_ring",
]
