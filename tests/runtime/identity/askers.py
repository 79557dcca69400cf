"""Every adapter's application as one function: a Cookie header in, the account that the application was told out."""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any, Protocol

import httpx

from groundplan_runtime.current import Runtime
from groundplan_runtime.identity import Identity
from groundplan_runtime.identity.blocking import BlockingIdentity
from groundplan_runtime.settings import Settings
from runtime.identity.flask_app import close, flask_app
from runtime.identity.serving import APPS

Clock = Callable[[], float]
Answer = Any
"""The account as the application shows it, None when it says 401, else the status that it should not have given."""


class Asker(Protocol):
    """Asks one application who a Cookie header stands for."""

    def __call__(self, cookie: str | None, path: str = "/me") -> Answer:
        """Ask."""

    def close(self) -> None:
        """Give back what it holds."""


class AsgiAsker:
    """An ASGI application, called as its server would, in one event loop."""

    def __init__(self, build: Callable[[Runtime], Any], settings: Settings, clock: Clock) -> None:
        self.runtime = Runtime(settings)
        self.runtime.identity = Identity(settings, self.runtime.database, clock)
        self._app = build(self.runtime)
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    def __call__(self, cookie: str | None, path: str = "/me") -> Answer:
        headers = [] if cookie is None else [(b"cookie", cookie.encode("latin-1"))]
        return answer_of(self._runner.run(self._client.get(path, headers=headers)))

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.run(self.runtime.stop())
        self._runner.close()


class FlaskAsker:
    """The Flask application, called as a WSGI server would."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._app = flask_app(settings)
        _, _, database = self._app.extensions["groundplan"]
        self._app.extensions["groundplan"] = (settings, BlockingIdentity(settings, database, clock), database)
        self._client = httpx.Client(transport=httpx.WSGITransport(self._app), base_url="http://127.0.0.1")

    def __call__(self, cookie: str | None, path: str = "/me") -> Answer:
        headers = [] if cookie is None else [(b"cookie", cookie.encode("latin-1"))]
        return answer_of(self._client.get(path, headers=headers))

    def close(self) -> None:
        self._client.close()
        close(self._app)


def answer_of(response: httpx.Response) -> Answer:
    """Give what a response says about who asked."""
    if response.status_code == httpx.codes.OK:
        return response.json()
    return None if response.status_code == httpx.codes.UNAUTHORIZED else f"status {response.status_code}"


def makers(settings: Settings, clock: Clock = time.monotonic) -> dict[str, Callable[[], Asker]]:
    """Give name of the framework -> what makes its asker. clock: by which answers are remembered."""

    def asgi(name: str) -> Callable[[], Asker]:
        return lambda: AsgiAsker(APPS[name], settings, clock)

    return {**{name: asgi(name) for name in APPS}, "flask": lambda: FlaskAsker(settings, clock)}


def hasty() -> Clock:
    """Give a clock by which so much time passes between two looks at it that nothing is remembered."""
    return map(float, itertools.count(0, 10)).__next__
