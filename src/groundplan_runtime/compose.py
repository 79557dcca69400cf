"""Several parts in one process: the longest prefix decides which application answers.

Not Starlette's Mount, because that never runs the lifespan of what it holds. An application sees ``path`` whole and its prefix in
``root_path``; under WSGI its prefix in ``SCRIPT_NAME`` and the rest in ``PATH_INFO``.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from groundplan_runtime.errors import ManifestError
from groundplan_runtime.health import PATH, Health
from groundplan_runtime.lifespan import ASGIApp, ChildLifespan, Receive, Scope, Send
from groundplan_runtime.manifest import PartEntry

__all__ = ["WSGI_THREADS", "Mount", "RuntimeLike", "asgi_app", "load_object", "mount", "wsgi_app"]

WSGI_THREADS = 8
"""Threads for synchronous parts of a process: more of them only queue up for the interpreter and for database connections."""

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_log = logging.getLogger("groundplan.compose")


class RuntimeLike(Protocol):
    """What a process starts before its parts and stops after them."""

    async def start(self) -> None:
        """Open what the parts share."""

    async def stop(self) -> None:
        """Close what the parts share."""


@dataclass(slots=True)
class Mount:
    """One application below its prefix. ``below`` is the prefix with a slash, what every deeper path starts with."""

    name: str
    prefix: str
    interface: str
    app: Any
    below: str = field(init=False)

    def __post_init__(self) -> None:
        self.prefix = "" if self.prefix == "/" else self.prefix
        self.below = f"{self.prefix}/"

    def holds(self, path: str) -> bool:
        """Tell whether a path belongs here: ``/api`` holds ``/api`` and ``/api/x`` but not ``/apis``."""
        return path.startswith(self.below) or path == self.prefix


def load_object(place: str, reference: str) -> Any:
    """Import ``module:object``. Raises ManifestError when the object is missing; an error inside the module stays what it is."""
    module, _, name = reference.partition(":")
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise  # something that the module itself imports is missing: its traceback says where
        raise ManifestError(f"project.toml: {place}: there is no module {error.name!r}; correct {reference!r}.") from error
    except AttributeError as error:
        raise ManifestError(f"project.toml: {place}: module {module!r} has no {name!r}; correct {reference!r}.") from error


def mount(part: PartEntry) -> Mount:
    """Import the application of a part."""
    return Mount(part.name, part.prefix, part.interface, load_object(f"part {part.name} app", part.app))


def asgi_app(mounts: Sequence[Mount], health: Health, runtime: RuntimeLike | None = None) -> ASGIApp:
    """Give one ASGI application for all mounts; those that speak WSGI run in threads. runtime: started first and stopped last."""
    return _Dispatcher(mounts, health, runtime)


def wsgi_app(mounts: Sequence[Mount], health: Health) -> WSGIApp:
    """Give one WSGI application for mounts that all speak WSGI."""
    ordered = _longest_first(mounts)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or "/"
        if path == PATH:
            return _answer(start_response, health.code, "application/json", health.body())
        for child in ordered:
            if child.holds(path):
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + child.prefix
                environ["PATH_INFO"] = path[len(child.prefix) :]
                answer: Iterable[bytes] = child.app(environ, start_response)
                return answer
        return _answer(start_response, 404, "application/problem+json", _NOT_FOUND)

    return application


class _Dispatcher:
    """The ASGI side. Children start in the order of the manifest and stop in reverse."""

    def __init__(self, mounts: Sequence[Mount], health: Health, runtime: RuntimeLike | None) -> None:
        self._health = health
        self._runtime = runtime
        self._children = [_Child.of(child) for child in mounts]
        ordered = sorted(self._children, key=_Child.depth, reverse=True)
        self._ordered = [(child.mount.below, child.mount.prefix, child) for child in ordered]
        self._started: list[_Child] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        path = scope["path"]
        if path != PATH:
            for below, prefix, child in self._ordered:  # Mount.holds, without a call for each place
                if path.startswith(below) or path == prefix:
                    await child.serve(scope, receive, send)
                    return
        await self._own(scope, receive, send, is_health=path == PATH)

    async def _own(self, scope: Scope, receive: Receive, send: Send, *, is_health: bool) -> None:
        if scope["type"] == "websocket":
            await _close(receive, send)
        elif is_health:
            await _respond(send, self._health.code, b"application/json", self._health.body())
        else:
            await _respond(send, 404, b"application/problem+json", _NOT_FOUND)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._start()
        except Exception as error:  # noqa: BLE001  whatever a part or the runtime raises is the reason the server prints
            await self._stop()
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        self._health.status = "ok"
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._health.status = "stopping"
        failures = await self._stop()
        ending = {"type": "lifespan.shutdown.failed", "message": "; ".join(failures)}
        await send(ending if failures else {"type": "lifespan.shutdown.complete"})

    async def _start(self) -> None:
        if self._runtime is not None:
            await self._runtime.start()
        for child in self._children:
            await child.lifespan.start()
            self._started.append(child)

    async def _stop(self) -> list[str]:
        failures = []
        while self._started:
            failures += await _failure(self._started.pop().lifespan.stop())
        if self._runtime is not None:
            failures += await _failure(self._runtime.stop())
        return failures


@dataclass(slots=True)
class _Child:
    mount: Mount
    app: ASGIApp
    lifespan: ChildLifespan

    @classmethod
    def of(cls, place: Mount) -> "_Child":
        app: ASGIApp = _threaded(place.app) if place.interface == "wsgi" else place.app
        return cls(place, app, ChildLifespan(place.name, app))

    def depth(self) -> int:
        return len(self.mount.prefix)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and self.mount.interface == "wsgi":
            await _close(receive, send)
            return
        root_path = scope.get("root_path", "") + self.mount.prefix
        await self.app({**scope, "root_path": root_path, "state": self.lifespan.state.copy()}, receive, send)


async def _failure(stopping: Awaitable[None]) -> list[str]:
    """Wait for one stop; what it raises must not keep the others from stopping."""
    try:
        await stopping
    except Exception as error:  # noqa: BLE001  a part is foreign code; the others must stop all the same
        _log.exception("stopping failed")
        return [str(error)]
    return []


def _threaded(app: WSGIApp) -> ASGIApp:
    from a2wsgi import WSGIMiddleware  # noqa: PLC0415  only a process that mixes the two interfaces needs the package

    bridge: ASGIApp = WSGIMiddleware(app, workers=WSGI_THREADS)  # type: ignore[assignment, arg-type]  # a2wsgi types its own dicts
    return bridge


def _longest_first(mounts: Sequence[Mount]) -> list[Mount]:
    return sorted(mounts, key=lambda child: len(child.prefix), reverse=True)


async def _close(receive: Receive, send: Send) -> None:
    """Accept and close with 4404: a refused handshake would hide the code from browsers."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": 4404, "reason": "no WebSocket here"})


async def _respond(send: Send, status: int, content_type: bytes, body: bytes) -> None:
    headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _answer(start_response: Callable[..., Any], status: int, content_type: str, body: bytes) -> list[bytes]:
    phrase = {200: "200 OK", 404: "404 Not Found", 503: "503 Service Unavailable"}[status]
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    start_response(phrase, headers)
    return [body]


_NOT_FOUND = json.dumps(
    {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "No part answers at this path."}
).encode()
