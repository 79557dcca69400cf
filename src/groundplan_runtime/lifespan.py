"""Runs the lifespan of one application inside a bigger one, in a task of its own as the ASGI specification asks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from groundplan_runtime.errors import ProjectError

__all__ = ["ASGIApp", "ChildLifespan", "LifespanError", "Message", "Receive", "Scope", "Send"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = logging.getLogger("groundplan.compose")


class LifespanError(ProjectError):
    """A part refused to start or failed while stopping; the message gives its name and its own reason."""


class ChildLifespan:
    """Start-up and shut-down of one application. ``state`` is what it puts there for its requests."""

    def __init__(self, name: str, app: ASGIApp) -> None:
        """Prepare; nothing runs yet."""
        self.state: dict[str, Any] = {}
        self._name = name
        self._app = app
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._answers: asyncio.Queue[Message] = asyncio.Queue()
        self._heard = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Run the start-up and return when the application is up. Raises LifespanError with its reason."""
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        self._task = asyncio.create_task(self._run(scope), name=f"lifespan of {self._name}")
        answer = await self._ask("lifespan.startup")
        if answer["type"] == "lifespan.startup.failed":
            await self._task
            _log.error("%s", answer.get("message", "").rstrip())
            raise LifespanError(f"part {self._name} did not start: {_last_line(answer.get('message', ''))}")

    async def stop(self) -> None:
        """Run the shut-down and return when it is over. Raises LifespanError with its reason."""
        if self._task is None or self._task.done():
            return
        answer = await self._ask("lifespan.shutdown")
        await self._task
        if answer["type"] == "lifespan.shutdown.failed":
            raise LifespanError(f"part {self._name} did not stop cleanly: {_last_line(answer.get('message', ''))}")

    async def _ask(self, question: str) -> Message:
        await self._inbox.put({"type": question})
        return await self._answers.get()

    async def _hear(self, message: Message) -> None:
        self._heard = True
        await self._answers.put(message)

    async def _run(self, scope: Scope) -> None:
        """Call the application; whatever way it ends, the asker gets an answer."""
        try:
            await self._app(scope, self._inbox.get, self._hear)
        except Exception as error:  # noqa: BLE001  the application is foreign code, and how it ends is an answer here
            # The specification: an exception instead of a message means "no lifespan here", and requests are served all the same.
            if self._heard:
                _log.exception("the lifespan of part %s ended", self._name)
            else:
                _log.info("part %s has no lifespan (%s: %s)", self._name, type(error).__name__, error)
        finally:
            await self._answers.put({"type": "lifespan.over"})


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"
