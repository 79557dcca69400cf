"""Event streams of Starlette and FastAPI.

::

    @app.get("/live/events")
    async def events() -> StarletteEvents:
        return StarletteEvents(current().gateway)
"""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from groundplan_runtime.gateway import EventStream, Gateway

__all__ = ["StarletteEvents"]


class StarletteEvents(Response):
    """Answers a request behind Protect with the events that it asks for."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, until either side ends the stream."""
        await self._gateway.serve_events(EventStream(scope, receive, send))
