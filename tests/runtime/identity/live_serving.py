"""Servers with live sockets at /live for every adapter that has some, each with a gateway of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from groundplan_runtime.compose import Mount, asgi_app
from groundplan_runtime.current import Runtime
from groundplan_runtime.gateway import Gateway, Limits, Timing
from groundplan_runtime.health import Health
from runtime.identity.serving import APPS, served
from runtime.identity.site_files import TESTS, Site


@contextmanager
def in_this_process(name: str, site: Site, recheck: float, limits: Limits | None = None) -> Iterator[str]:
    """Serve one of the applications with a gateway."""
    runtime = Runtime(site.settings)
    channels, timing = {"sale": "office.view_sale"}, Timing(recheck=recheck)
    runtime.gateway = Gateway(database=runtime.database, identity=runtime.identity, channels=channels, timing=timing, limits=limits)
    whole = asgi_app([Mount("live", "/", "asgi", APPS[name](runtime))], Health("all", "", ["live"], "ok"), runtime)
    with served(whole, lifespan="on") as host:
        yield host


@contextmanager
def in_another_process(site: Site, recheck: float) -> Iterator[str]:
    """Serve Channels, which needs Django."""
    path = os.pathsep.join(filter(None, [str(TESTS), os.environ.get("PYTHONPATH", "")]))
    told = {"GROUNDPLAN_ROOT": str(site.settings.root), "USER_MODEL": "auth.User", "RECHECK": str(recheck), "PYTHONPATH": path}
    program = [sys.executable, "-m", "uvicorn", "runtime.identity.channels_server:application", "--factory", "--port", "0"]
    with subprocess.Popen(program, env={**os.environ, **told}, stderr=subprocess.PIPE, text=True) as process:
        try:
            port = next(int(line.rsplit(":", 1)[1].split()[0]) for line in process.stderr or [] if "running on" in line)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


@contextmanager
def live(name: str, site: Site, recheck: float = 60.0) -> Iterator[str]:
    """Serve one adapter and give its host and port. recheck: seconds between two looks at every session."""
    with in_another_process(site, recheck) if name == "channels" else in_this_process(name, site, recheck) as host:
        yield host


ADAPTERS = [*APPS, "channels"]
