"""Event streams of Litestar.

::

    @get("/live/events")
    async def events() -> ASGIApp:
        return litestar_events(current().gateway)
"""

from litestar.types import ASGIApp, Receive, Scope, Send

from groundplan_runtime.gateway import EventStream, Gateway

__all__ = ["litestar_events"]


def litestar_events(gateway: Gateway) -> ASGIApp:
    """Give what answers a request behind Protect with the events that it asks for."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        stream = EventStream(scope, receive, send)  # type: ignore[arg-type]  # TypedDicts, the same mappings
        await gateway.serve_events(stream)

    return answer
