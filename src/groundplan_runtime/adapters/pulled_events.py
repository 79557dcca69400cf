"""Event streams for frameworks that take an answer piece by piece instead of speaking ASGI to their views."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, NamedTuple

from groundplan_runtime.gateway import EventStream, Gateway
from groundplan_runtime.protect import Message, Scope

__all__ = ["Pulled", "pull"]


class Pulled(NamedTuple):
    """An answer whose pieces are still to come. Closing ``pieces`` tells the gateway that the client has gone."""

    status: int
    headers: dict[str, str]
    pieces: AsyncGenerator[bytes, None]


async def pull(gateway: Gateway, scope: Scope) -> Pulled:
    """Answer a request behind Protect with the events that it asks for, as fast as its pieces are taken.

    Pieces that nobody takes any more end the stream like a client that does not read.
    """
    messages: asyncio.Queue[Message] = asyncio.Queue(1)
    task = asyncio.create_task(_serve(gateway, scope, messages))
    start = await _next(messages)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    return Pulled(start["status"], headers, _pieces(messages, task))


async def _serve(gateway: Gateway, scope: Scope, messages: asyncio.Queue[Message]) -> None:
    try:
        await gateway.serve_events(EventStream(scope, _never, messages.put))
    except Exception as error:  # noqa: BLE001 it is raised where the answer is waited for
        await messages.put({"type": "error", "error": error})


async def _never() -> Message:
    """Wait for a message of a client that only ever goes, and of that the framework itself takes care."""
    await asyncio.Event().wait()
    raise AssertionError


async def _next(messages: asyncio.Queue[Message]) -> Message:
    message = await messages.get()
    if message["type"] == "error":
        error: Any = message["error"]
        raise error
    return message


async def _pieces(messages: asyncio.Queue[Message], task: asyncio.Task[None]) -> AsyncGenerator[bytes, None]:
    try:
        more = True
        while more:
            message = await _next(messages)
            more = message.get("more_body", False)
            yield message["body"]
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
