"""Event streams of Quart.

::

    @app.get("/live/events")
    async def events() -> Response:
        return await quart_events(current().gateway, request)
"""

from quart import Request, Response

from groundplan_runtime.adapters.pulled_events import pull
from groundplan_runtime.gateway import Gateway

__all__ = ["quart_events"]


async def quart_events(gateway: Gateway, request: Request) -> Response:
    """Answer a request behind Protect with the events that it asks for."""
    pulled = await pull(gateway, request.scope)  # type: ignore[arg-type]  # a TypedDict of hypercorn's, the same mapping
    response = Response(pulled.pieces, pulled.status, pulled.headers)
    response.timeout = None  # it lasts as long as its reader
    return response
