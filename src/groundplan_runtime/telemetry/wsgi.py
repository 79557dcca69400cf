"""Watches a WSGI application: request ids, spans and lines, and the metrics of its process."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from groundplan_runtime.telemetry.access import Access
from groundplan_runtime.telemetry.asgi import METRICS_PATH
from groundplan_runtime.telemetry.context import Watch
from groundplan_runtime.telemetry.requests import Watched

__all__ = ["watched_wsgi"]

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_OWN = "/-/"


class _Body:
    """An answer's body. The request ends where the server closes it, or where its headers were all."""

    def __init__(self, body: Iterable[bytes], request: Watched) -> None:
        self._body = body
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        """Close what the application gave."""
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            self._request.end()


def watched_wsgi(app: WSGIApp, watching: Watch, access: Access, told: Callable[[], tuple[str, bytes]] | None) -> WSGIApp:
    """Give the application as it is watched. told: gives content type and text of the metrics; None without metrics."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or "/"
        if told is not None and path == METRICS_PATH and access.allows(environ.get("REMOTE_ADDR", ""), _headers(environ)):
            content_type, text = told()
            start_response(
                "200 OK", [("Content-Type", content_type), ("Content-Length", str(len(text))), ("Cache-Control", "no-store")]
            )
            return [text]
        if path.startswith(_OWN):
            return app(environ, start_response)
        return _answered(app, watching, environ, start_response)

    return application


def _answered(app: WSGIApp, watching: Watch, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    given, traceparent = environ.get("HTTP_X_REQUEST_ID"), environ.get("HTTP_TRACEPARENT", "")
    request = Watched(watching, environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/", given, traceparent)
    environ.update({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.inward().items()})

    def outward(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        request.status = int(status.split(" ", 1)[0])
        return start_response(status, [*headers, ("X-Request-Id", request.id)], *error)

    try:
        return _Body(app(environ, outward), request)
    except BaseException:
        request.end()
        raise


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    """Give the headers by lower-case name."""
    return {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
