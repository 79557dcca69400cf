"""One id for a request, whichever parts it goes through."""

import re
from contextvars import ContextVar
from uuid import uuid4

__all__ = ["HEADER", "PATTERN", "REQUEST", "accepted", "request_id"]

HEADER = "x-request-id"
PATTERN = r"[A-Za-z0-9._-]{8,64}"
"""What is believed: nothing that could forge a log line, and nothing so short that two requests share it."""

REQUEST: ContextVar[str] = ContextVar("groundplan_request_id", default="")
_VALID = re.compile(PATTERN)


def request_id() -> str:
    """Give the id of the request that is being answered; empty outside of one, or while nothing is watched."""
    return REQUEST.get()


def accepted(given: str | None) -> str:
    """Give the id that came with a request, or a fresh one in place of none and of one that is not believed."""
    return given if given and _VALID.fullmatch(given) else uuid4().hex
