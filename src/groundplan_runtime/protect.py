"""One ASGI middleware between the server and a part: right host, right origin, right token, and who is asking.

It speaks ASGI itself because the middleware classes of the frameworks never see a WebSocket handshake.
"""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from groundplan_runtime.current import Runtime, current
from groundplan_runtime.identity import Session
from groundplan_runtime.identity.checks import Asked, parse_cookies, refusal, wants_stream
from groundplan_runtime.identity.model import NOBODY, Credentials
from groundplan_runtime.problems import CROWDED, Problem

__all__ = ["UNKNOWN", "Protect", "asked_of", "refuse", "session_of"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_SNIFFING = (b"x-content-type-options", b"nosniff")
_log = logging.getLogger("groundplan.protect")
UNKNOWN = Problem(503, "identity", "Who is asking cannot be found out right now; try again soon.")


class Protect:
    """Wraps an ASGI application. Refuses what must not reach it; tells it ``user`` and ``session`` in ``scope["state"]``.

    Frameworks with a ``request.user`` and a ``request.auth`` find them too. Answers leave with ``X-Content-Type-Options: nosniff``.
    runtime: whose settings and identity count; without one, this process's own.
    """

    def __init__(self, app: App, runtime: Runtime | None = None) -> None:
        self.app = app
        self._runtime = runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or handshake; a lifespan passes untouched."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        asked = asked_of(scope)
        problem, session = await self._judge(asked)
        if problem is not None:
            await refuse(problem, scope, receive, send)
            return
        user = session.user if session else None
        state = {**scope.get("state", {}), "session": session, "user": user}
        outward = _unsniffed(send) if scope["type"] == "http" else send
        await self.app({**scope, "user": user or NOBODY, "auth": Credentials(session), "state": state}, receive, outward)

    async def _judge(self, asked: Asked) -> tuple[Problem | None, Session | None]:
        runtime = self._runtime or current()
        if _wants_line(asked) and _crowded(runtime):  # asked first: it costs nothing, and whoever floods should cost nothing
            return CROWDED, None
        problem = refusal(asked, runtime.settings)
        if problem is not None:
            return problem, None
        try:
            return None, await runtime.identity.resolve(asked.cookies)
        except Exception:  # noqa: BLE001 - whatever went wrong, the answer must not be a pass
            _log.exception("the sign-in could not be read")
            return UNKNOWN, None


def asked_of(scope: Scope) -> Asked:
    """Give what is looked at of an ASGI scope."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joiner = "; " if name == "cookie" else ", "  # a repeated Origin or Host becomes one that fits nothing
        headers[name] = f"{headers[name]}{joiner}{value}" if name in headers else value
    client = scope.get("client")
    return Asked(
        method=scope.get("method", "GET"),
        scheme=scope.get("scheme", "http"),
        peer=client[0] if client else None,
        headers=headers,
        cookies=parse_cookies(headers.get("cookie", "")),
        websocket=scope["type"] == "websocket",
    )


def session_of(scope: Scope) -> Session | None:
    """Give the sign-in that Protect found for a request or a handshake.

    Raises RuntimeError when Protect does not stand in front of the application, because then nothing was checked.
    """
    state = scope.get("state", {})
    if "session" not in state:
        raise RuntimeError("Protect is not in front of this application; add groundplan_runtime.protect.Protect as its middleware.")
    session: Session | None = state["session"]
    return session


def _wants_line(asked: Asked) -> bool:
    return asked.websocket or wants_stream(asked.headers)


def _crowded(runtime: Runtime) -> bool:
    gateway = vars(runtime).get("gateway")  # not to be built by somebody who only knocks
    return gateway is not None and gateway.full


def _unsniffed(send: Send) -> Send:
    """Forbid browsers to guess another type than the answer says, as Django does for its own answers."""

    async def outward(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = [header for header in message.get("headers", ()) if header[0].lower() != _SNIFFING[0]]
            message = {**message, "headers": [*given, _SNIFFING]}
        await send(message)

    return outward


async def refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request, or a handshake that nobody has taken yet, with ``problem``."""
    if scope["type"] == "http":
        await _respond("http.response", problem, send)
        return
    await receive()  # the handshake itself, which must be taken before it can be answered
    if "websocket.http.response" in scope.get("extensions", {}):
        await _respond("websocket.http.response", problem, send)
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": problem.detail})  # before accept: the server answers 403


async def _respond(kind: str, problem: Problem, send: Send) -> None:
    body = problem.body()
    headers = [(name.encode(), value.encode()) for name, value in problem.headers().items()]
    headers += [(b"content-length", str(len(body)).encode()), _SNIFFING]
    await send({"type": f"{kind}.start", "status": problem.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
