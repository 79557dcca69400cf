"""Channels and Django in the test process, without a database of their own."""

from types import SimpleNamespace
from typing import Any, cast

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import path

from groundplan_runtime.adapters.channels_consumer import GatewayConsumer
from groundplan_runtime.adapters.django_events import django_events
from groundplan_runtime.current import Runtime, current, use
from groundplan_runtime.gateway import Gateway
from runtime.events import django_here

__all__ = ["application", "django_here", "urlpatterns"]


async def events(request: HttpRequest) -> StreamingHttpResponse:
    return await django_events(current().gateway, request)


urlpatterns = [path("events", events)]


class Asked(ASGIRequest):
    """A request that is answered by the addresses of this module."""

    urlconf = __name__


class Pages(ASGIHandler):
    """Django's handler, for those requests."""

    request_class = Asked


def application(gateway: Gateway) -> Any:
    """Give the application and make ``gateway`` the one of this process."""
    use(cast(Runtime, SimpleNamespace(gateway=gateway)))
    sockets = URLRouter([path("ws", GatewayConsumer.as_asgi())])  # type: ignore[arg-type, list-item]  # Channels' own way to say it
    return ProtocolTypeRouter({"http": Pages(), "websocket": sockets, "lifespan": _lifespan(gateway)})


def _lifespan(gateway: Gateway) -> Any:
    async def lifespan(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await gateway.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await gateway.stop()
        await send({"type": "lifespan.shutdown.complete"})

    return lifespan
