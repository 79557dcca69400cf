"""Requests as they are watched, under ASGI and WSGI alike: the id, the span, the line in the log."""

import logging
import time
from contextlib import ExitStack
from contextvars import Token
from typing import Any

from groundplan_runtime.telemetry.context import Watch
from groundplan_runtime.telemetry.request_id import HEADER, REQUEST, accepted

__all__ = ["Watched"]

_log = logging.getLogger("groundplan.request")
_FAILED = 500


class Watched:
    """One request. id: what it is called everywhere. Call `end` once, in the context it was made in."""

    def __init__(self, watching: Watch, method: str, path: str, given: str | None, traceparent: str) -> None:
        self.id = accepted(given)
        self.status = 0
        self._watching = watching
        self._what = f"{method} {path}"
        self._began = time.perf_counter()
        self._token: Token[str] = REQUEST.set(self.id)
        self._open = ExitStack()
        self._span: Any = None
        if watching.tracing is not None:
            told = {"http.request.method": method, "url.path": path, "groundplan.request_id": self.id}
            self._span = watching.tracing.start(method, "server", told, traceparent)
            self._open.enter_context(watching.tracing.under_way(self._span))

    def inward(self) -> dict[str, str]:
        """Give the headers the application is to see: what it makes spans of by itself becomes part of this one."""
        traceparent = self._watching.tracing.traceparent(self._span) if self._watching.tracing else ""
        return {HEADER: self.id, **({"traceparent": traceparent} if traceparent else {})}

    def end(self) -> None:
        """Write the line and end the span."""
        if self._watching.lines:
            seconds = round(time.perf_counter() - self._began, 6)
            _log.info("%s %d", self._what, self.status, extra={"told": {"status": self.status, "seconds": seconds}})
        self._open.close()
        if self._span is not None and self._watching.tracing is not None:
            self._span.set_attribute("http.response.status_code", self.status)
            if self.status >= _FAILED or not self.status:
                self._watching.tracing.fail(self._span)
            self._span.end()
        REQUEST.reset(self._token)
