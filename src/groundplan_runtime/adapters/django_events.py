"""Event streams of Django in an asynchronous process, with or without Channels.

::

    async def events(request: HttpRequest) -> StreamingHttpResponse:
        return await django_events(current().gateway, request)
"""

from django.http import HttpRequest, StreamingHttpResponse

from groundplan_runtime.adapters.pulled_events import pull
from groundplan_runtime.gateway import Gateway

__all__ = ["django_events"]


async def django_events(gateway: Gateway, request: HttpRequest) -> StreamingHttpResponse:
    """Answer a request behind Protect with the events that it asks for. Raises RuntimeError when it did not come by ASGI."""
    scope = getattr(request, "scope", None)
    if scope is None:
        raise RuntimeError("Events can only be streamed by an asynchronous server; serve this part with interface asgi.")
    pulled = await pull(gateway, scope)
    return StreamingHttpResponse(pulled.pieces, status=pulled.status, headers=pulled.headers)
