"""Django Channels behind Protect, in a process of its own, because it needs a set-up Django. Called by uvicorn."""

import os
import sys
from typing import Any

import django

sys.path.insert(0, os.environ["GROUNDPLAN_ROOT"])
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 - after Django is set up
from django.core.handlers.asgi import ASGIHandler, ASGIRequest  # noqa: E402 - as above
from django.http import HttpRequest, StreamingHttpResponse  # noqa: E402 - as above
from django.urls import path  # noqa: E402 - as above

from groundplan_runtime.adapters.channels_consumer import GatewayConsumer  # noqa: E402 - as above
from groundplan_runtime.adapters.django_events import django_events  # noqa: E402 - as above
from groundplan_runtime.compose import Mount, asgi_app  # noqa: E402 - as above
from groundplan_runtime.current import current  # noqa: E402 - as above
from groundplan_runtime.gateway import Gateway, Timing  # noqa: E402 - as above
from groundplan_runtime.health import Health  # noqa: E402 - as above
from groundplan_runtime.protect import Protect  # noqa: E402 - as above


async def events(request: HttpRequest) -> StreamingHttpResponse:
    return await django_events(current().gateway, request)


urlpatterns = [path("events", events)]


class Asked(ASGIRequest):
    """A request that is answered by the addresses of this module."""

    urlconf = __name__


class Pages(ASGIHandler):
    """Django's handler, for those requests."""

    request_class = Asked


def application() -> Any:
    """Give the application, with a gateway that looks again every ``RECHECK`` seconds."""
    runtime = current()
    timing = Timing(recheck=float(os.environ["RECHECK"]))
    channels = {"sale": "office.view_sale"}
    runtime.gateway = Gateway(database=runtime.database, identity=runtime.identity, channels=channels, timing=timing)
    sockets = URLRouter([path("live", GatewayConsumer.as_asgi())])  # type: ignore[arg-type, list-item]  # Channels' own way to say it
    app = Protect(ProtocolTypeRouter({"http": Pages(), "websocket": sockets}))  # type: ignore[arg-type]  # the same protocol
    return asgi_app([Mount("live", "/", "asgi", app)], Health("all", "", ["live"], "ok"), runtime)
