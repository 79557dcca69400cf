"""Where an event comes from: the request and the span that published it, as one short text stored beside it."""

import re
from dataclasses import dataclass

from groundplan_runtime.telemetry.request_id import PATTERN

__all__ = ["NOWHERE", "Origin", "read_origin"]

_TEXT = re.compile(rf"({PATTERN}|-) (00-[0-9a-f]{{32}}-[0-9a-f]{{16}}-[0-9a-f]{{2}}|-)")


@dataclass(frozen=True, slots=True)
class Origin:
    """request_id: of the request, or empty. traceparent: of the span, as W3C Trace Context writes it, or empty."""

    request_id: str = ""
    traceparent: str = ""

    def text(self) -> str | None:
        """Give what is stored; None when there is nothing to tell."""
        if not (self.request_id or self.traceparent):
            return None
        return f"{self.request_id or '-'} {self.traceparent or '-'}"


NOWHERE = Origin()


def read_origin(text: str | None) -> Origin:
    """Give what was stored; NOWHERE for nothing, and for what nobody of us wrote."""
    found = _TEXT.fullmatch(text or "")
    if found is None:
        return NOWHERE
    return Origin(*("" if word == "-" else word for word in found.groups()))
