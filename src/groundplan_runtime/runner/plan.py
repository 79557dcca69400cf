"""What a run will start, decided before anything starts: processes, ports, doorbells and the environment of each."""

import os
import secrets
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from groundplan_runtime.manifest import PartEntry, Project
from groundplan_runtime.runner.ports import HOST, free_port
from groundplan_runtime.runner.processes import Command

__all__ = ["Plan", "Planned", "make_plan"]

_RUNTIME = Path(__file__).resolve().parent.parent.parent  # the folder that holds the package groundplan_runtime


@dataclass(frozen=True, slots=True)
class Planned:
    """One process. name: its own; process: what the layout calls it (several workers of one process have names of their own)."""

    name: str
    process: str
    parts: tuple[PartEntry, ...]
    port: int
    doorbell: int


@dataclass(frozen=True, slots=True)
class Plan:
    """One start. port: the one address; instance: id of this start; base: the variables that all processes get."""

    project: Project
    layout: str
    port: int
    instance: str
    processes: tuple[Planned, ...]
    base: Mapping[str, str]
    access_log: bool = False

    @property
    def url(self) -> str:
        """Give the one address."""
        return f"http://{HOST}:{self.port}"

    @property
    def needs_door(self) -> bool:
        """Tell whether a front door stands before the processes; a single one listens on the address itself."""
        return len(self.processes) > 1

    @property
    def behind_tls(self) -> bool:
        """Tell whether browsers come through a proxy with a certificate, which then stands on this machine."""
        return self.environment()["PUBLIC_URL"].startswith("https:")

    def routes(self) -> dict[str, list[int]]:
        """Give prefix -> ports of the processes that serve it."""
        routes: dict[str, list[int]] = {}
        for planned in self.processes:
            for part in planned.parts:
                routes.setdefault(part.prefix, []).append(planned.port)
        return routes

    def environment(self, planned: Planned | None = None) -> dict[str, str]:
        """Give the environment of a process; without one, of a short helper such as the preparation."""
        bells = ",".join(f"{HOST}:{other.doorbell}" for other in self.processes if other.doorbell)
        own = {
            "GROUNDPLAN_ROOT": str(self.project.root),
            "GROUNDPLAN_INSTANCE": self.instance,
            "GROUNDPLAN_PROCESS": planned.name if planned else "prepare",
            "GROUNDPLAN_DOORBELLS": bells,
            "GROUNDPLAN_DOORBELL": f"{HOST}:{planned.doorbell}" if planned and planned.doorbell else "",
            "PYTHONPATH": os.pathsep.join((str(self.project.root), str(_RUNTIME))),
            "PYTHONUNBUFFERED": "1",
        }
        return {**self.base, "PUBLIC_URL": self.base.get("PUBLIC_URL") or self.url, **own}

    def command(self, planned: Planned) -> Command:
        """Give what starts a process."""
        serve = [
            "-m",
            "groundplan_runtime.serve",
            "--process",
            planned.process,
            "--layout",
            self.layout,
            "--port",
            str(planned.port),
        ]
        tail = ["--parent", str(os.getpid()), *(["--access-log"] if self.access_log else [])]
        names = tuple(part.name for part in planned.parts)
        arguments = [sys.executable, *serve, *tail]
        return Command(planned.name, arguments, self.environment(planned), self.project.root, names, planned.port)

    def preparation(self, accounts: Path | None) -> Command:
        """Give what brings the database up to date."""
        arguments = [sys.executable, "-m", "groundplan_runtime.runner.prepare", "--parent", str(os.getpid())]
        environment = self.environment() | ({"GROUNDPLAN_ACCOUNTS": str(accounts)} if accounts else {})
        return Command("prepare", arguments, environment, self.project.root, stop_signal=signal.SIGTERM, brief=True)


def make_plan(project: Project, layout: str, port: int, base: Mapping[str, str], *, access_log: bool = False) -> Plan:
    """Plan one start. port: 0 picks a free one."""
    shares = _shares(project.processes(layout))
    bells = _free_ports(sum(_wants_doorbell(parts) for _, _, parts in shares), socket.SOCK_DGRAM)
    single = len(shares) == 1
    ports = _free_ports(0 if single else len(shares), socket.SOCK_STREAM)
    address = port or free_port()
    planned = [
        Planned(name, process, parts, address if single else ports.pop(), bells.pop() if _wants_doorbell(parts) else 0)
        for name, process, parts in shares
    ]
    return Plan(project, layout, address, secrets.token_hex(8), tuple(planned), base, access_log)


def _shares(processes: Mapping[str, tuple[PartEntry, ...]]) -> list[tuple[str, str, tuple[PartEntry, ...]]]:
    """Give (own name, process, parts) for every operating system process: one for each worker."""
    shares = []
    for process, parts in processes.items():
        workers = max(part.workers for part in parts)
        names = [process] if workers == 1 else [f"{process}-{number}" for number in range(1, workers + 1)]
        shares += [(name, process, parts) for name in names]
    return shares


def _wants_doorbell(parts: Sequence[PartEntry]) -> bool:
    return any(part.interface == "asgi" for part in parts)


def _free_ports(count: int, kind: socket.SocketKind) -> list[int]:
    """Give different free ports: all of them are held until the last one is known."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket(socket.AF_INET, kind)) for _ in range(count)]
        for probe in sockets:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in sockets]
