"""For a project without a sign-in yet: answers this machine only, and no page of another site.

Not a substitute for accounts. Whoever can log in to this machine may ask; nobody else can, until the project has a sign-in.
"""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from groundplan_runtime.identity.checks import Asked, refusal
from groundplan_runtime.problems import Problem
from groundplan_runtime.protect import App, Receive, Scope, Send, asked_of
from groundplan_runtime.settings import Settings

__all__ = ["LocalOnly", "local_refusal"]

_LOOPBACK = re.compile(r"127(\.[0-9]{1,3}){3}|::1|::ffff:127(\.[0-9]{1,3}){3}")
_ELSEWHERE = Problem(403, "local", "This project has no sign-in yet and answers only on the machine it runs on.")
_OTHER_SITE = Problem(403, "origin", "This comes from another site.")


class LocalOnly:
    """Wraps an ASGI application and refuses what does not come from this machine."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or handshake; a lifespan passes untouched."""
        problem = local_refusal(asked_of(scope), self._settings) if scope["type"] in {"http", "websocket"} else None
        if problem is None:
            await self.app(scope, receive, send)
        else:
            await _refuse(problem, scope["type"], receive, send)


async def _refuse(problem: Problem, kind: str, receive: Receive, send: Send) -> None:
    if kind == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": problem.detail})  # before accept: the server answers 403
        return
    headers = [(name.encode(), value.encode()) for name, value in problem.headers().items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": problem.body()})


def local_refusal(asked: Asked, settings: Settings) -> Problem | None:
    """Say why a request must not be answered by a part without a sign-in, or None when it may."""
    problem = refusal(replace(asked, cookies={}), settings)  # the host; cookies of other programs on this machine mean nothing here
    if problem is not None:
        return problem
    senders = [asked.peer, *asked.headers.get("x-forwarded-for", "").split(",")]
    if not all(_LOOPBACK.fullmatch(sender.strip()) for sender in senders if sender and sender.strip()):
        return _ELSEWHERE
    origin = asked.headers.get("origin")
    same = origin is None or urlsplit(origin).netloc.lower() == asked.headers.get("host", "").lower()
    return None if same else _OTHER_SITE
