"""Entry of one process: ``python -m groundplan_runtime.serve --port 8001``, with GROUNDPLAN_PROCESS saying which one it is.

Serves the parts of one process of the layout: granian when all of them speak WSGI, uvicorn otherwise.
"""

import argparse
import gc
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from socket import socket
from typing import Any

from groundplan_runtime.compose import WSGI_THREADS, RuntimeLike, asgi_app, mount, wsgi_app
from groundplan_runtime.errors import ManifestError, MissingProgramError, ProjectError
from groundplan_runtime.forwarded import believe_forwarded
from groundplan_runtime.health import Health
from groundplan_runtime.lifespan import ASGIApp
from groundplan_runtime.manifest import PartEntry, load_project
from groundplan_runtime.runner.leash import die_with_parent
from groundplan_runtime.settings import Settings
from groundplan_runtime.telemetry.logs import set_up_logs
from groundplan_runtime.telemetry.start import begin, watched_asgi_app, watched_wsgi_app

__all__ = ["build_asgi", "build_wsgi", "main"]

KEEP_ALIVE_SECONDS = 75  # longer than the front door keeps its idle connections, so that it never writes into a closing one
GRACE_SECONDS = 4  # for requests under way and open sockets, once asked to stop
SWITCH_SECONDS = 0.0005
"""How long a thread keeps the interpreter while another waits. Python's 5 ms make the event loop wait that long behind every busy
thread: at 200 requests/s on SQLite the 99th percentile fell from 268 to 134 ms (2026-11-22, two shared cores)."""
MOST_FRAME_BYTES = 65536
"""Largest frame a client may send; the protocol needs a few hundred bytes, and a frame is held in memory whole."""
PING_SECONDS = 20.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until asked to stop. Leaves with one sentence and an exit code when the project's own settings are wrong."""
    options = _options(arguments)
    if options.parent:
        die_with_parent(signal.SIGTERM, options.parent)
    try:
        _serve(options)
    except ProjectError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(error.exit_code) from error


def build_asgi(parts: Sequence[PartEntry], settings: Settings, process: str) -> ASGIApp:
    """Import the parts and give one ASGI application for them."""
    mounts = [mount(part) for part in parts]
    runtime = _runtime()
    return watched_asgi_app(asgi_app(mounts, _health(parts, settings, process), runtime), settings, runtime)


def build_wsgi(parts: Sequence[PartEntry], settings: Settings, process: str, trusted: str) -> Any:
    """Import the parts and give one WSGI application for them. trusted: addresses whose X-Forwarded-* headers count."""
    application = wsgi_app([mount(part) for part in parts], _health(parts, settings, process, "ok"))
    return watched_wsgi_app(believe_forwarded(application, trusted), settings)


def _serve(options: argparse.Namespace) -> None:
    settings = Settings.load()
    project = load_project(settings.root)
    processes = project.processes(options.layout)
    name = options.process or settings.process or next(iter(processes))
    if name not in processes:
        layout = options.layout or project.layout
        raise ManifestError(f"layout {layout} has no process {name!r}; its processes are {', '.join(processes)}.")
    parts = processes[name]
    set_up_logs(settings.process or name, as_json=settings.log_format == "json")
    if all(part.interface == "wsgi" for part in parts):
        _granian(parts, settings, settings.process or name, options)
    else:
        _uvicorn(parts, settings, settings.process or name, options)


def _uvicorn(parts: Sequence[PartEntry], settings: Settings, process: str, options: argparse.Namespace) -> None:
    _need("uvicorn")
    begin(settings, process)
    sys.setswitchinterval(SWITCH_SECONDS)
    import uvicorn  # noqa: PLC0415  only an asynchronous process has it

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket] | None = None) -> None:
            await _send_away(options.drain)
            await super().shutdown(sockets)

    config = uvicorn.Config(
        build_asgi(parts, settings, process),
        host=options.host,
        port=options.port,
        ws=_sockets(),
        ws_ping_interval=PING_SECONDS,
        ws_max_size=MOST_FRAME_BYTES,
        ws_per_message_deflate=False,  # doubles the memory of a connection; measured
        lifespan="on",
        access_log=options.access_log,
        log_config=_LOGGING,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    _settle()
    Server(config).run()


def _sockets() -> Any:
    """Give how uvicorn speaks WebSocket; the gateway, where a project carries it, can write encoded frames to those of its own."""
    if find_spec("websockets") is None:
        return "none"
    if find_spec("groundplan_runtime.gateway") is None:
        return "websockets-sansio"
    return import_module("groundplan_runtime.gateway.uvicorn_sockets").DirectSockets


def _settle() -> None:
    """Keep what was loaded out of every later search for garbage: a full one over a framework's objects stops all requests."""
    gc.collect()
    gc.freeze()


async def _send_away(seconds: float) -> None:
    """End live sockets and streams, gently if time is given: the server waits for answers to end before it stops the parts."""
    runtime = _runtime()
    gateway = vars(runtime).get("gateway") if runtime is not None else None
    if gateway is not None:
        if seconds:
            await gateway.drain(seconds)
        await gateway.stop()


def _granian(parts: Sequence[PartEntry], settings: Settings, process: str, options: argparse.Namespace) -> None:
    _need("granian")
    from granian import Granian  # noqa: PLC0415  only a synchronous process has it
    from granian.constants import Interfaces  # noqa: PLC0415  as above
    from granian.log import LogLevels  # noqa: PLC0415  as above

    server = Granian(
        "groundplan_runtime.serve:build_wsgi",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        blocking_threads=WSGI_THREADS,
        log_level=LogLevels.error,  # its warnings are advice on the number of threads, at every start
        log_access=options.access_log,
        workers_kill_timeout=GRACE_SECONDS,
    )
    server.serve(target_loader=partial(_load_wsgi, parts, settings, process, os.getpid()), wrap_loader=False)


def _load_wsgi(parts: Sequence[PartEntry], settings: Settings, process: str, parent: int) -> Any:
    """Run in granian's worker. Without the leash it would outlive a killed main process and keep the port."""
    die_with_parent(signal.SIGKILL, parent)
    begin(settings, process)
    return build_wsgi(parts, settings, process, os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"))


def _runtime() -> RuntimeLike | None:
    """Give the runtime of this process if a part has imported it; a project without identity and events has none."""
    module = sys.modules.get("groundplan_runtime.current")
    runtime: RuntimeLike | None = module.current() if module else None
    return runtime


def _health(parts: Sequence[PartEntry], settings: Settings, process: str, status: str = "starting") -> Health:
    return Health(process, settings.instance, [part.name for part in parts], status)


def _need(package: str) -> None:
    if find_spec(package) is None:
        raise MissingProgramError(f"{package} is not installed for {sys.executable}; run: python project.py setup.")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m groundplan_runtime.serve", description="Serve one process of the project.")
    parser.add_argument("--process", help="a process of the layout; default: GROUNDPLAN_PROCESS, else the first one")
    parser.add_argument("--layout", help="default: the one of project.toml")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="default: %(default)s")
    parser.add_argument("--access-log", action="store_true", help="one line for each request")
    parser.add_argument("--drain", type=float, default=0, metavar="SECONDS", help="let live clients leave first when asked to stop")
    parser.add_argument("--parent", type=int, default=0, help="stop when this process is gone (Linux); the runner sets it")
    return parser.parse_args(arguments)


_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"uvicorn": {"level": "WARNING"}, "uvicorn.access": {"level": "INFO"}},
}

if __name__ == "__main__":
    main()
