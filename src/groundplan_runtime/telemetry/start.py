"""Begins to watch a process as its settings ask, and wraps its application. Nothing asked: nothing imported, nothing wrapped."""

import asyncio
import os
from functools import partial
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any

from groundplan_runtime.lifespan import ASGIApp, Message, Receive, Scope, Send
from groundplan_runtime.settings import Settings
from groundplan_runtime.telemetry.context import Watch, use_watch, watch
from groundplan_runtime.telemetry.logs import set_up_logs
from groundplan_runtime.telemetry.tracing import open_tracing, tracing_wanted

if TYPE_CHECKING:
    from groundplan_runtime.telemetry.metrics import Metrics

__all__ = ["begin", "watched_asgi_app", "watched_wsgi_app"]


def begin(settings: Settings, process: str) -> None:
    """Set up logs, traces and metrics of this process. Raises SettingsError when a package is missing."""
    as_json = settings.log_format == "json"
    set_up_logs(process, as_json=as_json)
    traced = tracing_wanted(os.environ)
    if not (as_json or traced or settings.metrics):
        return
    metrics = None
    if settings.metrics:
        from groundplan_runtime.telemetry.metrics import Metrics, need_prometheus  # noqa: PLC0415  only where metrics are wanted

        need_prometheus()
        metrics = Metrics()
    tracing = open_tracing(settings.name, process, settings.instance) if traced else None
    use_watch(Watch(tracing, metrics, lines=as_json))


def watched_asgi_app(app: ASGIApp, settings: Settings, runtime: Any) -> ASGIApp:
    """Give the application as this process watches it; itself when nothing is watched. runtime: what its parts share, or None."""
    watching = watch()
    if watching is None:
        return app
    from groundplan_runtime.telemetry.access import access_of  # noqa: PLC0415  only where something is watched
    from groundplan_runtime.telemetry.asgi import WatchedApp  # noqa: PLC0415  as above

    outer = WatchedApp(app, watching, access_of(settings), partial(_told, watching.metrics, runtime) if watching.metrics else None)
    return _closing(outer, watching)


async def _told(metrics: "Metrics", runtime: Any) -> tuple[str, bytes]:
    """Give the metrics of a process with what its gateway says at this moment."""
    from groundplan_runtime.telemetry.metrics import exposition  # noqa: PLC0415  only where metrics are wanted

    gateway = vars(runtime).get("gateway") if runtime is not None else None
    if gateway is None:
        return exposition(metrics, None, None)
    return exposition(metrics, gateway.figures(), await gateway.backlog())


def watched_wsgi_app(app: Any, settings: Settings) -> Any:
    """Give the application as this process watches it; itself when nothing is watched."""
    watching = watch()
    if watching is None:
        return app
    from groundplan_runtime.telemetry.access import access_of  # noqa: PLC0415  only where something is watched
    from groundplan_runtime.telemetry.metrics import exposition  # noqa: PLC0415  as above
    from groundplan_runtime.telemetry.wsgi import watched_wsgi  # noqa: PLC0415  as above

    if watching.tracing is not None:  # granian's forked worker ends without atexit, and so without what the provider registered
        Finalize(None, watching.tracing.close, exitpriority=1)
    metrics = watching.metrics
    told = None if metrics is None else lambda: exposition(metrics, None, None)
    return watched_wsgi(app, watching, access_of(settings), told)


def _closing(app: ASGIApp, watching: Watch) -> ASGIApp:
    """Have the spans that wait sent before the process ends."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        async def outward(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown.") and watching.tracing is not None:
                await asyncio.to_thread(watching.tracing.close)
            await send(message)

        await app(scope, receive, outward if scope["type"] == "lifespan" else send)

    return application
