"""Django's sign-in, recognised without Django: session cookie in, account and permissions out."""

from groundplan_runtime.identity.model import Session, User, key_hash
from groundplan_runtime.identity.resolver import Identity

__all__ = ["Identity", "Session", "User", "key_hash"]
