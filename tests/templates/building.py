"""A project made of chosen part templates, prepared and served for real. No decision is asked: every template gets its turn."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from groundplan.brief.model import Brief, Entity, Field, FieldType, Kind, Part
from groundplan.decision.model import Architecture, Stack, Topology
from groundplan.scaffold.context import Context, context
from groundplan.scaffold.rendering import render_part, render_shared
from groundplan.scaffold.template import SHARED, find_template, load_template

ENTITIES = (
    Entity(
        "shop",
        (
            Field("name", FieldType.TEXT, length=80, unique=True),
            Field("mail", FieldType.EMAIL, null=True),
            Field("site", FieldType.URL, null=True),
        ),
    ),
    Entity(
        "sale",
        (
            Field("shop", FieldType.REFERENCE, target="shop"),
            Field("amount", FieldType.DECIMAL, digits=12, places=2, index=True),
            Field("sold_at", FieldType.DATETIME),
            Field("day", FieldType.DATE, null=True),
            Field("paid", FieldType.BOOLEAN, default="false"),
            Field("pieces", FieldType.INTEGER, null=True),
            Field("state", FieldType.CHOICE, choices=("open", "done"), default="open"),
            Field("note", FieldType.TEXT, null=True),
        ),
    ),
)
"""One field of every type, a reference, a unique one, nullable ones, and defaults."""

VERBS = ("view", "add", "change", "delete")
ALL = [f"office.{verb}_{entity.name}" for entity in ENTITIES for verb in VERBS]
PASSWORD = "correct-horse-7"
ACCOUNTS = [
    {"username": "ada", "password": PASSWORD, "staff": True, "permissions": ALL},
    {"username": "ben", "password": PASSWORD, "staff": False, "permissions": []},
    *({"username": f"only_{verb}", "password": PASSWORD, "staff": False, "permissions": [f"office.{verb}_sale"]} for verb in VERBS),
]
SECONDS_TO_START = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """A project that answers. url: its one address. database_url: where its rows are. environment: of its processes."""

    url: str
    root: Path
    database_url: str
    environment: dict[str, str]


Wanted = tuple[str, Kind, Stack]
"""Name, kind and stack of a part."""


def stack(framework: str, *addons: str, interface: str = "asgi") -> Stack:
    return Stack(framework, addons, "granian" if interface == "wsgi" else "uvicorn", interface)


def told(parts: Sequence[Wanted], entities: tuple[Entity, ...] = ENTITIES) -> tuple[Context, dict[str, Stack]]:
    stacks = {name: chosen for name, _, chosen in parts}
    brief = Brief("pulse", "Live sales analytics", tuple(Part(name, kind, 1 / len(parts)) for name, kind, _ in parts), entities)
    templates = {name: find_template(kind.value, chosen) for name, kind, chosen in parts}
    return context(brief, Architecture(stacks, Topology("together", {})), templates), stacks


def build(root: Path, parts: Sequence[Wanted], entities: tuple[Entity, ...] = ENTITIES) -> Path:
    """Write shared files and parts; the runtime is the one under test, so none is vendored."""
    known, stacks = told(parts, entities)
    files = render_shared(load_template(SHARED), known)
    for part in known.parts:
        files += render_part(find_template(part.kind, stacks[part.name]), part, known)
    for file in files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return root


@contextmanager
def served(root: Path, data: Path, **variables: str) -> Iterator[Served]:
    """Prepare the project with a data folder of its own, serve it in one process, and stop it at the end."""
    accounts = data / "accounts.json"
    accounts.write_text(json.dumps(ACCOUNTS))
    database_url = variables.get("DATABASE_URL", f"sqlite:///{data / 'rows.sqlite3'}")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("COV_", "GROUNDPLAN_", "DJANGO_"))},
        "PYTHONPATH": str(root),
        "GROUNDPLAN_ROOT": str(root),
        "SECRET_KEY": secrets.token_hex(32),
        "OWNER_PASSWORD": PASSWORD,
        "DATA_DIR": str(data),
        "DATABASE_URL": database_url,
        **variables,
    }
    _prepare(root, environment, accounts)
    port = free_port()
    command = [sys.executable, "-m", "groundplan_runtime.serve", "--layout", "together", "--port", str(port)]
    log = data / "serve.log"
    with log.open("wb") as stream, subprocess.Popen(command, cwd=root, env=environment, stdout=stream, stderr=stream) as server:
        try:
            _wait(f"http://127.0.0.1:{port}", server, log)
            yield Served(f"http://127.0.0.1:{port}", root, database_url, environment)
        finally:
            server.terminate()


def prepare(project: Served) -> None:
    """Prepare a project again, as the next start would."""
    _prepare(project.root, project.environment, None)


def _prepare(root: Path, environment: dict[str, str], accounts: Path | None) -> None:
    commands = [["-m", "groundplan_runtime.runner.prepare"]]
    if accounts is not None and (root / "manage.py").exists():
        commands.append(["manage.py", "add_accounts", str(accounts)])
    for command in commands:
        subprocess.run([sys.executable, *command], cwd=root, env=environment, check=True, timeout=SECONDS_TO_START)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/-/health", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)  # nothing listens yet; there is no event to wait for from outside
    raise AssertionError(f"the project did not start:\n{log.read_text()[-4000:]}")
